// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// showPrivateKey tells the kind of a private key file by its outer shape. The
// octets of the key are not read.
func showPrivateKey(der []byte, _ int) (*Node, error) {
	in := cryptobyte.String(der)
	var body cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, errShape
	}
	switch {
	case body.PeekASN1Tag(cbasn1.SEQUENCE):
		return encryptedKey(body)
	case body.PeekASN1Tag(cbasn1.INTEGER):
		return plainKey(body)
	}
	return nil, errShape
}

// encryptedKey is EncryptedPrivateKeyInfo (RFC 5958 3): the algorithm lies open.
func encryptedKey(body cryptobyte.String) (*Node, error) {
	var alg, fields, data cryptobyte.String
	var id asn1.ObjectIdentifier
	if !body.ReadASN1Element(&alg, cbasn1.SEQUENCE) {
		return nil, errShape
	}
	inner := alg
	if !inner.ReadASN1(&fields, cbasn1.SEQUENCE) || !fields.ReadASN1ObjectIdentifier(&id) ||
		!body.ReadASN1(&data, cbasn1.OCTET_STRING) || !body.Empty() {
		return nil, errShape
	}
	n := node("private key", "PKCS#8, encrypted")
	n.add("scheme", scheme(alg))
	return n, nil
}

func plainKey(body cryptobyte.String) (*Node, error) {
	version := new(big.Int)
	if !body.ReadASN1Integer(version) || !version.IsInt64() {
		return nil, errShape
	}
	v := version.Int64()
	switch {
	case v <= 1 && body.PeekASN1Tag(cbasn1.SEQUENCE): // RFC 5958 2
		var alg, key cryptobyte.String
		var id asn1.ObjectIdentifier
		if !body.ReadASN1(&alg, cbasn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&id) || !body.ReadASN1(&key, cbasn1.OCTET_STRING) {
			return nil, errShape
		}
		return openKey("PKCS#8", oidName(id)+curveOf(alg)), nil
	case v == 1 && body.PeekASN1Tag(cbasn1.OCTET_STRING): // RFC 5915 3
		var key, params cryptobyte.String
		if !body.ReadASN1(&key, cbasn1.OCTET_STRING) {
			return nil, errShape
		}
		curve := ""
		if body.PeekASN1Tag(tag0) && body.ReadASN1(&params, tag0) {
			curve = curveOf(params)
		}
		return openKey("SEC 1", "EC"+curve), nil
	case v == 0 && body.PeekASN1Tag(cbasn1.INTEGER): // RFC 8017 A.1.2: nine integers
		n := 1
		for ; !body.Empty(); n++ {
			var skip cryptobyte.String
			if !body.ReadASN1(&skip, cbasn1.INTEGER) {
				return nil, errShape
			}
		}
		if n == 9 {
			return openKey("PKCS#1", "RSA"), nil
		}
	}
	return nil, errShape
}

func openKey(form, kind string) *Node {
	n := node("private key", form+", not encrypted")
	n.add("kind", kind)
	n.add("remark", "whoever reads this file has the key")
	return n
}

// curveOf names the curve that stands next, if one does.
func curveOf(in cryptobyte.String) string {
	var id asn1.ObjectIdentifier
	if in.PeekASN1Tag(cbasn1.OBJECT_IDENTIFIER) && in.ReadASN1ObjectIdentifier(&id) {
		return ", " + oidName(id)
	}
	return ""
}

func showPublicKey(der []byte, _ int) (*Node, error) {
	pub := parseSPKI(der)
	if pub == nil {
		return nil, errShape
	}
	n := node("public key", keyKind(pub))
	n.add("SM3", sm3(der))
	return n, nil
}
