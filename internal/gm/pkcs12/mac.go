// SPDX-License-Identifier: Apache-2.0

package pkcs12

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// macHash is a digest that a MAC may be made with.
type macHash struct {
	oid  asn1.ObjectIdentifier
	hash func() hash.Hash
}

var (
	macSM3    = &macHash{gm.OIDSM3, gm.NewHash}
	macHashes = []*macHash{
		macSM3,
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, sha256.New},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, sha512.New},
	}
)

// macData is the MacData of RFC 7292 section 4.
type macData struct {
	hash       *macHash
	digest     []byte
	salt       []byte
	iterations int
}

func newMAC(iterations int) macData {
	m := macData{hash: macSM3, salt: make([]byte, 16), iterations: iterations}
	rand.Read(m.salt) // never returns an error (crypto/rand)
	return m
}

// compute returns the HMAC of the AuthenticatedSafe's octets.
func (m macData) compute(safe, passphrase []byte) []byte {
	key := deriveMACKey(m.hash.hash, passphrase, m.salt, m.iterations)
	defer clear(key)
	h := hmac.New(m.hash.hash, key)
	h.Write(safe)
	return h.Sum(nil)
}

// matches compares in constant time.
func (m macData) matches(safe, passphrase []byte) bool {
	return hmac.Equal(m.compute(safe, passphrase), m.digest)
}

// deriveMACKey is the key derivation of RFC 7292 appendix B.2 for ID 3. The
// key is as long as the digest, so that the first block of its output is all
// of it.
func deriveMACKey(newHash func() hash.Hash, passphrase, salt []byte, iterations int) []byte {
	const forMAC = 3
	h := newHash()
	password := append(bmp(string(passphrase)), 0, 0) // B.1: with a final NULL character
	defer clear(password)
	h.Write(bytes.Repeat([]byte{forMAC}, h.BlockSize()))
	h.Write(fill(salt, h.BlockSize()))
	h.Write(fill(password, h.BlockSize()))
	a := h.Sum(nil)
	for range iterations - 1 {
		h.Reset()
		h.Write(a)
		a = h.Sum(a[:0])
	}
	return a
}

// fill repeats b to the next whole number of blocks (B.2 steps 2 and 3).
func fill(b []byte, block int) []byte {
	n := (len(b) + block - 1) / block * block
	return bytes.Repeat(b, n/max(len(b), 1)+1)[:n]
}

// bmp is UTF-16, big endian: what RFC 7292 B.1 calls BMPString. Characters
// outside the plane become surrogate pairs, as OpenSSL writes them.
func bmp(s string) []byte {
	units := utf16.Encode([]rune(s))
	b := make([]byte, 0, 2*len(units)+2)
	for _, u := range units {
		b = append(b, byte(u>>8), byte(u))
	}
	clear(units)
	return b
}

// fromBMP undoes bmp; ok is false for half a pair and for half a unit.
func fromBMP(b []byte) (s string, ok bool) {
	if len(b)%2 != 0 || len(b) > 2*MaxName {
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	s = string(utf16.Decode(units))
	return s, bytes.Equal(bmp(s), b)
}

// checkPassphrase demands what both of a file's derivations can carry: PBKDF2
// takes the octets, the MAC the characters.
func checkPassphrase(passphrase []byte) error {
	switch {
	case len(passphrase) == 0:
		return errors.New("pkcs12: the passphrase is empty")
	case len(passphrase) > 1024:
		return errors.New("pkcs12: the passphrase is longer than 1024 octets")
	case !utf8.Valid(passphrase) || bytes.IndexByte(passphrase, 0) >= 0:
		return errors.New("pkcs12: the passphrase is not UTF-8 text")
	}
	return nil
}

func (m macData) marshal(b *cryptobyte.Builder) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(m.hash.oid)
				b.AddASN1NULL()
			})
			b.AddASN1OctetString(m.digest)
		})
		b.AddASN1OctetString(m.salt)
		b.AddASN1Int64(int64(m.iterations))
	})
}

// parseMAC reads the contents of a MacData.
func parseMAC(in cryptobyte.String) (m macData, err error) {
	var info, alg, null, digest, salt cryptobyte.String
	var oid asn1.ObjectIdentifier
	count := int64(1) // DEFAULT 1, "for historical reasons"
	if !in.ReadASN1(&info, casn1.SEQUENCE) || !in.ReadASN1(&salt, casn1.OCTET_STRING) ||
		!in.Empty() && !in.ReadASN1Integer(&count) || !in.Empty() ||
		!info.ReadASN1(&alg, casn1.SEQUENCE) || !info.ReadASN1(&digest, casn1.OCTET_STRING) || !info.Empty() ||
		!alg.ReadASN1ObjectIdentifier(&oid) || !alg.Empty() && (!alg.ReadASN1(&null, casn1.NULL) || !null.Empty() || !alg.Empty()) {
		return m, malformed("the MAC")
	}
	for _, h := range macHashes {
		if oid.Equal(h.oid) {
			m.hash = h
		}
	}
	switch {
	case m.hash == nil:
		return m, &FormatError{"the MAC is not by SM3, SHA-256 or SHA-512: write the file anew with a current program"}
	case len(digest) != m.hash.hash().Size():
		return m, malformed("the MAC")
	case len(salt) < 8 || len(salt) > 64:
		return m, &FormatError{"the MAC's salt has not 8 to 64 octets"}
	case count < MinReadIterations || count > MaxIterations:
		return m, &FormatError{fmt.Sprintf("the MAC's iteration count is not %d to %d", MinReadIterations, MaxIterations)}
	}
	m.digest, m.salt, m.iterations = digest, salt, int(count)
	return m, nil
}
