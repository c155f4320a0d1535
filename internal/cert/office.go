// SPDX-License-Identifier: Apache-2.0

package cert

import "encoding/asn1"

// Arc is the object identifier under which an operator's own identifiers
// live. The default is the example arc 2.999.1 (ITU-T X.660); "init --oid-arc"
// sets the operator's.
type Arc asn1.ObjectIdentifier

// DefaultArc is the example arc.
var DefaultArc = Arc{2, 999, 1}

func (a Arc) child(n ...int) asn1.ObjectIdentifier {
	return append(append(asn1.ObjectIdentifier{}, a...), n...)
}

// SealMaker is the extended key usage of a seal maker (制章者).
func (a Arc) SealMaker() asn1.ObjectIdentifier { return a.child(1, 1) }

// Ledger is the extended key usage of a ledger's checkpoint key.
func (a Arc) Ledger() asn1.ObjectIdentifier { return a.child(1, 2) }

// SealAttribute is the CMS signed attribute that carries the whole SESeal.
func (a Arc) SealAttribute() asn1.ObjectIdentifier { return a.child(2, 1) }

// Extended key usages with standard identifiers (RFC 5280 4.2.1.12).
var (
	OIDTimeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	OIDOCSPSigning  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}
	OIDServerAuth   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	OIDClientAuth   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	OIDAnyUsage     = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
)
