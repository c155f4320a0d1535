// SPDX-License-Identifier: Apache-2.0

package keys

import (
	"encoding/hex"

	"github.com/govseal/govseal/internal/gm"
)

// isExample reports whether a public key (DER) belongs to a private key that
// lies in keys-example/ for all to read.
func isExample(public []byte) bool {
	digest := gm.SM3(public)
	_, ok := examples[hex.EncodeToString(digest[:])]
	return ok
}
