// SPDX-License-Identifier: Apache-2.0

package api

import (
	"time"

	"github.com/govseal/govseal/verify"
	"github.com/govseal/govseal/web"
)

// details leaves out lines that say nothing.
func details(all ...web.Detail) []web.Detail {
	var out []web.Detail
	for _, d := range all {
		if d.Value != (web.Text{}) || d.Raw != "" || !d.From.IsZero() {
			out = append(out, d)
		}
	}
	return out
}

// raw is a line with a name or number as the document spells it.
func raw(zh, en, value string) web.Detail {
	return web.Detail{Name: web.Text{ZH: zh, EN: en}, Raw: value}
}

func moments(zh, en string, t *time.Time) web.Detail {
	return web.Detail{Name: web.Text{ZH: zh, EN: en}, From: moment(t)}
}

// state is a line with the outcome of one check within a fact.
func state(zh, en string, s verify.Status) web.Detail {
	return web.Detail{Name: web.Text{ZH: zh, EN: en}, Value: map[verify.Status]web.Text{
		verify.OK: {ZH: "是", EN: "yes"}, verify.Failed: {ZH: "否", EN: "no"}, verify.Unknown: {ZH: "未能确定", EN: "not established"},
	}[s]}
}

// path is a chain of certificates, the one in question first.
func path(zh, en string, subjects []string) []web.Detail {
	var out []web.Detail
	for i, s := range subjects {
		d := raw(zh, en, s)
		if i > 0 {
			d.Name = web.Text{ZH: "由上级颁发", EN: "issued by"}
		}
		out = append(out, d)
	}
	return out
}
