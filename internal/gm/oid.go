// SPDX-License-Identifier: Apache-2.0

package gm

import "encoding/asn1"

// Object identifiers of the commercial-cryptography algorithms as certificates
// and seals in the field carry them; facts/seal-formats.md section 3.
var (
	OIDSM3        = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}
	OIDSM2WithSM3 = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}
	// OIDSM2Curve names the curve in a SubjectPublicKeyInfo.
	OIDSM2Curve = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}
	// OIDSM2Sign is what GB/T 35275 SignerInfos write as signature algorithm.
	OIDSM2Sign = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301, 1}
	// OIDECPublicKey is id-ecPublicKey, the key algorithm of SM2 keys too.
	OIDECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
)
