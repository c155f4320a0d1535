// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// checkPathLength says in the ceremony's words what a verifier would say
// later; those further above are looked at by rehearse.
func checkPathLength(h *shape, by *issuer) error {
	bc := by.cert.BasicConstraints
	switch {
	case bc == nil || bc.PathLen == nil:
		return nil
	case *bc.PathLen == 0:
		return &RequestError{"issuer", "the " + by.id + " CA has path length 0: no CA can stand below it"}
	case h.pathLen == nil || *h.pathLen >= *bc.PathLen:
		return &RequestError{"path length", fmt.Sprintf("must be less than the %d of the %s CA above it", *bc.PathLen, by.id)}
	}
	return nil
}

// checkNew refuses an authority that exists.
func (a *Authority) checkNew(actor, id string) error {
	if actor == "" {
		return &RequestError{"actor", "is missing"}
	}
	if err := checkID(id); err != nil {
		return err
	}
	if _, err := a.authority(id); err == nil {
		return fmt.Errorf("%w: there is a CA %q already", ErrState, id)
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// checkForeignKey refuses a key that is not SM2, is ours, or was compromised.
func (a *Authority) checkForeignKey(ctx context.Context, spki []byte) error {
	if _, err := gm.ParsePublicKey(spki); err != nil {
		return &RequestError{"key", "is not an SM2 key: " + err.Error()}
	}
	if err := a.checkOwnKey(spki); err != nil {
		return err
	}
	known, err := a.store.CertificatesByKey(ctx, gm.SM3(spki))
	if err != nil {
		return fmt.Errorf("ca: look for the key's certificates: %w", err)
	}
	for _, c := range known {
		if c.DER != nil && !isAuthority(c) {
			return &RequestError{"key", "has the certificate " + c.SerialHex + " of profile " + c.Profile + " already"}
		}
	}
	return a.checkCompromised(ctx, gm.SM3(spki))
}

// checkResponder: a CA that works here is asked for OCSP answers, and its
// responder bears the CA's own organization (makeResponder).
func checkResponder(h *shape) error {
	if h.usages != nil && !slices.ContainsFunc(h.usages, cert.OIDOCSPSigning.Equal) {
		return &RequestError{"usages", "a CA whose key is here needs OCSPSigning for its own OCSP responder"}
	}
	own, bound := responderSubject(h.subject).name(), false
	for _, g := range h.permitted {
		if g.Tag != cert.TagDirectoryName {
			continue
		}
		bound = true
		if base, err := cert.ParseName(g.Value); err == nil && own.HasPrefix(base) {
			return nil
		}
	}
	if bound {
		return &RequestError{"permitted", "leaves out the CA's own organization, whose name its OCSP responder bears: " + own.String()}
	}
	return nil
}
