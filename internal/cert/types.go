// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"math/big"
)

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
	// BasicConstraints is RFC 5280 4.2.1.9; PathLen is nil when absent.
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
	// KeyUsageBits is a set of key usages.
	KeyUsageBits uint16
	// AuthorityKeyID is RFC 5280 4.2.1.1.
	AuthorityKeyID struct {
		KeyID  []byte
		Issuer []GeneralName
		Serial *big.Int
	}
	// Policies is RFC 5280 4.2.1.4; qualifiers are checked for form and dropped.
	Policies struct {
		Critical bool
		OIDs     []asn1.ObjectIdentifier
	}
	// PolicyMapping is one pair of RFC 5280 4.2.1.5.
	PolicyMapping struct{ IssuerDomain, SubjectDomain asn1.ObjectIdentifier }
	// PolicyConstraints is RFC 5280 4.2.1.11; nil means absent.
	PolicyConstraints struct{ RequireExplicit, InhibitMapping *int }
	// NameConstraints is RFC 5280 4.2.1.10; each entry is a subtree's base.
	NameConstraints struct {
		Critical            bool
		Permitted, Excluded []GeneralName
	}
	// DistributionPoint is one of RFC 5280 4.2.1.13.
	DistributionPoint struct {
		FullName     []GeneralName
		RelativeName []byte  // DER of the RDN as a SET, nil when absent
		Reasons      *uint16 // bit n of ReasonFlags at 1<<n, nil when absent (all)
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
