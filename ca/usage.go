// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"errors"

	"github.com/govseal/govseal/internal/cert"
)

// usageNames are the names of RFC 5280 4.2.1.3, by bit.
var usageNames = []string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}

// extendedUsage is one purpose of an extended key usage extension.
type extendedUsage struct {
	name string
	// office: the right to speak for the service itself. It is critical, since
	// RFC 3161 2.3 demands it of time-stamping, and an office that a verifier
	// cannot read must not be taken for a signature's right.
	office bool
	id     func(cert.Arc) asn1.ObjectIdentifier
}

var extendedUsages = []extendedUsage{
	{"sealMaker", true, cert.Arc.SealMaker},
	{"ledger", true, cert.Arc.Ledger},
	{"timeStamping", true, always(cert.OIDTimeStamping)},
	{"OCSPSigning", true, always(cert.OIDOCSPSigning)},
	{"serverAuth", false, always(cert.OIDServerAuth)},
	{"clientAuth", false, always(cert.OIDClientAuth)},
	{"emailProtection", false, always(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4})},
	{"documentSigning", false, always(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36})}, // RFC 9336 3.1
}

func always(id asn1.ObjectIdentifier) func(cert.Arc) asn1.ObjectIdentifier {
	return func(cert.Arc) asn1.ObjectIdentifier { return id }
}

// parseExtendedUsage reads a name of the table or a dotted identifier. One that
// spells an office by its number is that office; the operator's arc is not
// known here, so purposes looks once more.
func parseExtendedUsage(text string) (extendedUsage, error) {
	for _, u := range extendedUsages {
		if u.name == text {
			return u, nil
		}
	}
	id, err := parseOID(text)
	if err != nil {
		return extendedUsage{}, err
	}
	if id.Equal(cert.OIDAnyUsage) {
		return extendedUsage{}, errors.New("anyExtendedKeyUsage would give every office at once")
	}
	for _, u := range extendedUsages {
		if u.id(cert.DefaultArc).Equal(id) {
			return u, nil
		}
	}
	return extendedUsage{text, false, always(id)}, nil
}
