// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

var (
	errShape = errors.New("malformed")
	tag0     = cbasn1.Tag(0).Constructed().ContextSpecific()
	oidExtRq = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
)

// showCSR shows a CertificationRequest (RFC 2986) and says whether its
// self-signature holds: of a request that is all there is to know.
func showCSR(der []byte, _ int) (*Node, error) {
	in := cryptobyte.String(der)
	var body, tbs, info, alg, params, nameDER, spki, attributes cryptobyte.String
	var version int
	var sigAlg cert.Algorithm
	var sig []byte
	ok := in.ReadASN1(&body, cbasn1.SEQUENCE) && in.Empty() && body.ReadASN1Element(&tbs, cbasn1.SEQUENCE) &&
		body.ReadASN1(&alg, cbasn1.SEQUENCE) && alg.ReadASN1ObjectIdentifier(&sigAlg.OID) &&
		body.ReadASN1BitStringAsBytes(&sig) && body.Empty()
	inner := tbs
	ok = ok && inner.ReadASN1(&info, cbasn1.SEQUENCE) && info.ReadASN1Integer(&version) && version == 0 &&
		info.ReadASN1Element(&nameDER, cbasn1.SEQUENCE) && info.ReadASN1Element(&spki, cbasn1.SEQUENCE) &&
		info.ReadASN1(&attributes, tag0) && info.Empty()
	if !ok {
		return nil, errShape
	}
	if !alg.Empty() {
		var tag cbasn1.Tag
		if !alg.ReadAnyASN1Element(&params, &tag) {
			return nil, errShape
		}
		sigAlg.Parameters = params
	}
	name, err := cert.ParseName(nameDER)
	if err != nil {
		return nil, err
	}
	pub := parseSPKI(spki)
	n := node("certificate request", name.Get(cert.OIDCommonName))
	n.add("subject", name.String())
	n.add("public key", keyKind(pub))
	n.add("SM3 of the public key info", sm3(spki))
	n.add("signature", oidName(sigAlg.OID))
	possession := "proven"
	if err := cert.CheckSignature(pub, sigAlg, tbs, sig); err != nil {
		possession = "not proven: " + err.Error()
	}
	n.add("possession of the key", possession)
	return n, addAttributes(n, attributes)
}

// addAttributes shows what a request asks for besides name and key.
func addAttributes(n *Node, attributes cryptobyte.String) error {
	for shown := 0; !attributes.Empty() && shown < maxShown; shown++ {
		var one, values cryptobyte.String
		var id asn1.ObjectIdentifier
		if !attributes.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&id) || !one.ReadASN1(&values, cbasn1.SET) {
			return errShape
		}
		attribute := n.group(oidName(id), "")
		if !id.Equal(oidExtRq) {
			attribute.Value = fmt.Sprintf("%d octets", len(values)) // a challenge password stays unseen
			continue
		}
		var list cryptobyte.String
		if !values.ReadASN1(&list, cbasn1.SEQUENCE) {
			return errShape
		}
		for i := 0; !list.Empty() && i < maxShown; i++ {
			var e cryptobyte.String
			var ext asn1.ObjectIdentifier
			var critical bool
			var value []byte
			if !list.ReadASN1(&e, cbasn1.SEQUENCE) || !e.ReadASN1ObjectIdentifier(&ext) ||
				(e.PeekASN1Tag(cbasn1.BOOLEAN) && !e.ReadASN1Boolean(&critical)) || !e.ReadASN1Bytes(&value, cbasn1.OCTET_STRING) {
				return errShape
			}
			attribute.add(oidName(ext), hexed(value))
		}
	}
	return nil
}

// parseSPKI reads a public key of any kind that cert.CheckSignature knows;
// nil when it is none.
func parseSPKI(spki []byte) crypto.PublicKey {
	if key, err := gm.ParsePublicKey(spki); err == nil {
		return key
	}
	if key, err := x509.ParsePKIXPublicKey(spki); err == nil {
		return key
	}
	return nil
}
