// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"crypto"
	"math/big"
	"time"
)

// MaxCRL bounds a CRL in octets.
const MaxCRL = 20 << 20

// CRL is one certificate revocation list (RFC 5280 5).
type CRL struct {
	Raw, RawTBS, RawIssuer []byte
	Version                int // 1 or 2
	Issuer                 Name
	SignatureAlgorithm     Algorithm
	Signature              []byte
	ThisUpdate, NextUpdate time.Time // NextUpdate is zero when absent
	Revoked                []Revoked
	Extensions             []Extension
	Number                 *big.Int // nil when absent
	DeltaBase              *big.Int // nil when this is no delta CRL
	AuthorityKeyID         *AuthorityKeyID
	IDP                    *IssuingDistributionPoint
	Tolerated              []string
}

// Revoked is one entry of a CRL.
type Revoked struct {
	Serial     *big.Int
	Date       time.Time
	Reason     int       // CRLReason, 0 when absent
	Invalidity time.Time // invalidityDate, zero when absent
	Issuer     []byte    // raw Name of the certificate's issuer in an indirect CRL
	Extensions []Extension
}

// IssuingDistributionPoint is RFC 5280 5.2.5.
type IssuingDistributionPoint struct {
	Critical                                  bool
	FullName                                  []GeneralName
	RelativeName                              []byte
	OnlyUserCerts, OnlyCACerts, OnlyAttrCerts bool
	Indirect                                  bool
	OnlySomeReasons                           *uint16
}

// ParseCRL reads one DER CRL with nothing behind it.
func ParseCRL(der []byte) (*CRL, error) { panic("unwritten") }

// CheckSignature reports, as nil, that the CRL is signed by the key.
func (c *CRL) CheckSignature(issuer crypto.PublicKey) error { panic("unwritten") }

// Find returns the entry of a serial number in a direct CRL, or nil.
func (c *CRL) Find(serial *big.Int) *Revoked { panic("unwritten") }

// CRLTemplate is what a new CRL says; MarshalTBS and Assemble make it.
type CRLTemplate struct {
	Issuer                 []byte // raw Name
	ThisUpdate, NextUpdate time.Time
	Number                 *big.Int
	AuthorityKeyID         []byte
	Revoked                []Revoked
	Extensions             []Extension // further ones, e.g. IDP, delta
	NullParameters         bool
}

// MarshalTBS returns the DER TBSCertList with SM2-with-SM3 as algorithm.
func (t CRLTemplate) MarshalTBS() ([]byte, error) { panic("unwritten") }
