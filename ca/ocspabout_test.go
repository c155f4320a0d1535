// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"testing"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/ocsp"
)

func TestOCSPForACertificate(t *testing.T) {
	o, other := found(t), found(t)
	ctx := context.Background()
	c := o.issue(t, ca.ProfileDepartment)
	der, err := o.OCSPFor(ctx, c.DER)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ocsp.ParseResponse(der)
	if err != nil || r.Basic == nil || r.Basic.Singles[0].Status != ocsp.Good || r.Basic.Singles[0].ID.Serial.Cmp(parsed(t, c.DER).Serial) != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	for name, der := range map[string][]byte{
		"of another authority": other.issue(t, ca.ProfileDepartment).DER, "of the root, whose key is in a safe": o.Issuing(), "the root": o.Root(),
	} {
		if der, err := o.OCSPFor(ctx, der); der != nil || err != nil {
			t.Errorf("%s: %d octets, %v", name, len(der), err)
		}
	}
	if _, err := o.OCSPFor(ctx, []byte("garbage")); err == nil {
		t.Error("garbage was answered")
	}
}
