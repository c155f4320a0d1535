// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"crypto"
	"errors"
	"io"

	"github.com/govseal/govseal/internal/gm"
)

// signer signs e and nothing else: the key cannot be taken out of it by a
// type assertion outside this package, nor be used to decrypt.
type signer struct{ key *gm.PrivateKey }

func newSigner(key *gm.PrivateKey) *signer { return &signer{key} }

// Public returns the SM2 public key.
func (s *signer) Public() crypto.PublicKey { return &s.key.PublicKey }

// Sign signs e = SM3(ZA || M), 32 octets, as a hardware module does; see
// gm.Options.
func (s *signer) Sign(random io.Reader, e []byte, opts crypto.SignerOpts) ([]byte, error) {
	if len(e) != gm.Size || opts != gm.Options {
		return nil, errors.New("keys: a signer signs the 32 octets e, with gm.Options")
	}
	return s.key.Sign(random, e, opts)
}

// String keeps the key out of formatted output.
func (s *signer) String() string { return "SM2 signer" }

// GoString is String for %#v.
func (s *signer) GoString() string { return s.String() }
