// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"encoding/asn1"
	"fmt"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cms"
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509Cert      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidFriendlyName  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
)

// showPKCS12 shows what a PFX (RFC 7292 4) tells without its password: how it
// is protected, and what lies open in it. Programs write it in BER.
func showPKCS12(raw []byte, depth int) (*Node, error) {
	der, err := cms.Definite(raw)
	if err != nil {
		return nil, errShape
	}
	in := cryptobyte.String(der)
	var body, info, mac cryptobyte.String
	var version int
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Integer(&version) || version != 3 ||
		!body.ReadASN1(&info, cbasn1.SEQUENCE) {
		return nil, errShape
	}
	id, content, ok := contentInfo(info)
	if !ok {
		return nil, errShape
	}
	n := node("PKCS#12", "a store of keys and certificates under a password")
	n.add("version", fmt.Sprint(version))
	if !body.Empty() && (!body.ReadASN1(&mac, cbasn1.SEQUENCE) || !body.Empty() || !addMAC(n, mac)) {
		return nil, errShape
	}
	var safes cryptobyte.String
	if !id.Equal(oidData) || !content.ReadASN1(&safes, cbasn1.OCTET_STRING) || !content.Empty() {
		n.add("content", oidName(id)) // signed by a key instead of a password: nobody writes it
		return n, nil
	}
	return n, addSafes(n, safes, depth)
}

// contentInfo reads ContentInfo { contentType, content [0] EXPLICIT }.
func contentInfo(body cryptobyte.String) (id asn1.ObjectIdentifier, content cryptobyte.String, ok bool) {
	ok = body.ReadASN1ObjectIdentifier(&id) && body.ReadASN1(&content, tag0) && body.Empty()
	return id, content, ok
}

// addMAC reads MacData { DigestInfo, macSalt, iterations DEFAULT 1 }.
func addMAC(n *Node, mac cryptobyte.String) bool {
	var digest, alg, value, salt cryptobyte.String
	var id asn1.ObjectIdentifier
	iterations := int64(1)
	ok := mac.ReadASN1(&digest, cbasn1.SEQUENCE) && digest.ReadASN1Element(&alg, cbasn1.SEQUENCE) &&
		digest.ReadASN1(&value, cbasn1.OCTET_STRING) && mac.ReadASN1(&salt, cbasn1.OCTET_STRING) &&
		(mac.Empty() || mac.ReadASN1Integer(&iterations)) && mac.Empty()
	inner := alg
	var fields cryptobyte.String
	if !ok || !inner.ReadASN1(&fields, cbasn1.SEQUENCE) || !fields.ReadASN1ObjectIdentifier(&id) {
		return false
	}
	n.add("integrity", fmt.Sprintf("by password, %s, %s", scheme(alg), count(int(iterations), "iteration")))
	return true
}

// addSafes shows the AuthenticatedSafe: each part is open, or encrypted as a whole.
func addSafes(n *Node, safes []byte, depth int) error {
	list, err := onlySequence(safes)
	if err != nil {
		return err
	}
	for i := 1; !list.Empty(); i++ {
		if i > maxShown {
			n.add("…", "further parts")
			return nil
		}
		var info cryptobyte.String
		if !list.ReadASN1(&info, cbasn1.SEQUENCE) {
			return errShape
		}
		id, content, ok := contentInfo(info)
		if !ok {
			return errShape
		}
		part := n.group(fmt.Sprintf("part %d", i), "")
		switch {
		case id.Equal(oidEncryptedData):
			part.Value = "encrypted, " + encryptedScheme(content)
		case id.Equal(oidData):
			part.Value = "open"
			var bags cryptobyte.String
			if !content.ReadASN1(&bags, cbasn1.OCTET_STRING) {
				return errShape
			}
			if err := addBags(part, bags, depth); err != nil {
				return err
			}
		default:
			part.Value = oidName(id)
		}
	}
	return nil
}

// encryptedScheme reads EncryptedData up to the algorithm (RFC 5652 8).
func encryptedScheme(content cryptobyte.String) string {
	var body, info, alg cryptobyte.String
	var version int
	var id asn1.ObjectIdentifier
	if !content.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1Integer(&version) || !body.ReadASN1(&info, cbasn1.SEQUENCE) ||
		!info.ReadASN1ObjectIdentifier(&id) || !info.ReadASN1Element(&alg, cbasn1.SEQUENCE) {
		return "unreadable"
	}
	return scheme(alg)
}

// addBags shows SafeContents: certificates are public, keys are named only.
func addBags(n *Node, bags []byte, depth int) error {
	list, err := onlySequence(bags)
	if err != nil {
		return err
	}
	for i := 0; !list.Empty() && i < maxShown; i++ {
		var bag, value, attributes cryptobyte.String
		var id asn1.ObjectIdentifier
		if !list.ReadASN1(&bag, cbasn1.SEQUENCE) || !bag.ReadASN1ObjectIdentifier(&id) || !bag.ReadASN1(&value, tag0) ||
			(!bag.Empty() && !bag.ReadASN1(&attributes, cbasn1.SET)) {
			return errShape
		}
		switch {
		case id.Equal(oidCertBag):
			addCertBag(n, value, depth)
		case id.Equal(oidKeyBag):
			n.object("", value, showPrivateKey, depth)
		default: // among them the shrouded key, an EncryptedPrivateKeyInfo
			if key, err := showPrivateKey(value, depth+1); err == nil {
				n.Children = append(n.Children, key)
			} else {
				n.add(oidName(id), fmt.Sprintf("%d octets", len(value)))
			}
		}
		n.add("named", friendlyName(attributes))
	}
	return nil
}

func addCertBag(n *Node, value cryptobyte.String, depth int) {
	var body, inner, der cryptobyte.String
	var id asn1.ObjectIdentifier
	if !value.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&id) || !body.ReadASN1(&inner, tag0) ||
		!inner.ReadASN1(&der, cbasn1.OCTET_STRING) || !id.Equal(oidX509Cert) {
		n.add("certificate", "of a kind that is not known")
		return
	}
	n.object("", der, showCertificate, depth)
}

// friendlyName is the name that a program gave to a bag, a BMPString.
func friendlyName(attributes cryptobyte.String) string {
	for !attributes.Empty() {
		var one, values, text cryptobyte.String
		var id asn1.ObjectIdentifier
		if !attributes.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&id) || !one.ReadASN1(&values, cbasn1.SET) {
			return ""
		}
		if !id.Equal(oidFriendlyName) || !values.ReadASN1(&text, cbasn1.Tag(30)) || len(text) > 2000 {
			continue
		}
		var units []uint16
		for i := 0; i+1 < len(text); i += 2 {
			units = append(units, uint16(text[i])<<8|uint16(text[i+1]))
		}
		return short(string(utf16.Decode(units)))
	}
	return ""
}

// onlySequence returns what a SEQUENCE holds that is all of the octets, BER or
// DER.
func onlySequence(octets []byte) (list cryptobyte.String, err error) {
	der, err := cms.Definite(octets)
	if err != nil {
		return nil, errShape
	}
	in := cryptobyte.String(der)
	if !in.ReadASN1(&list, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, errShape
	}
	return list, nil
}
