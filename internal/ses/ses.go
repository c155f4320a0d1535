// SPDX-License-Identifier: Apache-2.0

// Package ses is the codec of electronic seals and seal signatures: v1
// (GM/T 0031-2014), v4 (GB/T 38540-2020) and v5 (GM/T 0031-2025). The version
// is found from the structure. Received octets are kept and are what is
// hashed and compared; facts/seal-formats.md holds what was read and seen.
package ses

import (
	"encoding/asn1"
	"fmt"
	"time"
)

// Bounds, in octets and counts.
const (
	MaxSeal      = 8 << 20
	MaxSignature = 16 << 20
	maxText      = 4 << 10
	maxCertList  = 256
	maxExtDatas  = 64
)

// Seal is a parsed SESeal.
type Seal struct {
	Raw                         []byte
	Version                     int    // 1, 4 or 5, by structure
	HeaderVersion               int    // as written
	Vendor                      string // header Vid
	ESID                        string
	Type                        int
	Name                        string
	CertListType                int          // 1 certificates, 2 digests; 1 for v1
	Certs                       [][]byte     // certListType 1
	CertDigests                 []CertDigest // certListType 2
	Created, ValidFrom, ValidTo time.Time
	Picture                     Picture
	Extensions                  []ExtData

	MakerCert []byte // DER
	SignAlg   asn1.ObjectIdentifier
	Signed    []byte // the raw octets that the maker signed (differs by version)
	Signature []byte // DER SEQUENCE{r,s} as received, or raw 64 octets (then Tolerated says so)
	TimeStamp []byte // v5, nil when absent
	Tolerated []string
}

// Picture is SES_ESPictureInfo; Width and Height are millimetres.
type Picture struct {
	Type          string // "png", "gif", "ofd" …, as received
	Data          []byte
	Width, Height int
}

// CertDigest is CertDigestObj.
type CertDigest struct {
	Type  string
	Value []byte
}

// ExtData is one extension of a seal or signature.
type ExtData struct {
	ID       asn1.ObjectIdentifier
	Critical bool
	Value    []byte
}

// Signature is a parsed SES_Signature.
type Signature struct {
	Raw           []byte
	Version       int // the seal's
	HeaderVersion int // as written
	Seal          *Seal
	Time          time.Time // timeInfo: claimed by the signer, proven by nobody; zero where it is a token (v1)
	DataHash      []byte
	PropertyInfo  string
	Extensions    []ExtData
	Cert          []byte // signer, DER
	SignAlg       asn1.ObjectIdentifier
	TBS           []byte // raw TBS_Sign: what is signed
	Signature     []byte // as Seal.Signature
	TimeStamp     []byte // over the signature value; of version 1, timeInfo where that is a token. nil when absent
	Tolerated     []string
}

// ParseError says which part of a seal or signature breaks which rule.
type ParseError struct{ Part, Reason string }

func (e *ParseError) Error() string { return fmt.Sprintf("ses: %s: %s", e.Part, e.Reason) }

func bad(part, format string, args ...any) error {
	return &ParseError{Part: part, Reason: fmt.Sprintf(format, args...)}
}
