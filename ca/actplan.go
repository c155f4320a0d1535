// SPDX-License-Identifier: Apache-2.0

package ca

import "time"

// Plan is what an act will do, for people to read before they confirm it and
// for the transcript.
type Plan struct {
	Acts         string               `json:"acts,omitempty"` // the CA whose key acts; "" when a new root makes itself
	Enters       string               `json:"enters,omitempty"`
	Certificates []PlannedCertificate `json:"certificates,omitempty"`
	List         *PlannedList         `json:"list,omitempty"`
}

// PlannedCertificate is one certificate of a plan.
type PlannedCertificate struct {
	Name       string    `json:"name,omitempty"` // tells it from the first
	Subject    string    `json:"subject"`
	Issuer     string    `json:"issuer"` // id of the CA
	NotBefore  time.Time `json:"notBefore"`
	NotAfter   time.Time `json:"notAfter"`
	PathLength *int      `json:"pathLength,omitempty"` // nil means no bound
	Permitted  []string  `json:"permitted,omitempty"`
	Excluded   []string  `json:"excluded,omitempty"`
	Usages     []string  `json:"usages,omitempty"` // none means no bound
	Policies   []string  `json:"policies,omitempty"`
	CRLs       []string  `json:"crls,omitempty"`
	Issuers    []string  `json:"issuers,omitempty"`
	Responders []string  `json:"responders,omitempty"`
}

// PlannedList is the revocation list of a plan.
type PlannedList struct {
	CA      string              `json:"ca"`
	Days    int                 `json:"days"`
	Revokes []PlannedRevocation `json:"revokes,omitempty"`
}

// PlannedRevocation is one certificate that the list announces.
type PlannedRevocation struct {
	Serial  string `json:"serial"`
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
}

// Plan describes the act.
func (act *Act) Plan() Plan {
	var p Plan
	if act.acting != nil {
		p.Acts = act.acting.id
	}
	if act.enters != nil {
		p.Enters = act.enters.ID
	}
	for _, d := range act.drafts {
		p.Certificates = append(p.Certificates, act.planned(d))
	}
	if act.life == 0 {
		return p
	}
	p.List = &PlannedList{CA: p.Acts, Days: int(act.life / day)}
	if act.enters != nil {
		p.List.CA = act.enters.ID
	}
	for _, r := range act.revoke {
		p.List.Revokes = append(p.List.Revokes, PlannedRevocation{r.before.SerialHex, r.before.Subject, ReasonName(r.after.Reason)})
	}
	return p
}

func (act *Act) planned(d *draft) PlannedCertificate {
	h := d.shape
	c := PlannedCertificate{Name: d.name, Subject: h.subject.String(), NotBefore: h.from, NotAfter: h.to, PathLength: h.pathLen,
		Permitted: texts(h.permitted), Excluded: texts(h.excluded), Policies: texts(h.policies)}
	for _, u := range h.usages {
		c.Usages = append(c.Usages, act.a.usageName(u))
	}
	by := act.acting
	if d.byNew {
		by = &issuer{id: act.enters.ID}
	}
	c.Issuer = by.id
	if !d.byNew || d.ofOld {
		c.CRLs, c.Issuers, c.Responders = h.publication(act.a, by)
	}
	return c
}

func texts[T interface{ String() string }](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.String())
	}
	return out
}
