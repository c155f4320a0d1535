// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"

	"github.com/govseal/govseal/internal/cert"
)

// PrepareRollover plans a new key for a root: the new self-signed certificate
// and the two self-issued ones that let whoever trusts one of the two roots
// verify below the other (RFC 4210 4.4.1). The old root goes on.
func (a *Authority) PrepareRollover(ctx context.Context, actor, oldID string, s CASpec) (*Act, error) {
	if err := a.checkNew(actor, s.ID); err != nil {
		return nil, err
	}
	old, err := a.authority(oldID)
	if err != nil {
		return nil, err
	}
	if old.parent != "" {
		return nil, &RequestError{"issuer", "the " + old.id + " CA is no root: make a subordinate CA with a new key instead"}
	}
	s.Subject, s.Usages = Subject{}, []string{UsageAny}
	h := &shape{subject: old.cert.Subject, spec: s}
	if err := a.fill(h); err != nil {
		return nil, err
	}
	h.inherit(old.cert)
	if !h.to.After(old.cert.NotAfter) {
		return nil, &RequestError{"validity", "the new root would end before the old one"}
	}
	newWithOld, oldWithNew := *h, *h
	newWithOld.to = old.cert.NotAfter
	oldWithNew.from, oldWithNew.to = old.cert.NotBefore, old.cert.NotAfter
	act := &Act{a: a, actor: actor, acting: old, enters: &CA{ID: s.ID}, life: rootCRLLife, drafts: []*draft{
		{profile: ProfileRoot, shape: h, byNew: true},
		{name: "new-with-old", profile: recordRollover, shape: &newWithOld},
		{name: "old-with-new", profile: recordRollover, shape: &oldWithNew, byNew: true, ofOld: true},
	}}
	return act, act.rehearse()
}

// inherit takes over every bound of the old root: a new key is no new right.
func (h *shape) inherit(old *cert.Certificate) {
	if old.BasicConstraints != nil {
		h.pathLen = old.BasicConstraints.PathLen
	}
	if nc := old.NameConstraints; nc != nil {
		h.permitted, h.excluded = nc.Permitted, nc.Excluded
	}
	h.usages = old.ExtKeyUsage
	if len(h.policies) == 0 && old.Policies != nil {
		h.policies = old.Policies.OIDs
	}
}
