// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govseal/govseal/verify"
)

// maxListed lines of one kind are printed of a stamp; --json has them all.
const maxListed = 20

// places says where the seal shows, in millimetres from the top left.
func (w printer) places(all []verify.StampPlace) string {
	var out []string
	for i, p := range all {
		if i == maxListed {
			out = append(out, w.label("and more"))
			break
		}
		switch {
		case p.Page == 0:
			out = append(out, w.label("no such page"))
		case p.Slice:
			out = append(out, fmt.Sprintf("%s %d (%s)", w.label("page"), p.Page, w.label("a strip")))
		default:
			out = append(out, fmt.Sprintf("%s %d: %.1f, %.1f mm (%.1f × %.1f)", w.label("page"), p.Page, p.X, p.Y, p.Width, p.Height))
		}
	}
	return strings.Join(out, "; ")
}

// coverage names what the stamp does not protect, and its lock.
func (w printer) coverage(f *verify.CoverageFact) []field {
	var out []field
	scope := w.text(f.Text())
	if f.Locked {
		scope = strings.TrimSpace(scope + "  " + w.label("locked"))
	}
	out = append(out, field{"  " + w.label("coverage"), scope})
	for i, u := range f.Uncovered {
		if i == maxListed {
			out = append(out, field{"  " + w.label("not covered"), w.label("and more")})
			break
		}
		line := u.Entry + "  (" + w.text(verify.Text{Zh: u.Zh, En: u.En})
		if u.View {
			line += "; " + w.label("shows")
		}
		out = append(out, field{"  " + w.label("not covered"), line + ")"})
	}
	return out
}

// answers says what is known of each certificate's revocation, and by what.
func (w printer) answers(f *verify.RevocationFact) []field {
	var out []field
	for i := range f.Answers {
		a := &f.Answers[i]
		same := func(b verify.RevocationAnswer) bool {
			return b.Subject == a.Subject && b.Serial == a.Serial && b.Result == a.Result
		}
		if slices.ContainsFunc(f.Answers[:i], same) {
			continue // the issuer stands above both signer and maker
		}
		line := a.Subject + "  " + w.text(a.Text())
		switch {
		case a.RevokedAt != nil:
			line += "  " + when(*a.RevokedAt)
		case a.By != "":
			line += "  " + strings.TrimSpace(a.By+" "+a.Number) + "  " + w.span(a.ThisUpdate, a.NextUpdate)
		}
		out = append(out, field{"  " + w.label("revocation"), strings.TrimSpace(line)})
	}
	return out
}

// listOfEntries is the signed list of all entries of an OFD.
func (w printer) listOfEntries(p *verify.PackageFact) []field {
	if p == nil {
		return nil
	}
	line := fmt.Sprintf("%s  %d %s", p.Status, p.Listed, w.label("files listed"))
	if p.Signer != nil {
		line += "  " + p.Signer.Name
	}
	out := []field{{w.label("list of entries"), line}}
	return append(out, w.findings(p.Fact)...)
}

// documentStamp is one document time-stamp of a PDF.
func (w printer) documentStamp(t *verify.DocumentStamp) []field {
	line := string(t.Status)
	if t.Time != nil {
		line += "  " + when(*t.Time) + "  " + t.Authority
	}
	return append([]field{{w.label("document time-stamp"), line}}, w.findings(t.Fact)...)
}

func (w printer) span(from, to *time.Time) string {
	if from == nil || to == nil {
		return ""
	}
	return date(*from) + " " + w.label("to") + " " + date(*to)
}
