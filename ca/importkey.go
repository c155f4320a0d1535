// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// ImportRequest brings a key into our custody whose certificate we issued for a
// request of its holder.
type ImportRequest struct {
	Actor        string
	PublicKey    []byte   // of the key that was read, DER SubjectPublicKeyInfo
	Certificates [][]byte // those beside it in the file, in any order
	// Keep stores the key for a use and returns its reference.
	Keep func(use string) (ref string, err error)
}

// ImportKey checks that a key's certificate is ours and in force, that the
// other certificates in the file are its chain, and that we do not hold the key
// already. The certificate's profile decides what the key is for; those whose
// keys are made elsewhere (the key centre, a ceremony) are refused.
func (a *Authority) ImportKey(ctx context.Context, r ImportRequest) (Certificate, error) {
	if r.Actor == "" {
		return Certificate{}, &RequestError{"actor", "is missing"}
	}
	own, err := a.ownCertificate(r)
	if err != nil {
		return Certificate{}, err
	}
	record, err := a.Show(ctx, serialHex(own.Serial))
	if err != nil {
		return Certificate{}, err
	}
	if err := a.checkImport(ctx, record, own); err != nil {
		return Certificate{}, err
	}
	if record.KeyRef, err = r.Keep(record.Profile); err != nil {
		return Certificate{}, fmt.Errorf("ca: keep the key: %w", err)
	}
	if err := a.store.RecordKey(ctx, record.SerialHex, record.KeyRef, keyCame(r.Actor, record, a.now())); err != nil {
		return Certificate{}, fmt.Errorf("ca: record the key of %s: %w", record.SerialHex, err)
	}
	return record, nil
}

// ownCertificate finds the key's own certificate among those of the file and
// refuses strangers beside it.
func (a *Authority) ownCertificate(r ImportRequest) (*cert.Certificate, error) {
	var own *cert.Certificate
	for i, der := range r.Certificates {
		c, err := cert.Parse(der)
		switch {
		case err != nil:
			return nil, &RequestError{"file", fmt.Sprintf("certificate %d: %v", i+1, err)}
		case a.inChain(der):
		case !bytes.Equal(c.RawSPKI, r.PublicKey):
			return nil, &RequestError{"file", "holds a certificate that is neither the key's own nor of its chain: " + c.Subject.String()}
		case own != nil && !bytes.Equal(own.Raw, c.Raw):
			return nil, &RequestError{"file", "holds two certificates of the key; leave the one that is in use"}
		default:
			own = c
		}
	}
	if own == nil {
		return nil, &RequestError{"file", "holds no certificate of its key"}
	}
	is, err := a.issuerOf(own)
	if err != nil || own.CheckSignature(is.cert.PublicKey) != nil {
		return nil, &RequestError{"file", "the key's certificate was not issued by this authority: " + own.Issuer.String()}
	}
	return own, nil
}

func (a *Authority) checkImport(ctx context.Context, record Certificate, own *cert.Certificate) error {
	bad := func(why string) error { return &RequestError{"certificate", record.SerialHex + " " + why} }
	if !bytes.Equal(record.DER, own.Raw) {
		return bad("in the file is not the one that is recorded")
	}
	if record.Status != Good || !a.now().Before(record.NotAfter) {
		return bad("is not in force: " + string(record.Status))
	}
	p, err := a.profile(record.Profile)
	if err != nil {
		return err
	}
	if !p.KeyFrom(FromStore) || p.Key() != KeySM2 || p.Office() {
		return bad("is of profile " + record.Profile + ", whose keys are not taken in")
	}
	all, err := a.store.CertificatesByKey(ctx, gm.SM3(own.RawSPKI))
	if err != nil {
		return fmt.Errorf("ca: look for the key: %w", err)
	}
	for _, c := range all {
		if c.KeyRef != "" {
			return bad("has its key in the key store already")
		}
	}
	return a.checkCompromised(ctx, gm.SM3(own.RawSPKI))
}
