// SPDX-License-Identifier: Apache-2.0

// Package ses is the codec of electronic seals and seal signatures: v1
// (GM/T 0031-2014), v4 (GB/T 38540-2020) and v5 (GM/T 0031-2025). The version
// is found from the structure. Received octets are kept and are what is
// hashed and compared; facts/seal-formats.md holds what was read and seen.
package ses

import (
	"encoding/asn1"
	"time"
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

func ParseSeal(raw []byte) (*Seal, error) { panic("unwritten") }

// HasCertificate reports whether the seal's certificate list names certDER,
// octet for octet or by digest.
func (s *Seal) HasCertificate(certDER []byte) bool { panic("unwritten") }

// Signature is a parsed SES_Signature.
type Signature struct {
	Raw          []byte
	Version      int
	Seal         *Seal
	Time         time.Time // timeInfo: claimed by the signer, proven by nobody
	DataHash     []byte
	PropertyInfo string
	Extensions   []ExtData
	Cert         []byte // signer, DER
	SignAlg      asn1.ObjectIdentifier
	TBS          []byte // raw TBS_Sign: what is signed
	Signature    []byte // as Seal.Signature
	TimeStamp    []byte // nil when absent
	Tolerated    []string
}

func ParseSignature(raw []byte) (*Signature, error) { panic("unwritten") }

// SealTemplate is what a new seal says; TBS returns the SES_SealInfo that the
// maker signs, AssembleSeal joins the rest. Version is 4 or 5.
type SealTemplate struct {
	Version                     int
	Vendor                      string
	ESID                        string
	Type                        int
	Name                        string
	Certs                       [][]byte
	ListDigests                 bool // list SM3 digests instead of the certificates
	Created, ValidFrom, ValidTo time.Time
	Picture                     Picture
	Extensions                  []ExtData
}

func (t SealTemplate) TBS() ([]byte, error) { panic("unwritten") }

// AssembleSeal returns the SESeal; timeStamp is nil or (v5) a token over signature.
func AssembleSeal(sealInfo, makerCert, signature, timeStamp []byte) ([]byte, error) {
	panic("unwritten")
}

// SignatureTemplate is what a new stamp says.
type SignatureTemplate struct {
	Seal         []byte // raw SESeal, embedded octet for octet
	Time         time.Time
	DataHash     [32]byte
	PropertyInfo string
	Extensions   []ExtData
}

// TBS returns the TBS_Sign to be signed (as a message).
func (t SignatureTemplate) TBS() ([]byte, error) { panic("unwritten") }

// AssembleSignature joins TBS_Sign, signer certificate, signature and, when
// not nil, the time-stamp token over the signature value.
func AssembleSignature(tbs, cert, signature, timeStamp []byte) ([]byte, error) { panic("unwritten") }

// NormalSignature returns the DER form of a signature value that is DER or raw
// r||s of 64 octets; raw says which it was.
func NormalSignature(sig []byte) (der []byte, raw bool, err error) { panic("unwritten") }
