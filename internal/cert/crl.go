// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"slices"
	"sort"
	"time"
)

// MaxCRL bounds a CRL in octets, MaxRevoked its entries.
const (
	MaxCRL     = 20 << 20
	MaxRevoked = 600_000
)

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
	FreshestCRL            []DistributionPoint

	// UnknownCritical lists critical extensions of the CRL or of an entry that
	// are not understood; such a CRL must not decide any certificate's status
	// (RFC 5280 5.2, 5.3).
	UnknownCritical []asn1.ObjectIdentifier

	Tolerated []string

	// bySerial orders the indexes of Revoked by serial number; set by ParseCRL.
	bySerial []int32
}

// Revoked is one entry of a CRL.
type Revoked struct {
	Serial     *big.Int
	Date       time.Time
	Reason     int       // CRLReason, 0 when absent
	Invalidity time.Time // invalidityDate, zero when absent
	// Issuer is the raw Name of the certificate's issuer in an indirect CRL;
	// nil is the CRL's issuer. An entry that inherits the one before it
	// (RFC 5280 5.3.3) carries that one's.
	Issuer     []byte
	Extensions []Extension
}

// CRLReason values of RFC 5280 5.3.1.
const (
	ReasonUnspecified          = 0
	ReasonKeyCompromise        = 1
	ReasonCACompromise         = 2
	ReasonAffiliationChanged   = 3
	ReasonSuperseded           = 4
	ReasonCessationOfOperation = 5
	ReasonCertificateHold      = 6
	ReasonRemoveFromCRL        = 8
	ReasonPrivilegeWithdrawn   = 9
	ReasonAACompromise         = 10
)

// IssuingDistributionPoint is RFC 5280 5.2.5.
type IssuingDistributionPoint struct {
	Critical                                  bool
	FullName                                  []GeneralName
	RelativeName                              []byte // DER of the RDN as a SET
	OnlyUserCerts, OnlyCACerts, OnlyAttrCerts bool
	Indirect                                  bool
	OnlySomeReasons                           *uint16 // bit n of ReasonFlags at 1<<n, nil when absent (all)
}

// Find returns the entry of a serial number in a direct CRL, or nil. With
// several entries of one number it is the first.
func (c *CRL) Find(serial *big.Int) *Revoked {
	for r := range c.entries(serial) {
		return r
	}
	return nil
}

// FindIssued returns the entry of the certificate with this issuer and serial
// number, or nil; in an indirect CRL entries name their issuers.
func (c *CRL) FindIssued(issuer Name, serial *big.Int) *Revoked {
	direct := c.Issuer.Equal(issuer)
	for r := range c.entries(serial) {
		if r.Issuer == nil {
			if direct {
				return r
			}
			continue
		}
		if n, err := ParseName(r.Issuer); err == nil && n.Equal(issuer) {
			return r
		}
	}
	return nil
}

// entries yields the entries of a serial number in the order of the list.
func (c *CRL) entries(serial *big.Int) func(yield func(*Revoked) bool) {
	return func(yield func(*Revoked) bool) {
		if len(c.bySerial) != len(c.Revoked) { // not from ParseCRL, or changed since
			for i := range c.Revoked {
				if c.Revoked[i].Serial.Cmp(serial) == 0 && !yield(&c.Revoked[i]) {
					return
				}
			}
			return
		}
		at := func(i int) *Revoked { return &c.Revoked[c.bySerial[i]] }
		first := sort.Search(len(c.bySerial), func(i int) bool { return at(i).Serial.Cmp(serial) >= 0 })
		for i := first; i < len(c.bySerial) && at(i).Serial.Cmp(serial) == 0; i++ {
			if !yield(at(i)) {
				return
			}
		}
	}
}

func (c *CRL) index() {
	c.bySerial = make([]int32, len(c.Revoked))
	for i := range c.bySerial {
		c.bySerial[i] = int32(i)
	}
	slices.SortStableFunc(c.bySerial, func(a, b int32) int {
		return c.Revoked[a].Serial.Cmp(c.Revoked[b].Serial)
	})
}

// SameScope reports whether two CRLs have the octet-identical issuing
// distribution point, or both none (RFC 5280 5.2.4, base and delta).
func (c *CRL) SameScope(o *CRL) bool {
	a, b := findExtension(c.Extensions, OIDIssuingDistribution), findExtension(o.Extensions, OIDIssuingDistribution)
	if a == nil || b == nil {
		return a == b
	}
	return bytes.Equal(a.Value, b.Value)
}
