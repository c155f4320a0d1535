// SPDX-License-Identifier: Apache-2.0

// Package cms reads and writes CMS SignedData (RFC 5652) with the content
// types of RFC 5652 and of GB/T 35275, and both object identifiers in use for
// SM2 signatures. Raw octets are kept: what is hashed is what was received.
package cms

import (
	"encoding/asn1"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
)

// MaxSize bounds a message in octets; it may carry CRLs of a large authority.
const MaxSize = 32 << 20

// Counts that bound what a message may hold.
const (
	maxSigners    = 64
	maxCerts      = 256
	maxCRLs       = 256
	maxAttributes = 64
	maxValues     = 16
)

// SignedData is a parsed ContentInfo of type signedData.
type SignedData struct {
	Raw          []byte
	ContentType  asn1.ObjectIdentifier // of the ContentInfo
	EContentType asn1.ObjectIdentifier
	EContent     []byte // nil when detached
	Detached     bool
	Digests      []asn1.ObjectIdentifier
	Certificates [][]byte // DER, as received
	CRLs         [][]byte
	Signers      []SignerInfo
	Tolerated    []string
}

// SignerInfo is one signer.
type SignerInfo struct {
	Version            int
	IssuerRaw, Serial  []byte // issuerAndSerialNumber: raw Name, serial content octets
	SubjectKeyID       []byte // or this
	DigestAlgorithm    cert.Algorithm
	SignatureAlgorithm cert.Algorithm
	Signed             []Attribute // signed attributes in received order
	SignedRaw          []byte      // DER SET OF as it is signed (first octet 0x31); nil when absent
	Signature          []byte
	Unsigned           []Attribute
}

// Attribute is one attribute; Values are raw DER values.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values [][]byte
}

// ParseError says which part of a message breaks which rule.
type ParseError struct {
	Part   string // ASN.1 name of the part
	Reason string
}

func (e *ParseError) Error() string { return fmt.Sprintf("cms: %s: %s", e.Part, e.Reason) }

func bad(part, format string, args ...any) error {
	return &ParseError{Part: part, Reason: fmt.Sprintf(format, args...)}
}

// Identifiers of content types and attributes.
var (
	OIDContentType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	OIDMessageDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	OIDSigningTime    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	OIDSigningCertV1  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	OIDSigningCertV2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	OIDTimeStampToken = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	// OIDRevocationInfo is Adobe's revocation information signed attribute (PDF 32000-1 12.8.3.3.2).
	OIDRevocationInfo = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
	OIDData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	OIDSignedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	OIDGBData         = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 1}
	OIDGBSignedData   = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 2}
)
