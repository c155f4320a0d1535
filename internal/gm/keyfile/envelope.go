// SPDX-License-Identifier: Apache-2.0

package keyfile

import (
	"errors"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm/pbes2"
)

// envelope is an EncryptedPrivateKeyInfo under PBES2 (RFC 5958 section 3).
type envelope struct {
	scheme *pbes2.Scheme
	data   []byte // ciphertext
}

func (e *envelope) marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		e.scheme.Marshal(b)
		b.AddASN1OctetString(e.data)
	})
	return b.Bytes()
}

// parseEnvelope reads an EncryptedPrivateKeyInfo; nothing is derived yet.
func parseEnvelope(der []byte, least int) (*envelope, error) {
	in := cryptobyte.String(der)
	var outer, alg, data cryptobyte.String
	if !in.ReadASN1(&outer, casn1.SEQUENCE) || !in.Empty() ||
		!outer.ReadASN1(&alg, casn1.SEQUENCE) || !outer.ReadASN1(&data, casn1.OCTET_STRING) || !outer.Empty() {
		return nil, &FormatError{"not an encrypted PKCS#8 key (PBES2)"}
	}
	if len(data) == 0 || len(data)%16 != 0 {
		return nil, &FormatError{"the encrypted part is not whole blocks"}
	}
	scheme, err := pbes2.Parse(alg, least)
	if err != nil {
		return nil, &FormatError{err.Error()}
	}
	return &envelope{scheme, data}, nil
}

// open decrypts; pbes2's word for a wrong passphrase becomes this package's.
func (e *envelope) open(passphrase []byte) ([]byte, error) {
	plain, err := e.scheme.Open(e.data, passphrase)
	if errors.Is(err, pbes2.ErrPassphrase) {
		return nil, ErrPassphrase
	}
	return plain, err
}
