// SPDX-License-Identifier: Apache-2.0

package pkcs12

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm/pbes2"
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}

	tagExplicit0 = casn1.Tag(0).Constructed().ContextSpecific()
	tagImplicit0 = casn1.Tag(0).ContextSpecific()
)

// safeContents is one part of an AuthenticatedSafe: bags to be written, or
// octets that were read and are opened once the MAC has matched.
type safeContents struct {
	bags   []bag
	data   []byte
	scheme *pbes2.Scheme // nil when the part is not encrypted
}

// marshalPFX puts a MAC round an AuthenticatedSafe (RFC 7292 section 4).
func marshalPFX(safe []byte, mac macData, passphrase []byte) ([]byte, error) {
	mac.digest = mac.compute(safe, passphrase)
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(3)
		addContent(b, oidData, func(b *cryptobyte.Builder) { b.AddASN1OctetString(safe) })
		mac.marshal(b)
	})
	return b.Bytes()
}

// addContent appends a ContentInfo.
func addContent(b *cryptobyte.Builder, kind asn1.ObjectIdentifier, body func(*cryptobyte.Builder)) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(kind)
		b.AddASN1(tagExplicit0, body)
	})
}

// marshalSafe returns an AuthenticatedSafe of an encrypted part, the
// certificates, and a plain part, the key, which is shrouded itself. The order
// is OpenSSL's.
func marshalSafe(encrypted, plain safeContents, passphrase []byte) ([]byte, error) {
	inner, err := marshalBags(encrypted.bags)
	if err != nil {
		return nil, err
	}
	if encrypted.data, err = encrypted.scheme.Seal(inner, passphrase); err != nil {
		return nil, err
	}
	if plain.data, err = marshalBags(plain.bags); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addContent(b, oidEncryptedData, encrypted.marshalEncrypted)
		addContent(b, oidData, func(b *cryptobyte.Builder) { b.AddASN1OctetString(plain.data) })
	})
	return b.Bytes()
}

// marshalEncrypted appends an EncryptedData (RFC 2315 section 13).
func (s safeContents) marshalEncrypted(b *cryptobyte.Builder) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidData)
			s.scheme.Marshal(b)
			b.AddASN1(tagImplicit0, func(b *cryptobyte.Builder) { b.AddBytes(s.data) })
		})
	})
}

// parsePFX returns the AuthenticatedSafe's octets, over which the MAC runs.
func parsePFX(der []byte) (safe []byte, mac macData, err error) {
	switch {
	case len(der) > MaxSize:
		return nil, mac, &FormatError{fmt.Sprintf("the file is longer than %d octets", MaxSize)}
	case len(der) > 1 && der[0] == 0x30 && der[1] == 0x80:
		return nil, mac, &FormatError{"the file has indefinite lengths (BER): write it anew with \"openssl pkcs12\""}
	}
	in := cryptobyte.String(der)
	var outer, macIn cryptobyte.String
	var version int64
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1Integer(&version) || version != 3 {
		return nil, mac, &FormatError{"not a PKCS#12 file"}
	}
	kind, body, ok := readContent(&outer)
	if !ok {
		return nil, mac, malformed("the file")
	}
	if !kind.Equal(oidData) {
		return nil, mac, &FormatError{"the file is protected by a public key, not by a passphrase"}
	}
	var octets cryptobyte.String
	if !body.ReadASN1(&octets, casn1.OCTET_STRING) || !body.Empty() {
		return nil, mac, malformed("the file")
	}
	if outer.Empty() {
		return nil, mac, &FormatError{"the file has no MAC, so that nobody could tell whether it was altered"}
	}
	if !outer.ReadASN1(&macIn, casn1.SEQUENCE) || !outer.Empty() {
		return nil, mac, malformed("the MAC")
	}
	mac, err = parseMAC(macIn)
	return octets, mac, err
}

// readContent reads a ContentInfo.
func readContent(in *cryptobyte.String) (kind asn1.ObjectIdentifier, body cryptobyte.String, ok bool) {
	var info cryptobyte.String
	ok = in.ReadASN1(&info, casn1.SEQUENCE) && info.ReadASN1ObjectIdentifier(&kind) && info.ReadASN1(&body, tagExplicit0) && info.Empty()
	return kind, body, ok
}

// parseSafe reads an AuthenticatedSafe; nothing is decrypted yet.
func parseSafe(der []byte) ([]safeContents, error) {
	in := cryptobyte.String(der)
	var list cryptobyte.String
	if !in.ReadASN1(&list, casn1.SEQUENCE) || !in.Empty() {
		return nil, malformed("the list of contents")
	}
	var parts []safeContents
	for !list.Empty() {
		if len(parts) == maxContents {
			return nil, &FormatError{fmt.Sprintf("more than %d contents", maxContents)}
		}
		kind, body, ok := readContent(&list)
		if !ok {
			return nil, malformed("a content")
		}
		part, err := parseContent(kind, body)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func parseContent(kind asn1.ObjectIdentifier, body cryptobyte.String) (s safeContents, err error) {
	var octets cryptobyte.String
	if kind.Equal(oidData) {
		if !body.ReadASN1(&octets, casn1.OCTET_STRING) || !body.Empty() {
			return s, malformed("a content")
		}
		s.data = octets
		return s, nil
	}
	if !kind.Equal(oidEncryptedData) {
		return s, &FormatError{"a content is protected by a public key, not by a passphrase"}
	}
	var data, info, alg cryptobyte.String
	var version int64
	var inner asn1.ObjectIdentifier
	if !body.ReadASN1(&data, casn1.SEQUENCE) || !body.Empty() || !data.ReadASN1Integer(&version) || version != 0 ||
		!data.ReadASN1(&info, casn1.SEQUENCE) || !data.Empty() ||
		!info.ReadASN1ObjectIdentifier(&inner) || !inner.Equal(oidData) || !info.ReadASN1(&alg, casn1.SEQUENCE) ||
		!info.ReadASN1(&octets, tagImplicit0) || !info.Empty() || len(octets) == 0 || len(octets)%16 != 0 {
		return s, malformed("an encrypted content")
	}
	s.data = octets
	if s.scheme, err = pbes2.Parse(alg, MinReadIterations); err != nil {
		return s, &FormatError{err.Error()}
	}
	return s, nil
}

// open decrypts a part and reads its bags. The rounds run come out of budget.
func (s safeContents) open(passphrase []byte, budget *int) ([]bag, error) {
	data := s.data
	if s.scheme != nil {
		var err error
		if data, err = decrypt(s.scheme, s.data, passphrase, budget); err != nil {
			return nil, err
		}
	}
	return parseBags(data)
}

// decrypt runs a scheme within what is left of the file's rounds.
func decrypt(s *pbes2.Scheme, data, passphrase []byte, budget *int) ([]byte, error) {
	if *budget -= s.Iterations(); *budget < 0 {
		return nil, &FormatError{fmt.Sprintf("the file asks for more than %d iterations in all", MaxIterations)}
	}
	plain, err := s.Open(data, passphrase)
	if errors.Is(err, pbes2.ErrPassphrase) {
		// The MAC matched, so the passphrase is the file's; this part has another.
		return nil, &FormatError{"a part of the file is under another passphrase"}
	}
	return plain, err
}
