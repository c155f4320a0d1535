// SPDX-License-Identifier: Apache-2.0

// Package cert reads and writes X.509 certificates and CRLs with SM2 keys. A
// Certificate is the raw DER plus its fields; what was received is never
// re-encoded. Reading is strict where it matters for trust and notes, in
// Tolerated, each deviation of certificates in the field that it let pass.
package cert

import (
	"crypto"
	"encoding/asn1"
	"math/big"
	"time"
)

// Certificate is one X.509 certificate.
type Certificate struct {
	Raw        []byte // the whole DER, as received
	RawTBS     []byte // TBSCertificate with its header: what is signed
	RawSubject []byte // Name with its header
	RawIssuer  []byte
	RawSPKI    []byte // SubjectPublicKeyInfo with its header

	Version             int // 1, 2 or 3
	Serial              *big.Int
	Subject, Issuer     Name
	NotBefore, NotAfter time.Time
	PublicKey           crypto.PublicKey // *ecdsa.PublicKey (SM2, NIST), *rsa.PublicKey; nil when not understood
	SignatureAlgorithm  Algorithm
	Signature           []byte
	Extensions          []Extension

	BasicConstraints       *BasicConstraints       // nil when the extension is absent
	KeyUsage               *KeyUsage               // nil when absent
	ExtKeyUsage            []asn1.ObjectIdentifier // nil when absent; empty when present and empty
	SubjectKeyID           []byte
	AuthorityKeyID         *AuthorityKeyID
	SubjectAltNames        []GeneralName
	Policies               *Policies
	PolicyMappings         []PolicyMapping
	PolicyConstraints      *PolicyConstraints
	InhibitAnyPolicy       *int
	NameConstraints        *NameConstraints
	CRLDistributionPoints  []DistributionPoint
	FreshestCRL            []DistributionPoint
	OCSPServers, CAIssuers []string
	OCSPNoCheck            bool

	// Unreadable lists extensions that do not bear on trust by themselves and
	// whose content is malformed: their fields above are unset. A critical one
	// still has to be refused, and an unreadable subjectAltName cannot satisfy a
	// name constraint; package chain does both.
	Unreadable []asn1.ObjectIdentifier

	// Tolerated names, in English, each deviation from the standards that was
	// let pass so that a real certificate could be read at all.
	Tolerated []string
}

// MaxCertificate bounds a certificate in octets.
const MaxCertificate = 64 << 10

// SelfIssued reports whether issuer and subject are the same name (RFC 5280 7.1).
func (c *Certificate) SelfIssued() bool { return c.Subject.Equal(c.Issuer) }

// Extension returns the extension with the identifier, or nil.
func (c *Certificate) Extension(id asn1.ObjectIdentifier) *Extension {
	return findExtension(c.Extensions, id)
}
