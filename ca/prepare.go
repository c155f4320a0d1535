// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// PrepareRoot plans a root: a self-signed certificate and an empty list.
func (a *Authority) PrepareRoot(ctx context.Context, actor string, s CASpec) (*Act, error) {
	if err := a.checkNew(actor, s.ID); err != nil {
		return nil, err
	}
	if s.Usages == nil {
		s.Usages = []string{UsageAny}
	}
	h, err := a.shape(s)
	if err != nil {
		return nil, err
	}
	for _, is := range a.authorities() {
		if is.cert.Subject.Equal(h.subject) {
			return nil, &RequestError{"subject", "is the name of the " + is.id + " CA: a new key under the same name is a rollover"}
		}
	}
	return &Act{a: a, actor: actor, enters: &CA{ID: s.ID}, life: rootCRLLife,
		drafts: []*draft{{profile: ProfileRoot, shape: h, byNew: true}}}, nil
}

// PrepareSubordinate plans a CA below the issuer. With a public key from
// outside (DER SubjectPublicKeyInfo, possession proven) the CA is somebody
// else's: its certificate is recorded, and no authority entered. ownFile says
// that the new key will not be in our custody, so that its first list is made
// in the ceremony and lives long.
func (a *Authority) PrepareSubordinate(ctx context.Context, actor, issuerID string, s CASpec, public []byte, ownFile bool) (*Act, error) {
	by, h, err := a.below(ctx, actor, issuerID, s)
	if err != nil {
		return nil, err
	}
	act := &Act{a: a, actor: actor, acting: by, drafts: []*draft{{profile: ProfileSubordinate, shape: h, public: public}}}
	if s.ID == IssuingID {
		act.drafts[0].profile = ProfileIssuing
	}
	if public != nil {
		if err := a.checkForeignKey(ctx, public); err != nil {
			return nil, err
		}
		return act, act.rehearse()
	}
	act.enters, act.life = &CA{ID: s.ID, Parent: by.id}, issuingCRLLife
	if ownFile {
		act.life = rootCRLLife
	} else if err := checkResponder(h); err != nil {
		return nil, err
	}
	return act, act.rehearse()
}

// below checks what every CA below another has to satisfy.
func (a *Authority) below(ctx context.Context, actor, issuerID string, s CASpec) (*issuer, *shape, error) {
	by, err := a.authority(issuerID)
	if err != nil {
		return nil, nil, err
	}
	if err := a.checkNew(actor, s.ID); err != nil {
		return nil, nil, err
	}
	if err := a.checkStanding(ctx, by); err != nil {
		return nil, nil, err
	}
	var h *shape
	if s.Subject == (Subject{}) { // a cross-certificate's comes from outside
		h = &shape{spec: s}
		err = a.fill(h)
	} else if h, err = a.shape(s); err == nil {
		for _, is := range a.authorities() {
			if is.cert.Subject.Equal(h.subject) {
				return nil, nil, &RequestError{"subject", "is the name of the " + is.id + " CA already"}
			}
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if s.NotBefore.IsZero() && h.from.Before(by.cert.NotBefore) {
		h.from = by.cert.NotBefore
	}
	if h.from.Before(by.cert.NotBefore) || h.to.After(by.cert.NotAfter) {
		return nil, nil, &RequestError{"validity", fmt.Sprintf("%s to %s is not within that of the %s CA above it, %s to %s", h.from.Format(time.DateOnly),
			h.to.Format(time.DateOnly), by.id, by.cert.NotBefore.Format(time.DateOnly), by.cert.NotAfter.Format(time.DateOnly))}
	}
	return by, h, checkPathLength(h, by)
}

// rehearse judges the certificates below known CAs with a key that is thrown
// away, so that an act which cannot be performed is refused before anybody
// opens a safe.
func (act *Act) rehearse() error {
	key, err := gm.GenerateKey()
	if err != nil {
		return err
	}
	for _, d := range act.drafts {
		if d.byNew {
			continue
		}
		if _, err := act.plan(d, act.acting, ActKeys{New: key}); err != nil {
			return err
		}
	}
	return nil
}
