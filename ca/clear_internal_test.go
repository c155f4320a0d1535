// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"errors"
	"testing"

	"github.com/govseal/govseal/internal/gm"
)

// TestNoSignatureWithoutClearance: octets that the linter has not passed, or
// that were changed after it did, are not signed.
func TestNoSignatureWithoutClearance(t *testing.T) {
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	p := &plan{record: Certificate{TBS: []byte{0x30, 0}}}
	if _, err := p.sign(key); !errors.Is(err, errNotCleared) {
		t.Errorf("no clearance: got %v", err)
	}
	p.cleared = &cleared{tbs: []byte{0x30, 1, 0}}
	if _, err := p.sign(key); !errors.Is(err, errNotCleared) {
		t.Errorf("clearance of other octets: got %v", err)
	}
}
