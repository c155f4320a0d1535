// SPDX-License-Identifier: Apache-2.0

// Package cms reads and writes CMS SignedData (RFC 5652) with the content
// types of RFC 5652 and of GB/T 35275, and both object identifiers in use for
// SM2 signatures. Raw octets are kept: what is hashed is what was received.
package cms

import (
	"crypto"
	"encoding/asn1"
	"time"

	"github.com/govseal/govseal/internal/cert"
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

// Parse reads a DER (or bounded BER) ContentInfo. trailing zero padding, as
// PDF Contents carry it, must be cut by the caller; see Trim.
func Parse(raw []byte) (*SignedData, error) { panic("unwritten") }

// Trim cuts the zero padding behind the outermost DER value; it is an error
// when anything but zeros follows.
func Trim(padded []byte) ([]byte, error) { panic("unwritten") }

// Find returns the single value of an attribute; ok is false when it is absent,
// an error when it occurs twice or has more than one value.
func Find(attrs []Attribute, t asn1.ObjectIdentifier) (value []byte, ok bool, err error) {
	panic("unwritten")
}

// MessageDigest, SigningTime and ESSCertificate read signed attributes.
func (s *SignerInfo) MessageDigest() ([]byte, error)                 { panic("unwritten") }
func (s *SignerInfo) SigningTime() (t time.Time, ok bool, err error) { panic("unwritten") }

// MatchESS reports, as nil, that signing-certificate-v2 (RFC 5035) names the
// certificate; ok is false when the attribute is absent.
func (s *SignerInfo) MatchESS(certDER []byte) (ok bool, err error) { panic("unwritten") }

// Certificate returns the signer's certificate among those carried, or nil.
func (d *SignedData) Certificate(s *SignerInfo) []byte { panic("unwritten") }

// VerifySignature checks the signature value over the signed attributes, or
// over content when there are none. It does not compare messageDigest.
func (s *SignerInfo) VerifySignature(pub crypto.PublicKey, content []byte) error { panic("unwritten") }

// Builder makes a SignedData with one SM2 signer and signed attributes.
type Builder struct {
	GB35275      bool                  // GB/T 35275 content types instead of RFC 5652's
	EContentType asn1.ObjectIdentifier // nil: data
	EContent     []byte                // nil: detached
	Certificate  []byte                // signer, DER
	Chain        [][]byte              // further certificates
	CRLs         [][]byte
	SigningTime  time.Time   // zero: attribute left out
	Attributes   []Attribute // further signed attributes
}

// Prepare returns the DER signed attributes for a content of the given SM3
// digest: what the signer signs (as a message: e is computed over it). They
// include contentType, messageDigest and signing-certificate-v2 with SM3.
func (b Builder) Prepare(contentDigest [32]byte) (signedAttrs []byte, err error) { panic("unwritten") }

// Complete joins the signature over signedAttrs, and an optional time-stamp
// token over the signature value as unsigned attribute, to a ContentInfo.
func (b Builder) Complete(signedAttrs, signature, timeStampToken []byte) ([]byte, error) {
	panic("unwritten")
}

// Identifiers of attributes.
var (
	OIDContentType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	OIDMessageDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	OIDSigningTime    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	OIDSigningCertV2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	OIDTimeStampToken = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	// OIDRevocationInfo is Adobe's revocation information signed attribute (PDF 32000-1 12.8.3.3.2).
	OIDRevocationInfo = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
	OIDData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	OIDSignedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	OIDGBData         = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 1}
	OIDGBSignedData   = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 2}
)

// MarshalRevocationInfo encodes CRLs (and OCSP responses) as the value of
// OIDRevocationInfo; ParseRevocationInfo reads it.
func MarshalRevocationInfo(crls, ocsps [][]byte) ([]byte, error)         { panic("unwritten") }
func ParseRevocationInfo(value []byte) (crls, ocsps [][]byte, err error) { panic("unwritten") }
