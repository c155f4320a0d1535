// SPDX-License-Identifier: Apache-2.0

package pkcs12

import (
	"bytes"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/gm/pbes2"
)

// RFC 7292 section 4.2 and PKCS#9.
var (
	oidKeyBag         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedKeyBag = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidFriendlyName   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidLocalKeyID     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 21}
)

type bagKind int

const (
	shroudedKeyBag bagKind = iota // value: EncryptedPrivateKeyInfo
	certificateBag                // value: certificate, DER
)

// bag is a SafeBag. Attributes other than the two are read over.
type bag struct {
	kind  bagKind
	value []byte
	name  string
	keyID []byte
}

// marshalBags returns a SafeContents.
func marshalBags(bags []bag) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, one := range bags {
			b.AddASN1(casn1.SEQUENCE, one.marshal)
		}
	})
	return b.Bytes()
}

func (g bag) marshal(b *cryptobyte.Builder) {
	if g.kind == shroudedKeyBag {
		b.AddASN1ObjectIdentifier(oidShroudedKeyBag)
		b.AddASN1(tagExplicit0, func(b *cryptobyte.Builder) { b.AddBytes(g.value) })
	} else {
		b.AddASN1ObjectIdentifier(oidCertBag)
		b.AddASN1(tagExplicit0, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidX509)
				b.AddASN1(tagExplicit0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(g.value) })
			})
		})
	}
	if g.name != "" || len(g.keyID) > 0 {
		b.AddASN1(casn1.SET, g.marshalAttributes)
	}
}

// marshalAttributes writes the set in DER order: of two elements of the same
// beginning the shorter stands first, and its length octet decides.
func (g bag) marshalAttributes(b *cryptobyte.Builder) {
	one := func(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) []byte {
		var a cryptobyte.Builder
		a.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(casn1.SET, value)
		})
		return a.BytesOrPanic()
	}
	var set [][]byte
	if g.name != "" {
		set = append(set, one(oidFriendlyName, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.Tag(30), func(b *cryptobyte.Builder) { b.AddBytes(bmp(g.name)) })
		}))
	}
	if len(g.keyID) > 0 {
		set = append(set, one(oidLocalKeyID, func(b *cryptobyte.Builder) { b.AddASN1OctetString(g.keyID) }))
	}
	if len(set) == 2 && bytes.Compare(set[0], set[1]) > 0 {
		set[0], set[1] = set[1], set[0]
	}
	for _, a := range set {
		b.AddBytes(a)
	}
}

// parseBags reads a SafeContents.
func parseBags(der []byte) ([]bag, error) {
	in := cryptobyte.String(der)
	var list cryptobyte.String
	if !in.ReadASN1(&list, casn1.SEQUENCE) || !in.Empty() {
		return nil, malformed("a list of entries")
	}
	var bags []bag
	for !list.Empty() {
		if len(bags) == maxBags {
			return nil, &FormatError{fmt.Sprintf("more than %d entries", maxBags)}
		}
		var one cryptobyte.String
		if !list.ReadASN1(&one, casn1.SEQUENCE) {
			return nil, malformed("an entry")
		}
		b, err := parseBag(one)
		if err != nil {
			return nil, err
		}
		bags = append(bags, b)
	}
	return bags, nil
}

func parseBag(in cryptobyte.String) (b bag, err error) {
	var oid asn1.ObjectIdentifier
	var value, set cryptobyte.String
	var has bool
	if !in.ReadASN1ObjectIdentifier(&oid) || !in.ReadASN1(&value, tagExplicit0) ||
		!in.ReadOptionalASN1(&set, &has, casn1.SET) || !in.Empty() {
		return b, malformed("an entry")
	}
	switch {
	case oid.Equal(oidShroudedKeyBag):
		b.kind, b.value = shroudedKeyBag, value
	case oid.Equal(oidCertBag):
		b.kind = certificateBag
		if b.value, err = parseCertificate(value); err != nil {
			return b, err
		}
	case oid.Equal(oidKeyBag):
		return b, &FormatError{"the key is not encrypted"}
	default:
		return b, &FormatError{"an entry is neither a key nor a certificate"}
	}
	return b, b.parseAttributes(set)
}

func parseCertificate(in cryptobyte.String) ([]byte, error) {
	var certBag, explicit, der cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1(&certBag, casn1.SEQUENCE) || !in.Empty() ||
		!certBag.ReadASN1ObjectIdentifier(&kind) || !certBag.ReadASN1(&explicit, tagExplicit0) || !certBag.Empty() {
		return nil, malformed("a certificate's entry")
	}
	if !kind.Equal(oidX509) {
		return nil, &FormatError{"a certificate is not an X.509 one"}
	}
	if !explicit.ReadASN1(&der, casn1.OCTET_STRING) || !explicit.Empty() || len(der) == 0 {
		return nil, malformed("a certificate's entry")
	}
	return der, nil
}

func (g *bag) parseAttributes(set cryptobyte.String) error {
	for n := 0; !set.Empty(); n++ {
		var attribute, values, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		if n == maxAttributes || !set.ReadASN1(&attribute, casn1.SEQUENCE) ||
			!attribute.ReadASN1ObjectIdentifier(&oid) || !attribute.ReadASN1(&values, casn1.SET) || !attribute.Empty() {
			return malformed("an entry's attributes")
		}
		ok := true
		switch {
		case oid.Equal(oidFriendlyName):
			ok = g.name == "" && values.ReadASN1(&value, casn1.Tag(30)) && values.Empty()
			if ok {
				g.name, ok = fromBMP(value)
			}
		case oid.Equal(oidLocalKeyID):
			ok = g.keyID == nil && values.ReadASN1(&value, casn1.OCTET_STRING) && values.Empty() && len(value) <= maxKeyID
			g.keyID = value
		}
		if !ok {
			return malformed("an entry's name or key identifier")
		}
	}
	return nil
}

// shroud returns an EncryptedPrivateKeyInfo.
func shroud(key *gm.PrivateKey, passphrase []byte, iterations int) ([]byte, error) {
	plain, err := keyfile.MarshalPrivateKey(key)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	scheme := pbes2.New(iterations)
	data, err := scheme.Seal(plain, passphrase)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		scheme.Marshal(b)
		b.AddASN1OctetString(data)
	})
	return b.Bytes()
}

// unshroud undoes shroud.
func unshroud(der, passphrase []byte, budget *int) (*gm.PrivateKey, error) {
	in := cryptobyte.String(der)
	var outer, alg, data cryptobyte.String
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1(&alg, casn1.SEQUENCE) ||
		!outer.ReadASN1(&data, casn1.OCTET_STRING) || !outer.Empty() || len(data) == 0 || len(data)%16 != 0 {
		return nil, malformed("the encrypted key")
	}
	scheme, err := pbes2.Parse(alg, MinReadIterations)
	if err != nil {
		return nil, &FormatError{err.Error()}
	}
	plain, err := decrypt(scheme, data, passphrase, budget)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	key, err := keyfile.ParsePrivateKey(plain)
	if err != nil {
		return nil, &FormatError{"the key is not an SM2 key"}
	}
	return key, nil
}
