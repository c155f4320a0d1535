// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// EncryptionRequest asks for the other half of a dual certificate.
type EncryptionRequest struct {
	Actor   string
	Signing string // serial of the holder's signing certificate
	// Validity 0 means: as long as the signing certificate, and no longer than
	// the profile allows.
	Validity time.Duration
}

// IssueEncryption makes an encryption key, escrows it under the newest key
// centre, and certifies it beside a signing certificate, for the same holder.
// Certificate, escrowed key and ledger entries are durable together. The key
// leaves in Deliver, as a CSRResponse that only the signing key opens; the
// key itself is forgotten.
func (a *Authority) IssueEncryption(ctx context.Context, r EncryptionRequest) (Certificate, error) {
	if r.Actor == "" {
		return Certificate{}, &RequestError{"actor", "is missing"}
	}
	holder, err := a.signingHolder(ctx, r.Signing)
	if err != nil {
		return Certificate{}, err
	}
	if err := a.checkSingle(ctx, holder.record); err != nil {
		return Certificate{}, err
	}
	centre, err := a.currentCharter(ctx)
	if err != nil {
		return Certificate{}, err
	}
	key, spki, err := newEncryptionKey()
	if err != nil {
		return Certificate{}, err
	}
	p, err := a.prepareEncryption(ctx, r, holder, spki)
	if err != nil {
		return Certificate{}, err
	}
	kept := EscrowedKey{Signing: holder.record.SerialHex, Centre: centre.ID(), Created: a.now().UTC()}
	if kept.Sealed, err = centre.Seal(key); err != nil {
		return Certificate{}, fmt.Errorf("ca: escrow the key: %w", err)
	}
	if kept.Enveloped, err = gm.EnvelopeKey(holder.key, key); err != nil {
		return Certificate{}, fmt.Errorf("ca: envelope the key for its holder: %w", err)
	}
	p.keep = func(ctx context.Context, c Certificate, e ledger.Event) error {
		kept.SerialHex = c.SerialHex
		return a.store.RecordEscrowed(ctx, c.DER, kept, e, escrowed(r.Actor, kept, a.now()))
	}
	return a.complete(ctx, p, p.issuer.signer)
}

// newEncryptionKey makes a key and its SubjectPublicKeyInfo.
func newEncryptionKey() (*gm.PrivateKey, []byte, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return nil, nil, fmt.Errorf("ca: make the encryption key: %w", err)
	}
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	return key, spki, err
}

// prepareEncryption plans the certificate: the names are the signing
// certificate's, octet for octet, and the profile is that of its own with
// "-encryption" behind.
func (a *Authority) prepareEncryption(ctx context.Context, r EncryptionRequest, h *holder, spki []byte) (*plan, error) {
	p, err := a.profile(h.record.Profile + "-encryption")
	if err != nil || !p.KeyFrom(FromCentre) {
		return nil, &RequestError{"signing certificate", fmt.Sprintf("is of profile %s, for which there is no profile %s-encryption with keys from the centre", h.record.Profile, h.record.Profile)}
	}
	validity := r.Validity
	if validity == 0 {
		validity = min(h.record.NotAfter.Sub(a.seconds()), p.Longest())
	}
	made, err := a.prepare(ctx, Request{Actor: r.Actor, CA: h.record.CA, Profile: p.Name(), Subject: p.subjectOf(h.cert), PublicKey: spki, Source: FromCentre,
		Department: h.record.Department, Officer: h.record.Officer, Validity: validity})
	if err != nil {
		return nil, err
	}
	name, err := made.template.Subject.Marshal()
	if err != nil || !bytes.Equal(name, h.cert.RawSubject) {
		return nil, &RequestError{"signing certificate", "has names that profile " + p.Name() + " does not give: " + h.record.Subject}
	}
	return made, nil
}

// checkSingle refuses a second encryption certificate while the first is in
// force: people would encrypt to either.
func (a *Authority) checkSingle(ctx context.Context, signing Certificate) error {
	all, err := a.store.EscrowedBeside(ctx, signing.SerialHex)
	if err != nil {
		return fmt.Errorf("ca: look for an earlier encryption certificate: %w", err)
	}
	for _, k := range all {
		first, err := a.store.Certificate(ctx, k.SerialHex)
		if err != nil {
			return fmt.Errorf("ca: read the earlier encryption certificate: %w", err)
		}
		same, err := a.store.CertificatesByKey(ctx, first.KeyDigest) // with its renewals
		if err != nil {
			return fmt.Errorf("ca: read the earlier encryption certificates: %w", err)
		}
		for _, c := range same {
			if (c.Status == Good || c.Status == Hold) && a.now().Before(c.NotAfter) {
				return &RequestError{"signing certificate", "has the encryption certificate " + c.SerialHex + " beside it already: deliver that one again, or revoke it first"}
			}
		}
	}
	return nil
}

// escrowOf returns the escrowed key of a certificate, or of an earlier one of
// the same key: a renewal keeps the key, and its escrow.
func (a *Authority) escrowOf(ctx context.Context, record Certificate) (EscrowedKey, error) {
	kept, err := a.store.Escrowed(ctx, record.SerialHex)
	if !errors.Is(err, ErrNotFound) {
		return kept, err
	}
	same, err := a.store.CertificatesByKey(ctx, record.KeyDigest)
	if err != nil {
		return kept, err
	}
	for _, c := range same {
		if kept, err = a.store.Escrowed(ctx, c.SerialHex); !errors.Is(err, ErrNotFound) {
			return kept, err
		}
	}
	return kept, ErrNotFound
}

// holder is a signing certificate whose key something is enveloped for.
type holder struct {
	record Certificate
	cert   *cert.Certificate
	key    *gm.PublicKey
}

// signingHolder returns a certificate of ours that is in force and whose key
// signs. Its signature is verified: a row of the database alone must not
// redirect a key.
func (a *Authority) signingHolder(ctx context.Context, serial string) (*holder, error) {
	record, err := a.Show(ctx, serial)
	if err != nil {
		return nil, err
	}
	bad := func(why string) error { return &RequestError{"signing certificate", record.SerialHex + " " + why} }
	if record.Status != Good || !a.now().Before(record.NotAfter) {
		return nil, bad("is not in force (" + string(record.Status) + ", until " + record.NotAfter.Format(time.DateOnly) + ")")
	}
	parsed, err := cert.Parse(record.DER)
	if err != nil {
		return nil, fmt.Errorf("ca: read certificate %s: %w", record.SerialHex, err)
	}
	is, err := a.issuerOf(parsed)
	if err != nil || parsed.CheckSignature(is.cert.PublicKey) != nil || serialHex(parsed.Serial) != record.SerialHex {
		return nil, bad("is not what this authority signed: the record was changed")
	}
	key, ok := gm.AsPublicKey(parsed.PublicKey)
	if !ok || parsed.KeyUsage == nil || parsed.KeyUsage.Bits&cert.DigitalSignature == 0 || parsed.BasicConstraints != nil && parsed.BasicConstraints.CA {
		return nil, bad("is not a holder's SM2 signing certificate")
	}
	return &holder{record, parsed, key}, nil
}
