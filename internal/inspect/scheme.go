// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// scheme names an AlgorithmIdentifier, and of password-based encryption the
// parts that lie open: how often the password is hashed, and with what.
func scheme(alg []byte) string {
	in := cryptobyte.String(alg)
	var body, params cryptobyte.String
	var id asn1.ObjectIdentifier
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&id) {
		return "unreadable"
	}
	if !body.ReadASN1(&params, cbasn1.SEQUENCE) {
		return oidName(id)
	}
	if id.Equal(oidPBES2) {
		return oidName(id) + pbes2(params)
	}
	var salt cryptobyte.String
	var iterations int64 // PBEParameter of RFC 8018 A.3 and RFC 7292 C
	if params.ReadASN1(&salt, cbasn1.OCTET_STRING) && params.ReadASN1Integer(&iterations) && params.Empty() {
		return fmt.Sprintf("%s, %d iterations", oidName(id), iterations)
	}
	return oidName(id)
}

// pbes2 reads PBES2-params (RFC 8018 A.4) as far as they are known.
func pbes2(params cryptobyte.String) string {
	var kdf, cipher, with cryptobyte.String
	var kdfID, cipherID asn1.ObjectIdentifier
	if !params.ReadASN1(&kdf, cbasn1.SEQUENCE) || !kdf.ReadASN1ObjectIdentifier(&kdfID) ||
		!params.ReadASN1(&cipher, cbasn1.SEQUENCE) || !cipher.ReadASN1ObjectIdentifier(&cipherID) {
		return ""
	}
	text := ", " + oidName(cipherID) + ", " + oidName(kdfID)
	if kdfID.Equal(oidPBKDF2) && kdf.ReadASN1(&with, cbasn1.SEQUENCE) {
		text += pbkdf2(with)
	}
	return text
}

// pbkdf2 reads PBKDF2-params (RFC 8018 A.2); the salt is left out.
func pbkdf2(in cryptobyte.String) string {
	var salt, prf cryptobyte.String
	var iterations, length int64
	if !in.ReadASN1(&salt, cbasn1.OCTET_STRING) || !in.ReadASN1Integer(&iterations) {
		return ""
	}
	text := fmt.Sprintf(", %d iterations", iterations)
	if in.PeekASN1Tag(cbasn1.INTEGER) && !in.ReadASN1Integer(&length) {
		return text
	}
	id := asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7} // the default
	if in.ReadASN1(&prf, cbasn1.SEQUENCE) && !prf.ReadASN1ObjectIdentifier(&id) {
		return text
	}
	return text + " of " + oidName(id)
}
