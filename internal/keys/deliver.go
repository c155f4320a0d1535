// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"context"
	"strings"

	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// DeliverySuffix ends the uses of keys that were made for their holders. The
// use is authenticated with the wrapped key, so that nobody turns a seal's key
// into one that may leave.
const DeliverySuffix = "-delivery"

// Export returns a key as an encrypted PKCS#8 file (PEM) that OpenSSL reads.
// ErrNotForDelivery is returned for a key of any other use.
func (k *Keyring) Export(ctx context.Context, ref, use string, passphrase []byte) ([]byte, error) {
	s, err := k.leaving(ctx, ref, use)
	if err != nil {
		return nil, err
	}
	return keyfile.Encrypt(s.key, passphrase, 0)
}

// ExportPKCS12 returns a key with its certificates, its own first, as a PKCS#12
// file that OpenSSL reads, under the same rule as Export.
func (k *Keyring) ExportPKCS12(ctx context.Context, ref, use, name string, certificates [][]byte, passphrase []byte) ([]byte, error) {
	s, err := k.leaving(ctx, ref, use)
	if err != nil {
		return nil, err
	}
	return pkcs12.Encode(pkcs12.Of(s.key, name, certificates), passphrase, 0)
}

// leaving opens a key that may leave.
func (k *Keyring) leaving(ctx context.Context, ref, use string) (*signer, error) {
	if !strings.HasSuffix(use, DeliverySuffix) {
		return nil, ErrNotForDelivery
	}
	s, err := k.Signer(ctx, ref, use)
	if err != nil {
		return nil, err
	}
	return s.(*signer), nil
}
