// SPDX-License-Identifier: Apache-2.0

package web

import "fmt"

// AllTexts are the sentences that stand in Go, not in templates.
func AllTexts() map[string]Text {
	out := map[string]Text{}
	for table, looks := range map[string]map[string]Look{"verdicts": verdicts, "statuses": statuses, "states": states, "sealStates": sealStates} {
		for word, l := range looks {
			out[table+" "+word] = l.Word
			if l.Say != (Text{}) {
				out[table+" "+word+" sentence"] = l.Say
			}
		}
	}
	for status, l := range problems {
		out[fmt.Sprint("problem ", status)], out[fmt.Sprint("problem sentence ", status)] = l.Word, l.Say
	}
	for word, t := range kinds {
		out["kinds "+word] = t
	}
	for verdict, list := range advice {
		for _, t := range list {
			out["advice "+verdict+" "+t.EN] = t
		}
	}
	unknown := look(verdicts, "no such word")
	out["unknown"], out["unknown sentence"] = unknown.Word, unknown.Say
	return out
}

// TemplateFiles and StaticFiles are what is embedded.
var (
	TemplateFiles = templateFiles
	StaticFiles   = staticFiles
)
