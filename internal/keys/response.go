// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// OpenResponse opens a CSRResponse (GM/T 0092) with the holder's signing key.
// The result is the encryption key with its certificates, its own first;
// ErrKeyFile says what is wrong with the file, or that it is another's.
func (h *Held) OpenResponse(der []byte) (*Held, error) {
	bad := func(why string) error { return fmt.Errorf("%w: %s", ErrKeyFile, why) }
	r, err := csrresp.Parse(der)
	if err != nil {
		return nil, bad(err.Error())
	}
	if _, err := ownFirst(r.SignCertificates, h.public); err != nil {
		return nil, bad("the CSRResponse is for another signing key")
	}
	if r.EncryptedPrivateKey == nil {
		return nil, bad("the CSRResponse holds no encryption key")
	}
	key, err := gm.OpenEnvelopedKey(h.key, r.EncryptedPrivateKey)
	if errors.Is(err, gm.ErrEnvelope) {
		return nil, bad("its encryption key does not open with this signing key")
	}
	if err != nil {
		return nil, bad(err.Error())
	}
	inside := &Held{key: key}
	if inside.public, err = gm.MarshalPublicKey(&key.PublicKey); err != nil {
		return nil, err
	}
	if inside.certificates, err = ownFirst(r.EncryptCertificates, inside.public); err != nil {
		return nil, bad("its encryption certificate is another key's")
	}
	return inside, nil
}

// ownFirst puts the certificate of a public key before the others: readers of
// the standard's sets must not rely on their order.
func ownFirst(certificates [][]byte, public []byte) ([][]byte, error) {
	for i, der := range certificates {
		c, err := cert.Parse(der)
		if err == nil && bytes.Equal(c.RawSPKI, public) {
			rest := append([][]byte{der}, certificates[:i]...)
			return append(rest, certificates[i+1:]...), nil
		}
	}
	return nil, errors.New("no certificate of this key")
}

// PKCS12 returns the key with its certificates as a file under a passphrase.
func (h *Held) PKCS12(name string, passphrase []byte) ([]byte, error) {
	return pkcs12.Encode(pkcs12.Of(h.key, name, h.certificates), passphrase, 0)
}
