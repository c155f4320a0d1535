// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// Create holds the first ceremony: root certificate (by rootSigner), issuing
// CA, CRLs of both. It fails when there is a CA already. A ceremony that was
// interrupted is not taken up again: its folder is thrown away.
func Create(ctx context.Context, c Config, actor, cityName string, rootSigner crypto.Signer) (*Authority, error) {
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
	if rootSigner == nil {
		return nil, errors.New("ca: the first ceremony needs the root's signer")
	}
	if err := a.createRoot(ctx, actor, cityName, rootSigner); err != nil {
		return nil, err
	}
	if err := a.createIssuing(ctx, actor, cityName, rootSigner); err != nil {
		return nil, err
	}
	if _, err := a.IssueRootCRL(ctx, actor, rootSigner); err != nil {
		return nil, err
	}
	if _, err := a.reissue(ctx, a.must(IssuingID), actor); err != nil {
		return nil, err
	}
	return a, nil
}

// createRoot makes the self-signed anchor.
func (a *Authority) createRoot(ctx context.Context, actor, city string, signer crypto.Signer) error {
	subject := Subject{Organization: city, CommonName: city + "电子印章根CA"}
	p, err := a.prepareCA(actor, ProfileRoot, subject, signer.Public(), nil)
	if err != nil {
		return err
	}
	// The plan's issuer is the certificate to be: key and name are its own.
	p.issuer = &issuer{id: RootID, cert: &cert.Certificate{PublicKey: signer.Public()}}
	made, err := a.complete(ctx, p, signer)
	if err != nil {
		return err
	}
	return a.enter(ctx, actor, CA{ID: RootID, Certificate: made.DER, Created: made.Created})
}

// createIssuing makes the CA that works from day to day, signed by the root.
func (a *Authority) createIssuing(ctx context.Context, actor, city string, rootSigner crypto.Signer) error {
	ref, _, err := a.keys.Generate(ctx, keyUse)
	if err != nil {
		return fmt.Errorf("ca: make the issuing CA's key: %w", err)
	}
	signer, err := a.keys.Signer(ctx, ref, keyUse)
	if err != nil {
		return fmt.Errorf("ca: open the issuing CA's key: %w", err)
	}
	subject := Subject{Organization: city, CommonName: city + "电子印章签发CA"}
	p, err := a.prepareCA(actor, ProfileIssuing, subject, signer.Public(), a.must(RootID))
	if err != nil {
		return err
	}
	p.record.KeyRef = ref
	made, err := a.complete(ctx, p, rootSigner)
	if err != nil {
		return err
	}
	return a.enter(ctx, actor, CA{ID: IssuingID, Parent: RootID, KeyRef: ref, Certificate: made.DER, Created: made.Created})
}

// prepareCA builds the plan of an authority; parent is nil for the root.
func (a *Authority) prepareCA(actor, named string, s Subject, public crypto.PublicKey, parent *issuer) (*plan, error) {
	if actor == "" {
		return nil, &RequestError{"actor", "is missing"}
	}
	profile, err := a.profiles.Lookup(named)
	if err != nil {
		return nil, err
	}
	if !profile.s.ca {
		return nil, &RequestError{"profile", named + " makes no authority"}
	}
	if err := s.check(profile.s.subject); err != nil {
		return nil, err
	}
	pub, ok := gm.AsPublicKey(public)
	if !ok {
		return nil, &RequestError{"key", "is not an SM2 key"}
	}
	spki, err := gm.MarshalPublicKey(pub)
	if err != nil {
		return nil, err
	}
	name := s.name()
	issuerName, err := name.Marshal()
	if err != nil {
		return nil, fmt.Errorf("ca: encode the name: %w", err)
	}
	var above *cert.Certificate
	of := RootID // its own issuer
	if parent != nil {
		above, issuerName, of = parent.cert, parent.cert.RawSubject, parent.id
	}
	from, to, err := profile.period(a.seconds(), 0, above)
	if err != nil {
		return nil, err
	}
	ext, err := profile.extensions(a, parent, spki, "")
	if err != nil {
		return nil, err
	}
	return &plan{
		actor: actor, issuer: parent,
		template: cert.Template{Issuer: issuerName, Subject: name, NotBefore: from, NotAfter: to, PublicKey: spki, Extensions: ext, NullParameters: profile.s.null},
		promise:  profile.promise(a.arc),
		record:   Certificate{CA: of, Profile: profile.Name(), KeyDigest: gm.SM3(spki), Subject: name.String(), NotBefore: from, NotAfter: to},
	}, nil
}

// enter records an authority and takes it in.
func (a *Authority) enter(ctx context.Context, actor string, c CA) error {
	if err := a.store.RecordCA(ctx, c, founded(actor, c, a.now())); err != nil {
		return fmt.Errorf("ca: record the %s CA: %w", c.ID, err)
	}
	return a.adopt(ctx, c)
}
