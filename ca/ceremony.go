// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
)

// New returns an authority over a store that holds no CA yet: its first
// ceremonies make the root and the issuing CA. It is complete, and may issue,
// when both are there.
func New(ctx context.Context, c Config) (*Authority, error) {
	a, err := newAuthority(c)
	if err != nil {
		return nil, err
	}
	cas, err := a.store.CAs(ctx)
	if err != nil {
		return nil, fmt.Errorf("ca: read the authorities: %w", err)
	}
	if len(cas) > 0 {
		return nil, fmt.Errorf("%w: there is a CA already (%s)", ErrState, cas[0].ID)
	}
	return a, nil
}

// FirstRoot and FirstIssuing say what the first two authorities of a city are:
// twenty and ten years, the root without bound, the issuing CA with no CA
// below it and with all offices.
func FirstRoot(city string) CASpec {
	return CASpec{ID: RootID, Subject: Subject{Organization: city, CommonName: city + "电子印章根CA"}, PathLen: Unlimited, Usages: []string{UsageAny}}
}

// FirstIssuing goes with FirstRoot.
func FirstIssuing(city string) CASpec {
	return CASpec{ID: IssuingID, Subject: Subject{Organization: city, CommonName: city + "电子印章签发CA"}, PathLen: 0, Usages: []string{UsageAny}}
}

// Lifetimes of the first two authorities. The root's twenty years exceed
// GmSSL's 3653 days (facts/ca-and-crypto.md 3.3).
const (
	FirstRootLife    = 20 * year
	FirstIssuingLife = 10 * year
)

// Create holds the first two ceremonies without files, for programs and tests
// that need an authority: root certificate (by rootSigner), issuing CA, CRLs
// of both. It fails when there is a CA already.
func Create(ctx context.Context, c Config, actor, cityName string, rootSigner crypto.Signer) (*Authority, error) {
	a, err := New(ctx, c)
	if err != nil {
		return nil, err
	}
	if rootSigner == nil {
		return nil, errors.New("ca: the first ceremony needs the root's signer")
	}
	root := FirstRoot(cityName)
	root.NotAfter = a.seconds().Add(FirstRootLife)
	act, err := a.PrepareRoot(ctx, actor, root)
	if err != nil {
		return nil, err
	}
	if err := act.carryOut(ctx, ActKeys{New: rootSigner}); err != nil {
		return nil, err
	}
	issuing := FirstIssuing(cityName)
	issuing.NotAfter = a.seconds().Add(FirstIssuingLife)
	if act, err = a.PrepareSubordinate(ctx, actor, RootID, issuing, nil, false); err != nil {
		return nil, err
	}
	k := ActKeys{Acting: rootSigner}
	if k.NewRef, k.New, err = a.NewKey(ctx); err != nil {
		return nil, err
	}
	return a, act.carryOut(ctx, k)
}

// NewKey makes a CA's key in our custody.
func (a *Authority) NewKey(ctx context.Context) (ref string, signer crypto.Signer, err error) {
	if ref, _, err = a.keys.Generate(ctx, keyUse); err != nil {
		return "", nil, fmt.Errorf("ca: make the CA's key: %w", err)
	}
	if signer, err = a.keys.Signer(ctx, ref, keyUse); err != nil {
		return "", nil, fmt.Errorf("ca: open the CA's key: %w", err)
	}
	return ref, signer, nil
}

// carryOut performs and enters an act without a file.
func (act *Act) carryOut(ctx context.Context, k ActKeys) error {
	made, err := act.Perform(ctx, k)
	if err != nil {
		return err
	}
	return act.Enter(ctx, made, nil)
}

// Begin notes in the record that a reviewed file is being carried out.
func (a *Authority) Begin(ctx context.Context, c Ceremony) error {
	c.Begun = a.now().UTC()
	if err := a.store.RecordBegun(ctx, c); err != nil {
		return fmt.Errorf("ca: record the ceremony's beginning: %w", err)
	}
	return nil
}

// Ceremonies lists what was begun and held, newest first, without transcripts.
func (a *Authority) Ceremonies(ctx context.Context) ([]Ceremony, error) {
	return a.store.Ceremonies(ctx)
}

// Held returns the record of a reviewed file; ErrNotFound when it never began.
func (a *Authority) Held(ctx context.Context, digest [32]byte) (Ceremony, error) {
	return a.store.Ceremony(ctx, digest)
}
