// SPDX-License-Identifier: Apache-2.0

package csrresp_test

import (
	"bytes"
	"testing"

	"github.com/emmansun/gmsm/smx509"

	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
)

// The library's own reader and writer of CSRResponse are the second opinion:
// it reads ours, and we read its.
func TestSecondOpinion(t *testing.T) {
	p := testpki.New(t)
	signing := p.Issue(t, testpki.Spec{Label: "signing"})
	encryption := p.Issue(t, testpki.Spec{Label: "encryption"})
	enveloped, err := gm.EnvelopeKey(&signing.Key.PublicKey, encryption.Key)
	if err != nil {
		t.Fatal(err)
	}
	ours := &csrresp.Response{SignCertificates: [][]byte{signing.Cert.Raw}, EncryptedPrivateKey: enveloped, EncryptCertificates: [][]byte{encryption.Cert.Raw}}
	der, err := ours.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	read, err := smx509.ParseCSRResponse(signing.Key, der)
	if err != nil {
		t.Fatalf("the library does not read ours: %v", err)
	}
	if !read.EncryptPrivateKey.Equal(encryption.Key) || !bytes.Equal(read.SignCerts[0].Raw, signing.Cert.Raw) || !bytes.Equal(read.EncryptCerts[0].Raw, encryption.Cert.Raw) {
		t.Error("the library reads another key or certificate")
	}
	theirs, err := smx509.MarshalCSRResponse(read.SignCerts, encryption.Key, read.EncryptCerts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := csrresp.Parse(theirs)
	if err != nil {
		t.Fatalf("we do not read the library's: %v", err)
	}
	key, err := gm.OpenEnvelopedKey(signing.Key, got.EncryptedPrivateKey)
	if err != nil || !key.Equal(encryption.Key) {
		t.Errorf("the key in the library's: %v", err)
	}
	if again, err := got.Marshal(); err != nil || !bytes.Equal(again, theirs) {
		t.Errorf("marshalled again, the library's differs: %v", err)
	}
}
