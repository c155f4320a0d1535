// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
)

// source is where the request's key comes from.
func (r Request) source() KeySource {
	switch {
	case r.KeyRef != "":
		return FromStore
	case r.Source == "":
		return FromCSR
	}
	return r.Source
}

// keyUse is the use under which the request's key is kept.
func (r Request) keyUse() string {
	if r.ForDelivery {
		return DeliveryUse(r.Profile)
	}
	return r.Profile
}

// publicKey returns the SubjectPublicKeyInfo that the request is for, once it
// is known to be one that the profile may certify.
func (a *Authority) publicKey(ctx context.Context, p Profile, r Request) ([]byte, error) {
	if (r.KeyRef == "") == (len(r.PublicKey) == 0) {
		return nil, &RequestError{"key", "give either a key reference or a public key"}
	}
	if from := r.source(); !p.KeyFrom(from) {
		return nil, &RequestError{"key", fmt.Sprintf("comes from %s, which profile %s does not take", from, p.s.name)}
	}
	if r.ForDelivery && (r.KeyRef == "" || !p.Deliverable()) {
		return nil, &RequestError{"key", "cannot be made for delivery: profile " + p.s.name + " does not let its keys out, or the key is not ours"}
	}
	spki := r.PublicKey
	if r.KeyRef != "" {
		signer, err := a.keys.Signer(ctx, r.KeyRef, r.keyUse())
		if err != nil {
			return nil, fmt.Errorf("ca: open the key to be certified: %w", err)
		}
		pub, ok := gm.AsPublicKey(signer.Public())
		if !ok {
			return nil, &RequestError{"key", "is not an SM2 key"}
		}
		if spki, err = gm.MarshalPublicKey(pub); err != nil {
			return nil, err
		}
	}
	if err := checkAlgorithm(p.s.key, spki); err != nil {
		return nil, err
	}
	if err := a.checkOwnKey(spki); err != nil {
		return nil, err
	}
	return spki, a.checkCompromised(ctx, gm.SM3(spki))
}

// checkAlgorithm reads the key as the one kind that the profile certifies.
// crypto/x509 takes named curves only, and points on them.
func checkAlgorithm(want KeyAlgorithm, spki []byte) error {
	if want == KeySM2 {
		if _, err := gm.ParsePublicKey(spki); err != nil {
			return &RequestError{"key", "is not an SM2 key: " + err.Error()}
		}
		return nil
	}
	parsed, err := x509.ParsePKIXPublicKey(spki)
	if key, ok := parsed.(*ecdsa.PublicKey); err != nil || !ok || key.Curve != elliptic.P256() {
		return &RequestError{"key", "is not a P-256 key"}
	}
	if again, err := x509.MarshalPKIXPublicKey(parsed); err != nil || !bytes.Equal(again, spki) {
		return &RequestError{"key", "is a P-256 key in another encoding than DER"}
	}
	return nil
}

// checkOwnKey refuses a key (SubjectPublicKeyInfo, DER) that a CA of ours has.
func (a *Authority) checkOwnKey(spki []byte) error {
	for _, is := range a.authorities() {
		if bytes.Equal(spki, is.cert.RawSPKI) {
			return &RequestError{"key", "is that of the " + is.id + " CA"}
		}
	}
	return nil
}

// checkCompromised refuses, for ever, a key (SM3 of its SubjectPublicKeyInfo)
// of which any certificate was revoked for compromise.
func (a *Authority) checkCompromised(ctx context.Context, key [32]byte) error {
	serial, err := a.store.CompromisedKey(ctx, key)
	if err != nil {
		return fmt.Errorf("ca: look for the key's earlier certificates: %w", err)
	}
	if serial != "" {
		return &RequestError{"key", "was compromised: its certificate " + serial + " is revoked for that, and the key is blocked for ever"}
	}
	return nil
}
