// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"crypto"
	"errors"
	"fmt"
	"io/fs"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
)

// CreateRootFile makes a root key in its own encrypted file (PKCS#8, PBES2,
// readable by OpenSSL), mode 0600; an existing file is never overwritten.
func CreateRootFile(path string, passphrase []byte) (crypto.Signer, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("generate root key: %w", err)
	}
	text, err := keyfile.Encrypt(key, passphrase, 0)
	if err != nil {
		return nil, err
	}
	if err := keyfile.Create(path, text); err != nil {
		return nil, err
	}
	return newSigner(key), nil
}

// OpenRootFile opens a file that CreateRootFile, or OpenSSL, wrote. A missing
// file is ErrNoKey.
func OpenRootFile(path string, passphrase []byte, o Options) (crypto.Signer, error) {
	text, err := keyfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrNoKey, err)
	}
	if err != nil {
		return nil, err
	}
	key, err := openFile(text, passphrase, o)
	if err != nil {
		return nil, err
	}
	return newSigner(key), nil
}

// openFile decrypts a key file and refuses the published ones.
func openFile(pemText, passphrase []byte, o Options) (*gm.PrivateKey, error) {
	key, err := keyfile.Decrypt(pemText, passphrase)
	var format *keyfile.FormatError
	switch {
	case errors.Is(err, keyfile.ErrPassphrase):
		return nil, ErrPassphrase
	case errors.As(err, &format):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	public, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	if isExample(public) && !o.AllowExamples {
		return nil, ErrExampleKey
	}
	return key, nil
}
