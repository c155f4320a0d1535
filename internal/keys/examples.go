// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"encoding/hex"

	"github.com/govseal/govseal/internal/gm"
)

// isExample reports whether a public key (DER) belongs to a private key that
// lies in keys-example/ for all to read.
func isExample(public []byte) bool {
	return IsExample(gm.SM3(public))
}

// IsExample reports whether the private key to a public key lies in
// keys-example/ for all to read; digest is the SM3 of its SubjectPublicKeyInfo.
func IsExample(digest [32]byte) bool {
	_, ok := examples[hex.EncodeToString(digest[:])]
	return ok
}
