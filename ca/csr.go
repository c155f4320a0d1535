// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/lint"
)

// CSRReason names why a PKCS#10 request is refused; the words are stable.
// Faults of the key itself have further ones, all of which begin with "key-":
// key-malformed, key-algorithm, key-explicit-curve, key-implicit-curve,
// key-unknown-curve, key-compressed-point, key-point-at-infinity,
// key-off-curve, key-out-of-range.
type CSRReason string

// The reasons, but for those of the key's form.
const (
	CSRMalformed     CSRReason = "csr-malformed"
	CSRTooLong       CSRReason = "csr-too-long"
	CSRSignature     CSRReason = "csr-signature"       // possession of the key is not proven
	CSRKeyWrongKind  CSRReason = "key-wrong-kind"      // of another algorithm or curve than the profile's
	CSRKeyWeak       CSRReason = "key-weak"            // its secret is known to everybody
	CSRKeyAuthority  CSRReason = "key-of-authority"    // a CA's own
	CSRKeyInUse      CSRReason = "key-in-use"          // certified before
	CSRKeyBlocked    CSRReason = "key-blocked"         // compromised, for ever
	CSRAsksSubject   CSRReason = "asks-subject"        // another name than the registry's
	CSRAsksAuthority CSRReason = "asks-authority"      // to be a CA
	CSRAsksUsage     CSRReason = "asks-usage"          // a key usage beyond the profile
	CSRAsksOffice    CSRReason = "asks-extended-usage" // an extended key usage beyond the profile
	CSRAsksName      CSRReason = "asks-alt-name"       // a subjectAltName that was not granted
	CSRAsksExtension CSRReason = "asks-extension"      // another extension beyond the profile
	CSRAsksAttribute CSRReason = "asks-attribute"      // an attribute that is not understood
)

// CSRError means that a PKCS#10 request is refused. Nothing was recorded or
// signed. Detail is an English sentence without control characters.
type CSRError struct {
	Reason CSRReason
	Detail string
}

// Error returns reason and detail.
func (e *CSRError) Error() string {
	return "ca: request refused (" + string(e.Reason) + "): " + e.Detail
}

func refuseCSR(reason CSRReason, format string, args ...any) error {
	return &CSRError{reason, clip(fmt.Sprintf(format, args...))}
}

// MaxCSR bounds a request in octets, DER; a PEM file may be as much longer as
// base64 makes it.
const MaxCSR = cert.MaxRequest

// DecodeCSR returns the DER of a request in PEM or DER.
func DecodeCSR(raw []byte) ([]byte, error) {
	if len(raw) > 2*MaxCSR {
		return nil, refuseCSR(CSRTooLong, "%d octets are more than a request can have", len(raw))
	}
	if !bytes.Contains(raw, []byte("-----BEGIN ")) {
		return raw, nil
	}
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE REQUEST" || block.Type == "NEW CERTIFICATE REQUEST" {
			return block.Bytes, nil
		}
	}
	return nil, refuseCSR(CSRMalformed, "the PEM file holds no CERTIFICATE REQUEST")
}

// ImportCSR issues one certificate for a PKCS#10 request, DER. r names profile,
// subject and the rest, and no key: nothing of the request goes into the
// certificate but its key, and a wish beyond what r and the profile give is
// refused rather than left out in silence. The error is a *CSRError when the
// request itself cannot be granted.
func (a *Authority) ImportCSR(ctx context.Context, r Request, csr []byte) (Certificate, error) {
	a.importing.Lock() // two requests with one key: the second must see the first
	defer a.importing.Unlock()
	p, err := a.prepareCSR(ctx, r, csr)
	if err != nil {
		return Certificate{}, err
	}
	return a.complete(ctx, p, p.issuer.signer)
}

// prepareCSR checks key, possession and wishes, in this order.
func (a *Authority) prepareCSR(ctx context.Context, r Request, csr []byte) (*plan, error) {
	if r.KeyRef != "" || r.PublicKey != nil {
		return nil, &RequestError{"key", "is the request's own"}
	}
	profile, err := a.profile(r.Profile)
	if err != nil {
		return nil, err
	}
	q, err := parseCSR(csr)
	if err != nil {
		return nil, err
	}
	if err := q.checkKey(profile); err != nil {
		return nil, err
	}
	if err := a.checkUnused(ctx, q.RawSPKI); err != nil {
		return nil, err
	}
	r.PublicKey, r.Source = q.RawSPKI, FromCSR
	if r.Batch == "" { // another process may be granting the same request: the store lets one finish
		key := gm.SM3(q.RawSPKI)
		r.Batch = "key:" + hex.EncodeToString(key[:])
	}
	p, err := a.prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	return p, q.checkWishes(p)
}

// CSRKey returns the SM3 of a request's SubjectPublicKeyInfo, by which two
// requests for one key are told; the error is a *CSRError.
func CSRKey(csr []byte) ([32]byte, error) {
	q, err := parseCSR(csr)
	if err != nil {
		return [32]byte{}, err
	}
	return gm.SM3(q.RawSPKI), nil
}

// asked is a request that was read.
type asked struct{ *cert.Request }

func parseCSR(der []byte) (asked, error) {
	if len(der) > MaxCSR {
		return asked{}, refuseCSR(CSRTooLong, "it has %d octets, more than %d", len(der), MaxCSR)
	}
	q, err := cert.ParseRequest(der)
	if err != nil {
		return asked{}, refuseCSR(CSRMalformed, "%v", err)
	}
	if len(q.Asked.Unreadable) > 0 {
		return asked{}, refuseCSR(CSRMalformed, "the content of extension %s is malformed", q.Asked.Unreadable[0])
	}
	return asked{q}, nil
}

// checkKey refuses keys that nobody should have, then those whose possession
// is not proven.
func (q asked) checkKey(p Profile) error {
	if fault := cert.DiagnoseKey(q.RawSPKI); fault != "" {
		return refuseCSR(CSRReason(fault), "the public key cannot be certified")
	}
	if err := checkAlgorithm(p.s.key, q.RawSPKI); err != nil {
		var e *RequestError
		errors.As(err, &e)
		return refuseCSR(CSRKeyWrongKind, "the key %s; profile %s is for %s keys", e.Problem, p.s.name, p.s.key)
	}
	if why := lint.WeakKey(q.PublicKey); why != "" {
		return refuseCSR(CSRKeyWeak, "%s", why)
	}
	if err := q.CheckSignature(); err != nil {
		return refuseCSR(CSRSignature, "possession of the key is not proven: %v", err)
	}
	return nil
}

// checkUnused refuses a key that is a CA's, or of which there is a certificate:
// one key, one holder, one certificate; its successor is "renew"'s work.
func (a *Authority) checkUnused(ctx context.Context, spki []byte) error {
	for _, is := range a.authorities() {
		if bytes.Equal(spki, is.cert.RawSPKI) {
			return refuseCSR(CSRKeyAuthority, "the key is that of the %s CA", is.id)
		}
	}
	all, err := a.store.CertificatesByKey(ctx, gm.SM3(spki))
	if err != nil {
		return fmt.Errorf("ca: look for the key's earlier certificates: %w", err)
	}
	used := ""
	for _, old := range all {
		if old.Status == Revoked && (old.Reason == ReasonKeyCompromise || old.Reason == ReasonCACompromise) {
			return refuseCSR(CSRKeyBlocked, "the key was compromised: its certificate %s is revoked for that, and the key is blocked for ever", old.SerialHex)
		}
		if old.Status != Planned && used == "" { // what was never completed is nobody's
			used = old.SerialHex
		}
	}
	if used != "" {
		return refuseCSR(CSRKeyInUse, "the key has the certificate %s already: make a new key", used)
	}
	return nil
}
