// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// MaxHeldSize bounds a file with a key and certificates, in octets.
const MaxHeldSize = pkcs12.MaxSize

// Held is a key that was read from a file with its certificates, before
// somebody decides what it is for.
type Held struct {
	key          *gm.PrivateKey
	public       []byte
	certificates [][]byte
}

// PublicKey returns the key's DER SubjectPublicKeyInfo.
func (h *Held) PublicKey() []byte { return h.public }

// Certificates returns the certificates of the file, DER, in its order.
func (h *Held) Certificates() [][]byte { return h.certificates }

// String keeps the key out of formatted output.
func (h *Held) String() string { return "SM2 key from a file" }

// GoString is String for %#v.
func (h *Held) GoString() string { return h.String() }

// ReadHeld opens a PKCS#12 file, or a PEM text of one encrypted PKCS#8 key and
// certificates. It returns ErrPassphrase, ErrKeyFile with what is wrong with
// the form, or ErrExampleKey.
func ReadHeld(data, passphrase []byte, o Options) (*Held, error) {
	if len(data) > MaxHeldSize {
		return nil, fmt.Errorf("%w: the file is longer than %d octets", ErrKeyFile, MaxHeldSize)
	}
	read := readPKCS12
	if bytes.Contains(data, []byte("-----BEGIN ")) && !bytes.HasPrefix(data, []byte{0x30}) {
		read = readPEM
	}
	h, err := read(data, passphrase)
	if err != nil {
		return nil, err
	}
	if h.public, err = gm.MarshalPublicKey(&h.key.PublicKey); err != nil {
		return nil, err
	}
	if isExample(h.public) && !o.AllowExamples {
		return nil, ErrExampleKey
	}
	return h, nil
}

func readPKCS12(data, passphrase []byte) (*Held, error) {
	c, err := pkcs12.Decode(data, passphrase)
	var format *pkcs12.FormatError
	switch {
	case errors.Is(err, pkcs12.ErrPassphrase):
		return nil, ErrPassphrase
	case errors.As(err, &format):
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	case err != nil:
		return nil, err
	}
	h := &Held{key: c.Key}
	for _, one := range c.Certificates {
		h.certificates = append(h.certificates, one.DER)
	}
	return h, nil
}

// readPEM takes text between the blocks, such as OpenSSL's "Bag Attributes".
func readPEM(data, passphrase []byte) (*Held, error) {
	bad := func(why string) error { return fmt.Errorf("%w: %s", ErrKeyFile, why) }
	h := &Held{}
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		switch {
		case block.Type == "CERTIFICATE" && len(h.certificates) == pkcs12.MaxCertificates:
			return nil, bad("the file holds too many certificates")
		case block.Type == "CERTIFICATE":
			h.certificates = append(h.certificates, block.Bytes)
		case block.Type != "ENCRYPTED PRIVATE KEY" || len(block.Headers) > 0:
			return nil, bad(fmt.Sprintf("the file holds a PEM block %.40q; an encrypted PKCS#8 key (\"openssl pkcs8 -topk8 -v2 sm4-cbc\") and certificates are taken", block.Type))
		case h.key != nil:
			return nil, bad("the file holds several keys")
		default:
			var err error
			if h.key, err = decryptHeld(pem.EncodeToMemory(block), passphrase); err != nil {
				return nil, err
			}
		}
		data = rest
	}
	if h.key == nil {
		return nil, bad("the file holds no encrypted key")
	}
	return h, nil
}

// decryptHeld reads what other programs wrote, with fewer rounds than ours:
// OpenSSL's own default is 2,048. The key is kept under our own wrapping.
func decryptHeld(text, passphrase []byte) (*gm.PrivateKey, error) {
	key, err := keyfile.DecryptForeign(text, passphrase)
	var format *keyfile.FormatError
	switch {
	case errors.Is(err, keyfile.ErrPassphrase):
		return nil, ErrPassphrase
	case errors.As(err, &format):
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	return key, err
}

// Adopt stores a key that was read for a use, and returns its reference.
func (k *Keyring) Adopt(ctx context.Context, use string, h *Held) (ref string, err error) {
	ref, _, err = k.put(ctx, use, h.key)
	return ref, err
}
