// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"io"
	"testing"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
)

// glitch is a signer whose hardware fails when told to.
type glitch struct {
	*gm.PrivateKey
	how string
}

func (g *glitch) Sign(r io.Reader, e []byte, o crypto.SignerOpts) ([]byte, error) {
	switch g.how {
	case "error":
		return nil, errors.New("device removed")
	case "wrong":
		e = bytes.Clone(e)
		e[0] ^= 1
	}
	return g.PrivateKey.Sign(r, e, o)
}

func TestFaultySigner(t *testing.T) {
	ctx, o := context.Background(), found(t)
	// Put the issuing CA's key into a device that fails later.
	ref := o.store.cas[1].KeyRef
	device := &glitch{PrivateKey: o.keys.keys[ref].(*gm.PrivateKey)}
	o.keys.keys[ref] = device
	a, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	o.Authority = a
	made := o.issue(t, "seal")
	for _, how := range []string{"error", "wrong"} {
		device.how = how
		before := len(o.store.events)
		if _, err := o.Issue(ctx, request("seal", o.key(t, "seal"))); err == nil {
			t.Errorf("%s: issue: want an error", how)
		} else if how == "wrong" && !errors.Is(err, gm.ErrSignatureFault) {
			t.Errorf("wrong signature: got %v, want ErrSignatureFault", err)
		}
		if _, err := o.IssueRootCRL(ctx, operator, &glitch{o.root.(*gm.PrivateKey), how}); err == nil {
			t.Errorf("%s: CRL: want an error", how)
		}
		if len(o.store.events) != before {
			t.Errorf("%s: something was recorded", how)
		}
	}
	// A revocation stands although the list could not be signed …
	if err := o.Suspend(ctx, operator, made.SerialHex, ""); err == nil {
		t.Error("suspend with a broken device: want an error about the CRL")
	}
	if got, _ := o.Show(ctx, made.SerialHex); got.Status != ca.Hold {
		t.Errorf("status: got %s", got.Status)
	}
	// … and is published as soon as it can be.
	device.how = ""
	if l, _ := o.list(t, ca.IssuingID); entry(l, made.SerialHex) == nil {
		t.Error("not listed after the device came back")
	}
}

func TestWrongIssuingKey(t *testing.T) {
	o := found(t)
	other, _ := gm.GenerateKey()
	o.keys.keys[o.store.cas[1].KeyRef] = other
	if _, err := ca.Load(context.Background(), o.config()); err == nil {
		t.Error("a key that is not the certificate's: want an error")
	}
}
