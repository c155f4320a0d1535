// SPDX-License-Identifier: Apache-2.0

package keys_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/pkcs12"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/internal/testpki"
)

// heldOf is an entity's key as read from its PKCS#12 file.
func heldOf(t *testing.T, e *testpki.Entity) *keys.Held {
	t.Helper()
	file, err := pkcs12.Encode(pkcs12.Of(e.Key, "x", [][]byte{e.DER}), recovery, 0)
	if err != nil {
		t.Fatal(err)
	}
	held, err := keys.ReadHeld(file, recovery, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestOpenResponse(t *testing.T) {
	p := testpki.New(t)
	signing := p.Issue(t, testpki.Spec{Label: "signing"})
	other := p.Issue(t, testpki.Spec{Label: "other"})
	encryption := p.Issue(t, testpki.Spec{Label: "encryption"})
	envelope := func(to *testpki.Entity) []byte {
		der, err := gm.EnvelopeKey(&to.Key.PublicKey, encryption.Key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	response := func(r csrresp.Response) []byte {
		der, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	holder := heldOf(t, signing)
	good := csrresp.Response{SignCertificates: [][]byte{p.Issuing.DER, signing.DER}, EncryptedPrivateKey: envelope(signing), EncryptCertificates: [][]byte{p.Issuing.DER, encryption.DER}}
	got, err := holder.OpenResponse(response(good))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.PublicKey(), encryption.Cert.RawSPKI) || len(got.Certificates()) != 2 || !bytes.Equal(got.Certificates()[0], encryption.DER) {
		t.Error("another key, or the certificates in another order")
	}
	file, err := got.PKCS12("示例", recovery)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := pkcs12.Decode(file, recovery); err != nil || !c.Key.Equal(encryption.Key) {
		t.Errorf("PKCS#12: %v", err)
	}
	for name, tt := range map[string]struct {
		edit func(*csrresp.Response)
		want string
	}{
		"for another":             {func(r *csrresp.Response) { r.SignCertificates = [][]byte{other.DER} }, "for another signing key"},
		"enveloped for another":   {func(r *csrresp.Response) { r.EncryptedPrivateKey = envelope(other) }, "does not open with this signing key"},
		"another's certificate":   {func(r *csrresp.Response) { r.EncryptCertificates = [][]byte{other.DER} }, "another key's"},
		"no key":                  {func(r *csrresp.Response) { r.EncryptedPrivateKey = nil }, "holds no encryption key"},
		"something for a key":     {func(r *csrresp.Response) { r.EncryptedPrivateKey = []byte{0x30, 0} }, "not an SM2EnvelopedKey"},
		"no certificates, no key": {func(r *csrresp.Response) { *r = csrresp.Response{SignCertificates: [][]byte{{0x30, 0}}} }, "for another signing key"},
	} {
		bad := good
		tt.edit(&bad)
		if _, err := holder.OpenResponse(response(bad)); !errors.Is(err, keys.ErrKeyFile) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	if _, err := holder.OpenResponse([]byte("hello")); !errors.Is(err, keys.ErrKeyFile) {
		t.Errorf("not a CSRResponse: got %v", err)
	}
}
