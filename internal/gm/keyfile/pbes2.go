// SPDX-License-Identifier: Apache-2.0

package keyfile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// RFC 8018 appendix C; the SM identifiers are those that OpenSSL 3.0 prints
// for sm4-cbc and that gmsm writes for HMAC-SM3.
var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidHMACSM3    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401, 2}
	oidSM4CBC     = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 104, 2}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// blockCipher is one way to encrypt; blocks are 16 octets in both.
type blockCipher struct {
	oid     asn1.ObjectIdentifier
	keySize int
	block   func(key []byte) (cipher.Block, error)
}

// prf is one pseudo-random function of PBKDF2.
type prf struct {
	oid  asn1.ObjectIdentifier
	hash func() hash.Hash
}

var (
	sm4CBC     = &blockCipher{oidSM4CBC, 16, sm4.NewCipher}
	aes256CBC  = &blockCipher{oidAES256CBC, 32, aes.NewCipher}
	hmacSHA256 = &prf{oidHMACSHA256, sha256.New}
	hmacSM3    = &prf{oidHMACSM3, gm.NewHash}
)

const blockSize = 16

// envelope is an EncryptedPrivateKeyInfo under PBES2.
type envelope struct {
	cipher     *blockCipher
	prf        *prf
	iterations int
	salt, iv   []byte
	data       []byte // ciphertext
}

func (e *envelope) mode(passphrase []byte) (cipher.Block, error) {
	key, err := pbkdf2.Key(e.prf.hash, string(passphrase), e.salt, e.iterations, e.cipher.keySize)
	if err != nil {
		return nil, fmt.Errorf("keyfile: derive key: %w", err)
	}
	defer clear(key)
	block, err := e.cipher.block(key)
	if err != nil {
		return nil, fmt.Errorf("keyfile: cipher: %w", err)
	}
	return block, nil
}

// seal sets data to the padded and encrypted plain (RFC 8018 6.1.1).
func (e *envelope) seal(plain, passphrase []byte) error {
	block, err := e.mode(passphrase)
	if err != nil {
		return err
	}
	pad := blockSize - len(plain)%blockSize
	e.data = make([]byte, len(plain)+pad)
	copy(e.data, plain)
	for i := len(plain); i < len(e.data); i++ {
		e.data[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, e.iv).CryptBlocks(e.data, e.data)
	return nil
}

// open undoes seal.
func (e *envelope) open(passphrase []byte) ([]byte, error) {
	block, err := e.mode(passphrase)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(e.data))
	cipher.NewCBCDecrypter(block, e.iv).CryptBlocks(plain, e.data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > blockSize {
		return nil, ErrPassphrase
	}
	for _, b := range plain[len(plain)-pad:] {
		if int(b) != pad {
			return nil, ErrPassphrase
		}
	}
	return plain[:len(plain)-pad], nil
}

func (e *envelope) marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidPBES2)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, e.marshalPBKDF2)
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(e.cipher.oid)
					b.AddASN1OctetString(e.iv)
				})
			})
		})
		b.AddASN1OctetString(e.data)
	})
	return b.Bytes()
}

func (e *envelope) marshalPBKDF2(b *cryptobyte.Builder) {
	b.AddASN1ObjectIdentifier(oidPBKDF2)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(e.salt)
		b.AddASN1Int64(int64(e.iterations))
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(e.prf.oid)
			b.AddASN1NULL()
		})
	})
}

// parseEnvelope reads an EncryptedPrivateKeyInfo; nothing is derived yet.
func parseEnvelope(der []byte) (*envelope, error) {
	bad := &FormatError{"not an encrypted PKCS#8 key (PBES2)"}
	in := cryptobyte.String(der)
	var outer, alg, params, kdf, enc, data cryptobyte.String
	var scheme asn1.ObjectIdentifier
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() ||
		!outer.ReadASN1(&alg, casn1.SEQUENCE) || !outer.ReadASN1(&data, casn1.OCTET_STRING) || !outer.Empty() ||
		!alg.ReadASN1ObjectIdentifier(&scheme) || !scheme.Equal(oidPBES2) ||
		!alg.ReadASN1(&params, casn1.SEQUENCE) || !alg.Empty() ||
		!params.ReadASN1(&kdf, casn1.SEQUENCE) || !params.ReadASN1(&enc, casn1.SEQUENCE) || !params.Empty() {
		return nil, bad
	}
	e := &envelope{data: data}
	if len(data) == 0 || len(data)%blockSize != 0 {
		return nil, &FormatError{"the encrypted part is not whole blocks"}
	}
	if err := e.parseCipher(enc); err != nil {
		return nil, err
	}
	return e, e.parsePBKDF2(kdf)
}

func (e *envelope) parseCipher(in cryptobyte.String) error {
	var oid asn1.ObjectIdentifier
	var iv cryptobyte.String
	if !in.ReadASN1ObjectIdentifier(&oid) || !in.ReadASN1(&iv, casn1.OCTET_STRING) || !in.Empty() || len(iv) != blockSize {
		return &FormatError{"the cipher is not SM4-CBC or AES-256-CBC"}
	}
	for _, c := range []*blockCipher{sm4CBC, aes256CBC} {
		if oid.Equal(c.oid) {
			e.cipher, e.iv = c, iv
			return nil
		}
	}
	return &FormatError{"the cipher is not SM4-CBC or AES-256-CBC"}
}

func (e *envelope) parsePBKDF2(in cryptobyte.String) error {
	bad := &FormatError{"the key derivation is not PBKDF2 with HMAC-SHA256 or HMAC-SM3"}
	var oid, function asn1.ObjectIdentifier
	var params, salt, alg cryptobyte.String
	var count int64
	if !in.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidPBKDF2) || !in.ReadASN1(&params, casn1.SEQUENCE) || !in.Empty() ||
		!params.ReadASN1(&salt, casn1.OCTET_STRING) || !params.ReadASN1Integer(&count) {
		return bad
	}
	if params.PeekASN1Tag(casn1.INTEGER) {
		var size int64
		if !params.ReadASN1Integer(&size) || size != int64(e.cipher.keySize) {
			return &FormatError{"the derived key has another length than the cipher's"}
		}
	}
	if !params.ReadASN1(&alg, casn1.SEQUENCE) || !params.Empty() || !alg.ReadASN1ObjectIdentifier(&function) {
		return bad
	}
	var null cryptobyte.String
	if !alg.Empty() && (!alg.ReadASN1(&null, casn1.NULL) || !null.Empty() || !alg.Empty()) {
		return bad
	}
	if len(salt) < 8 || len(salt) > 64 {
		return &FormatError{"the salt has not 8 to 64 octets"}
	}
	if count < int64(readFloor) || count > MaxIterations {
		return &FormatError{fmt.Sprintf("the iteration count is not %d to %d", readFloor, MaxIterations)}
	}
	for _, f := range []*prf{hmacSHA256, hmacSM3} {
		if function.Equal(f.oid) {
			e.prf, e.salt, e.iterations = f, salt, int(count)
			return nil
		}
	}
	return bad
}
