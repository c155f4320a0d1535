// SPDX-License-Identifier: Apache-2.0

package pbes2

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Marshal appends the AlgorithmIdentifier.
func (s *Scheme) Marshal(b *cryptobyte.Builder) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidPBES2)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, s.marshalPBKDF2)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(s.cipher.oid)
				b.AddASN1OctetString(s.iv)
			})
		})
	})
}

func (s *Scheme) marshalPBKDF2(b *cryptobyte.Builder) {
	b.AddASN1ObjectIdentifier(oidPBKDF2)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(s.salt)
		b.AddASN1Int64(int64(s.iterations))
		if s.keyLength {
			b.AddASN1Int64(int64(s.cipher.keySize))
		}
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(s.prf.oid)
			b.AddASN1NULL()
		})
	})
}

// Parse reads the contents of an AlgorithmIdentifier; nothing is derived yet.
// A count below least, or above MaxIterations, is refused.
func Parse(alg cryptobyte.String, least int) (*Scheme, error) {
	var params, kdf, enc cryptobyte.String
	var scheme asn1.ObjectIdentifier
	if !alg.ReadASN1ObjectIdentifier(&scheme) || !scheme.Equal(oidPBES2) {
		return nil, errors.New("encrypted by another scheme than PBES2: encrypt it anew with a current program")
	}
	if !alg.ReadASN1(&params, casn1.SEQUENCE) || !alg.Empty() ||
		!params.ReadASN1(&kdf, casn1.SEQUENCE) || !params.ReadASN1(&enc, casn1.SEQUENCE) || !params.Empty() {
		return nil, errors.New("the parameters of PBES2 are malformed")
	}
	s := &Scheme{}
	if err := s.parseCipher(enc); err != nil {
		return nil, err
	}
	return s, s.parsePBKDF2(kdf, least)
}

func (s *Scheme) parseCipher(in cryptobyte.String) error {
	bad := errors.New("the cipher is not SM4-CBC, AES-128-CBC or AES-256-CBC")
	var oid asn1.ObjectIdentifier
	var iv cryptobyte.String
	if !in.ReadASN1ObjectIdentifier(&oid) || !in.ReadASN1(&iv, casn1.OCTET_STRING) || !in.Empty() || len(iv) != blockSize {
		return bad
	}
	for _, c := range ciphers {
		if oid.Equal(c.oid) {
			s.cipher, s.iv = c, iv
			return nil
		}
	}
	return bad
}

func (s *Scheme) parsePBKDF2(in cryptobyte.String, least int) error {
	bad := errors.New("the key derivation is not PBKDF2 with HMAC-SHA256 or HMAC-SM3")
	var oid, function asn1.ObjectIdentifier
	var params, salt, alg cryptobyte.String
	var count int64
	if !in.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidPBKDF2) || !in.ReadASN1(&params, casn1.SEQUENCE) || !in.Empty() ||
		!params.ReadASN1(&salt, casn1.OCTET_STRING) || !params.ReadASN1Integer(&count) {
		return bad
	}
	if params.PeekASN1Tag(casn1.INTEGER) {
		var size int64
		if !params.ReadASN1Integer(&size) || size != int64(s.cipher.keySize) {
			return errors.New("the derived key has another length than the cipher's")
		}
		s.keyLength = true
	}
	if !params.ReadASN1(&alg, casn1.SEQUENCE) || !params.Empty() || !alg.ReadASN1ObjectIdentifier(&function) {
		return bad
	}
	var null cryptobyte.String
	if !alg.Empty() && (!alg.ReadASN1(&null, casn1.NULL) || !null.Empty() || !alg.Empty()) {
		return bad
	}
	if len(salt) < 8 || len(salt) > 64 {
		return errors.New("the salt has not 8 to 64 octets")
	}
	if count < int64(least) || count > MaxIterations {
		return fmt.Errorf("the iteration count is not %d to %d", least, MaxIterations)
	}
	for _, f := range prfs {
		if function.Equal(f.oid) {
			s.prf, s.salt, s.iterations = f, salt, int(count)
			return nil
		}
	}
	return bad
}
