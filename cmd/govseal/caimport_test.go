// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"testing"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/testpki"
)

// TestPublishedKeysAreNotCertified outside a demo.
func TestPublishedKeysAreNotCertified(t *testing.T) {
	all, err := readCertificates("../../keys-example/officer.cert.pem")
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(all[0])
	if err != nil {
		t.Fatal(err)
	}
	csr := testpki.Request(t, testpki.RequestSpec{Label: "x", PublicKey: c.RawSPKI})
	var refused *ca.CSRError
	if _, err := (&city{}).requestKey(csr); !errors.As(err, &refused) || refused.Reason != ca.CSRKeyWeak {
		t.Errorf("got %v", err)
	}
	if _, err := (&city{config: Config{Demo: true}}).requestKey(csr); err != nil {
		t.Errorf("in a demo: %v", err)
	}
	if _, err := (&city{}).requestKey(testpki.Request(t, testpki.RequestSpec{Label: "x"})); err != nil {
		t.Errorf("another key: %v", err)
	}
}
