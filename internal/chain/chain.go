// SPDX-License-Identifier: Apache-2.0

// Package chain validates certification paths by RFC 5280 section 6 over
// internal/cert: names, validity, basic constraints, path length, key usage,
// offices, policies, name constraints, CRLs and (through an interface) OCSP
// answers. Time and all material are inputs; it reads no clock, disk or net.
package chain

import (
	"context"
	"encoding/asn1"
	"errors"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// Request is one question: is Leaf good for Usage at Time under Anchors?
type Request struct {
	Leaf *cert.Certificate
	// Untrusted are candidate intermediates and CRL signers, in any order. Of
	// more than 512 only the first are looked at.
	Untrusted []*cert.Certificate
	// Anchors are trusted roots; their own validity is not checked (RFC 5280
	// 6.1.1 d), their name constraints and path length are (RFC 5937).
	Anchors []*cert.Certificate
	Time    time.Time // check time T; zero is an error
	// ProofTime is the time of the check itself. A CRL issued after it is from
	// the future and not looked at; one issued between Time and ProofTime is
	// the best evidence there is. Zero means Time.
	ProofTime time.Time
	// CRLs are complete, delta and indirect ones in any order. Of more than 256
	// only the first are looked at, and a missing answer is then held against
	// the path in every mode but RevocationOff.
	CRLs       []*cert.CRL
	Status     StatusSource // further answers, nil for none
	Revocation Mode
	Usage      Usage
	// FreshFor is how long before T a CRL may have been issued when it names
	// no nextUpdate; zero refuses such CRLs.
	FreshFor time.Duration
	Policies PolicyInputs
	MaxDepth int // certificates in a path, anchor not counted; 0 means 8
	// Checked is shared by several questions about the same certificates; nil
	// shares nothing.
	Checked *Checked
}

// Mode says what a missing revocation answer means.
type Mode int

// The modes; RevocationRequired is the default.
const (
	RevocationRequired Mode = iota // no answer: indeterminate
	RevocationOptional             // no answer: reported, not held against the path
	RevocationOff                  // not looked at
)

// Usage is what the leaf must be allowed to do.
type Usage struct {
	// ExtKeyUsage, when not nil, must be listed in the leaf's EKU extension, and
	// in that of each intermediate CA that has one.
	ExtKeyUsage asn1.ObjectIdentifier
	// AllowAny accepts anyExtendedKeyUsage or an absent EKU in its place.
	AllowAny bool
	// KeyUsage: one of these bits must be set; 0 means no demand. A leaf
	// without the extension has none set.
	KeyUsage cert.KeyUsageBits
	// EndEntity refuses a CA certificate, or one with keyCertSign, as leaf.
	EndEntity bool
}

// PolicyInputs are the policy inputs of RFC 5280 6.1.1.
type PolicyInputs struct {
	Initial                                    []asn1.ObjectIdentifier // nil means any-policy
	ExplicitPolicy, InhibitMapping, InhibitAny bool
}

// Code is a stable outcome; package verify maps it to its sub-indications.
type Code string

// The outcomes.
const (
	OK               Code = ""
	NoPath           Code = "NO_CERTIFICATE_CHAIN_FOUND"
	BadSignature     Code = "CHAIN_SIGNATURE_INVALID"
	NotYetValid      Code = "NOT_YET_VALID"
	Expired          Code = "EXPIRED"
	Revoked          Code = "REVOKED"
	RevokedCA        Code = "REVOKED_CA"
	OnHold           Code = "ON_HOLD"
	NoRevocationInfo Code = "REVOCATION_UNKNOWN"
	StaleRevocation  Code = "REVOCATION_STALE"
	WrongUsage       Code = "USAGE_NOT_ALLOWED"
	Constraint       Code = "CHAIN_CONSTRAINTS_FAILURE"
	PolicyFailure    Code = "POLICY_FAILURE"
	Unsupported      Code = "UNSUPPORTED_ALGORITHM"
)

// Result is the best path found, or why there is none.
type Result struct {
	Code   Code
	Detail string              // English, for logs and details; names the certificate and the clause
	Path   []*cert.Certificate // leaf first, anchor last; what was built even when it failed
	Checks []Check             // one per certificate below the anchor, leaf first
}

// Check says what was found about one certificate's revocation.
type Check struct {
	Certificate *cert.Certificate
	Status      Code      // OK, Revoked, OnHold, NoRevocationInfo, StaleRevocation
	By          string    // "crl", "ocsp", "ocsp-nocheck", ""
	Number      string    // CRL number
	ThisUpdate  time.Time // of the answer used
	NextUpdate  time.Time
	// RevokedAt is the effective date: invalidityDate for compromises, else the
	// entry's date. With Status OK it is set when the certificate was revoked,
	// but only after Time.
	RevokedAt time.Time
	Reason    int
}

// Errors of a question that cannot be answered.
var (
	ErrNoTime = errors.New("chain: the check time is zero")
	ErrNoLeaf = errors.New("chain: there is no leaf certificate")
)

// Validate answers the request. An error means that the question itself was
// wrong (no time, no leaf) or ctx ended; a bad path is a Result.
func Validate(ctx context.Context, r Request) (*Result, error) {
	if r.Leaf == nil {
		return nil, ErrNoLeaf
	}
	if r.Time.IsZero() {
		return nil, ErrNoTime
	}
	v := newValidator(ctx, r)
	s := &search{v: v, leaf: r.Leaf, at: r.Time, usage: r.Usage, policies: r.Policies}
	result := s.run()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return result, nil
}
