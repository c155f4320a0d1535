// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"slices"
	"time"
)

// AllMatters, alone in Grant.Matters, stands for every matter, and for none.
const AllMatters = "*"

// Kinds of use. A digest is stamped unseen, so a grant must name it.
const (
	KindPDF      = "pdf"
	KindDecision = "decision"
	KindDigest   = "digest"
)

var allKinds = []string{KindPDF, KindDecision, KindDigest, "ofd"}

// Standing is a seal as far as its use is concerned.
type Standing struct {
	ESID                string
	Department          string
	State               string // "active" is the only one that seals
	NotBefore, NotAfter time.Time
	CertificateStatus   string // "good", "hold", "revoked"
}

// Use is one question to Allow.
type Use struct {
	Application Application
	Officer     *Officer // nil when the request names none
	Seal        Standing
	Matter      string
	Kind        string
	Time        time.Time
}

// Denied is why something is refused by rule; Reason is stable. Of the use of
// a seal: seal-state, seal-validity, certificate, application, officer,
// no-grant, grant-time, grant-matter, grant-kind. Of administration: role,
// credentials, locked, operator-state, certificate, last-security. Of four
// eyes: unproven, self-approval, approval-state, approval-expired,
// approval-edited, operator-state, role.
type Denied struct{ Reason, Detail string }

// Error names the rule and what it found.
func (d *Denied) Error() string { return "registry: denied (" + d.Reason + "): " + d.Detail }

// Allow returns the id of the grant that allows the use, or *Denied. It
// denies by default: every condition must hold, all of a grant's in the same
// grant. When several grants come close, the reason is that of the closest.
func Allow(u Use, grants []Grant) (grant string, err error) {
	if denied := u.standing(); denied != nil {
		return "", denied
	}
	closest, step := &Denied{"no-grant", "no grant in force lets this application (and officer) use the seal"}, 0
	for _, g := range grants {
		if !g.names(u) {
			continue
		}
		switch {
		case !within(u.Time, g.NotBefore, g.NotAfter):
			if step < 1 {
				closest, step = &Denied{"grant-time", "the grant is not in force at this time"}, 1
			}
		case !g.matter(u.Matter):
			if step < 2 {
				closest, step = &Denied{"grant-matter", "the grant does not cover this matter"}, 2
			}
		case !g.kind(u.Kind):
			if step < 3 {
				closest, step = &Denied{"grant-kind", "the grant does not cover this kind of document"}, 3
			}
		default:
			return g.ID, nil
		}
	}
	return "", closest
}

// standing checks what no grant can make good.
func (u Use) standing() *Denied {
	switch {
	case u.Seal.ESID == "" || u.Seal.State != string(Active):
		return &Denied{"seal-state", "the seal is not active"}
	case !within(u.Time, u.Seal.NotBefore, u.Seal.NotAfter):
		return &Denied{"seal-validity", "the seal is not valid at this time"}
	case u.Seal.CertificateStatus != "good":
		return &Denied{"certificate", "the seal's certificate is on hold or revoked"}
	case u.Application.ID == "" || u.Application.State != Active:
		return &Denied{"application", "the application is not active"}
	}
	if o := u.Officer; o != nil && (o.ID == "" || o.State != Active || o.Department != u.Seal.Department) {
		return &Denied{"officer", "the officer is not an active officer of the seal's department"}
	}
	return nil
}

// names reports whether the grant is in force for this application, seal and
// officer, whatever the time and the document.
func (g Grant) names(u Use) bool {
	if g.State != Active || g.ID == "" || g.Application != u.Application.ID || g.Seal != u.Seal.ESID {
		return false
	}
	return g.Officer == "" || u.Officer != nil && g.Officer == u.Officer.ID
}

func (g Grant) matter(code string) bool {
	if len(g.Matters) == 1 && g.Matters[0] == AllMatters {
		return true
	}
	return code != "" && code != AllMatters && slices.Contains(g.Matters, code)
}

func (g Grant) kind(kind string) bool {
	if len(g.Kinds) == 0 {
		return kind != KindDigest && slices.Contains(allKinds, kind)
	}
	return kind != "" && slices.Contains(g.Kinds, kind)
}

// within includes both ends, as certificates do (RFC 5280 4.1.2.5). A zero
// time is never within.
func within(t, notBefore, notAfter time.Time) bool {
	return !t.IsZero() && !t.Before(notBefore) && !t.After(notAfter)
}
