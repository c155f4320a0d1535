// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// Act is the work of one ceremony: what authorities do with keys that are
// brought out for it. A Prepare method checks it as a whole, without a key;
// Perform signs, Enter makes it known. Between the two nothing is served.
type Act struct {
	a      *Authority
	actor  string
	acting *issuer // whose key acts; nil when a new root makes itself
	enters *CA     // the authority that is made; nil when none of ours is
	drafts []*draft
	life   time.Duration // of the list to be made; 0 for none
	revoke []change
	spent  bool
	signer crypto.Signer // the key that acted; set by Perform
	events []ledger.Event
}

// draft is one certificate to be.
type draft struct {
	name    string // tells it from the act's other certificates; "" for the first
	profile string
	shape   *shape
	byNew   bool   // signed by the key of the new authority
	ofOld   bool   // certifies the acting authority's key
	public  []byte // key given from outside; nil means the new authority's
	keyID   []byte // of public, as its holder writes it; nil means ours
}

// change is one revocation in a list act.
type change struct{ before, after Certificate }

// ActKeys are the keys that a ceremony brings.
type ActKeys struct {
	Acting crypto.Signer // of the CA that acts; nil means the one that this authority holds
	New    crypto.Signer // of the CA that is made
	NewRef string        // where New is kept; "" when it is not in our custody
}

// Made is what an act signed.
type Made struct {
	CA           *CA
	Certificates []NamedCertificate
	CRL          *CRL
	Revoked      []Certificate // now listed in CRL
	Signer       []byte        // certificate of the CA that acted, DER
}

// NamedCertificate is one certificate of an act; the first has no name.
type NamedCertificate struct {
	Name string
	Certificate
}

// Perform signs what was prepared: serial numbers and to-be-signed octets are
// recorded first, then each key is used. What it made is not known to anybody
// before Enter; when that never comes, planned certificates remain.
func (act *Act) Perform(ctx context.Context, k ActKeys) (*Made, error) {
	if act.spent {
		return nil, errors.New("ca: an act is performed once only")
	}
	act.spent = true
	made := &Made{}
	if act.acting != nil {
		if k.Acting == nil {
			k.Acting = act.acting.signer
		}
		if err := act.acting.checkKey(k.Acting); err != nil {
			return nil, err
		}
		made.Signer = act.acting.der
	}
	fresh, err := act.newIssuer(k)
	if err != nil {
		return nil, err
	}
	if act.signer = k.Acting; act.acting == nil {
		act.signer = k.New
	}
	for _, d := range act.drafts {
		c, err := act.sign(ctx, d, fresh, k)
		if err != nil {
			return nil, err
		}
		made.Certificates = append(made.Certificates, NamedCertificate{d.name, c})
		act.events = append(act.events, issued(act.actor, c, act.a.now()))
	}
	if fresh != nil && act.enters != nil {
		act.enters.KeyRef, act.enters.Certificate, act.enters.Created = k.NewRef, fresh.der, made.Certificates[0].Created
		made.CA = act.enters
		act.events = append(act.events, founded(act.actor, *act.enters, act.a.now()))
	}
	if made.Signer == nil {
		made.Signer = made.Certificates[0].DER
	}
	return made, act.list(ctx, made, fresh, k)
}

// newIssuer is the authority to be, as far as it is known before it has a
// certificate.
func (act *Act) newIssuer(k ActKeys) (*issuer, error) {
	if act.enters == nil {
		return nil, nil
	}
	if k.New == nil {
		return nil, errors.New("ca: the new CA's key is missing")
	}
	pub, ok := gm.AsPublicKey(k.New.Public())
	if !ok {
		return nil, &RequestError{"key", "is not an SM2 key"}
	}
	is := &issuer{id: act.enters.ID, parent: act.enters.Parent, cert: &cert.Certificate{PublicKey: pub}}
	if k.NewRef != "" {
		is.signer = k.New
	}
	return is, nil
}

// sign makes one certificate of the act; the first one of a new authority is
// its own.
func (act *Act) sign(ctx context.Context, d *draft, fresh *issuer, k ActKeys) (Certificate, error) {
	by, signer := act.acting, k.Acting
	if d.byNew {
		by, signer = fresh, k.New
	}
	p, err := act.plan(d, by, k)
	if err != nil {
		return Certificate{}, err
	}
	if d.name == "" && fresh != nil {
		p.record.KeyRef = k.NewRef
	}
	if err := act.a.recordPlanned(ctx, p); err != nil {
		return Certificate{}, err
	}
	p.spent = true
	der, err := p.sign(signer)
	if err != nil {
		return Certificate{}, err
	}
	if d.name == "" && fresh != nil {
		fresh.der = der
		if fresh.cert, err = cert.Parse(der); err != nil {
			return Certificate{}, err
		}
	}
	c := p.record
	c.DER, c.Status = der, Good
	return c, nil
}

// plan builds the certificate of a draft, and has it judged among those above
// it before any key is used.
func (act *Act) plan(d *draft, by *issuer, k ActKeys) (*plan, error) {
	spki, keyID, err := act.subjectKey(d, k)
	if err != nil {
		return nil, err
	}
	var above *issuer // nil: it is its own issuer
	name, err := d.shape.subject.Marshal()
	if err != nil {
		return nil, fmt.Errorf("ca: encode the name: %w", err)
	}
	if by.cert.RawSubject != nil {
		above, name = by, by.cert.RawSubject
	}
	p := &plan{actor: act.actor, issuer: by,
		template: cert.Template{Issuer: name, Subject: d.shape.subject, NotBefore: d.shape.from, NotAfter: d.shape.to, PublicKey: spki,
			Extensions: d.shape.extensions(act.a, above, keyID)},
		record: Certificate{CA: by.id, Profile: d.profile, KeyDigest: gm.SM3(spki), Subject: d.shape.subject.String(), NotBefore: d.shape.from, NotAfter: d.shape.to},
	}
	if above == nil {
		return p, nil
	}
	return p, act.a.checkNesting(p.template, above)
}

// subjectKey is the key that a draft certifies, and its identifier.
func (act *Act) subjectKey(d *draft, k ActKeys) (spki, keyID []byte, err error) {
	switch {
	case d.ofOld:
		return act.acting.cert.RawSPKI, act.acting.cert.SubjectKeyID, nil
	case d.public != nil:
		spki, keyID = d.public, d.keyID
	default:
		pub, _ := gm.AsPublicKey(k.New.Public()) // newIssuer looked
		if spki, err = gm.MarshalPublicKey(pub); err != nil {
			return nil, nil, err
		}
		if err := act.a.checkOwnKey(spki); err != nil {
			return nil, nil, err
		}
	}
	if keyID == nil {
		keyID, err = cert.KeyID(spki)
	}
	return spki, keyID, err
}
