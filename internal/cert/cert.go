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

	// Tolerated names, in English, each deviation from the standards that was
	// let pass so that a real certificate could be read at all.
	Tolerated []string
}

// Parse reads one DER certificate of at most MaxCertificate octets with
// nothing behind it. The error is a *ParseError that says what and where.
func Parse(der []byte) (*Certificate, error) { panic("unwritten") }

// CheckSignature reports, as nil, that the certificate is signed by the key of
// issuer. Names, dates and usages are not looked at: that is package chain's.
func (c *Certificate) CheckSignature(issuer crypto.PublicKey) error { panic("unwritten") }

// SelfIssued reports whether issuer and subject are the same name (RFC 5280 7.1).
func (c *Certificate) SelfIssued() bool { panic("unwritten") }

// CheckSignature verifies sig over signed with the algorithm named: SM2 with
// SM3, RSA PKCS#1 v1.5 and PSS, ECDSA with SHA-2. ErrUnsupportedAlgorithm when
// it is none of these.
func CheckSignature(pub crypto.PublicKey, alg Algorithm, signed, sig []byte) error {
	panic("unwritten")
}

// MaxCertificate bounds a certificate in octets.
const MaxCertificate = 64 << 10

type (
	// Algorithm is an AlgorithmIdentifier; Parameters is the raw DER, nil when absent.
	Algorithm struct {
		OID        asn1.ObjectIdentifier
		Parameters []byte
	}
	// Extension is one extension as received; Value is the content of extnValue.
	Extension struct {
		ID       asn1.ObjectIdentifier
		Critical bool
		Value    []byte
	}
	BasicConstraints struct {
		Critical bool
		CA       bool
		PathLen  *int
	}
	// KeyUsage has bit n of RFC 5280 4.2.1.3 at 1<<n.
	KeyUsage struct {
		Critical bool
		Bits     KeyUsageBits
	}
	KeyUsageBits   uint16
	AuthorityKeyID struct {
		KeyID  []byte
		Issuer []GeneralName
		Serial *big.Int
	}
	Policies struct {
		Critical bool
		OIDs     []asn1.ObjectIdentifier
	}
	PolicyMapping     struct{ IssuerDomain, SubjectDomain asn1.ObjectIdentifier }
	PolicyConstraints struct{ RequireExplicit, InhibitMapping *int }
	NameConstraints   struct {
		Critical            bool
		Permitted, Excluded []GeneralName
	}
	DistributionPoint struct {
		FullName     []GeneralName
		RelativeName []byte // raw RDN, nil when absent
		Reasons      *uint16
		CRLIssuer    []GeneralName
	}
	// GeneralName holds the tag number of RFC 5280 4.2.1.6 and the raw content.
	GeneralName struct {
		Tag   int
		Value []byte
	}
)

// Key usage bits, RFC 5280 4.2.1.3.
const (
	DigitalSignature KeyUsageBits = 1 << iota
	NonRepudiation
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	KeyCertSign
	CRLSign
	EncipherOnly
	DecipherOnly
)
