// SPDX-License-Identifier: Apache-2.0

package ocsp_test

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/testpki"
)

var hashes = []asn1.ObjectIdentifier{ocsp.OIDSHA1, ocsp.OIDSHA256, gm.OIDSM3}

func certID(t testing.TB, hash asn1.ObjectIdentifier, issuer, c *testpki.Entity) ocsp.CertID {
	t.Helper()
	id, err := ocsp.NewCertID(hash, issuer.Cert.RawSubject, issuer.Cert.RawSPKI, c.Cert.Serial)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// request asks for the seal by three digests, with a nonce.
func request(t testing.TB, p *testpki.PKI) []byte {
	t.Helper()
	r := ocsp.Request{Extensions: []cert.Extension{ocsp.NonceExtension([]byte("0123456789abcdef"))}}
	for _, h := range hashes {
		r.Items = append(r.Items, ocsp.Item{ID: certID(t, h, p.Issuing, p.Seal)})
	}
	der, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// answer says good, revoked for a compromise, and unknown.
func answer(t testing.TB, p *testpki.PKI, who ocsp.Responder) []byte {
	t.Helper()
	reason := cert.ReasonKeyCompromise
	a := ocsp.Answer{Responder: who, ProducedAt: testpki.Now, Nonce: []byte{7}, Certificates: [][]byte{p.OCSP.DER}, Singles: []ocsp.Single{
		{ID: certID(t, ocsp.OIDSHA1, p.Issuing, p.Seal), ThisUpdate: testpki.Now, NextUpdate: testpki.Now.Add(time.Hour)},
		{ID: certID(t, gm.OIDSM3, p.Issuing, p.Department), Status: ocsp.Revoked, RevokedAt: testpki.Now.Add(-time.Hour), Reason: &reason,
			ThisUpdate: testpki.Now, Extensions: []cert.Extension{ocsp.InvalidityExtension(testpki.NotBefore)}},
		{ID: certID(t, ocsp.OIDSHA256, p.Issuing, p.Officer), Status: ocsp.Unknown, ThisUpdate: testpki.Now, NextUpdate: testpki.Now.Add(time.Hour)},
	}}
	der, err := a.Sign(p.OCSP.Key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRequestComesBackTheSame(t *testing.T) {
	p := testpki.New(t)
	der := request(t, p)
	r, err := ocsp.ParseRequest(der)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Marshal()
	if err != nil || !bytes.Equal(again, der) {
		t.Fatalf("%x became %x (%v)", der, again, err)
	}
	if string(r.Nonce) != "0123456789abcdef" || len(r.Items) != len(hashes) || r.UnknownCritical() {
		t.Errorf("got %+v", r)
	}
	for i, item := range r.Items {
		if !item.ID.Supported() || !item.ID.Names(p.Issuing.Cert.RawSubject, p.Issuing.Cert.RawSPKI) || item.ID.Serial.Cmp(p.Seal.Cert.Serial) != 0 {
			t.Errorf("item %d does not name the seal's certificate", i)
		}
		if item.ID.Names(p.Issuing.Cert.RawSubject, p.Root.Cert.RawSPKI) || item.ID.Names(p.Root.Cert.RawSubject, p.Issuing.Cert.RawSPKI) {
			t.Errorf("item %d names another issuer too", i)
		}
	}
}

func TestResponseComesBackTheSame(t *testing.T) {
	p := testpki.New(t)
	byKey, err := ocsp.ByKey(p.OCSP.Cert)
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]ocsp.Responder{"byName": ocsp.ByName(p.OCSP.Cert), "byKey": byKey} {
		der := answer(t, p, who)
		r, err := ocsp.ParseResponse(der)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := r.Marshal()
		if err != nil || !bytes.Equal(again, der) {
			t.Fatalf("%s: %x became %x (%v)", name, der, again, err)
		}
		b := r.Basic
		if err := b.CheckSignature(p.OCSP.Cert.PublicKey); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.CheckSignature(p.Issuing.Cert.PublicKey); !errors.Is(err, cert.ErrSignature) {
			t.Errorf("%s: another key verifies: %v", name, err)
		}
		if !b.Responder.Is(p.OCSP.Cert) || b.Responder.Is(p.TSA.Cert) {
			t.Errorf("%s: the responder is not recognised", name)
		}
		entry := b.Singles[1].Entry()
		if !entry.EffectiveDate().Equal(testpki.NotBefore) || entry.Reason != cert.ReasonKeyCompromise {
			t.Errorf("%s: got %+v", name, entry)
		}
	}
}

func TestSignedOctetsAreHeld(t *testing.T) {
	p := testpki.New(t)
	der := answer(t, p, ocsp.ByName(p.OCSP.Cert))
	for at := range der {
		r, err := ocsp.ParseResponse(testpki.Flip(der, at))
		if err != nil || r.Basic == nil || r.Status != ocsp.Successful {
			continue
		}
		if err := r.Basic.CheckSignature(p.OCSP.Cert.PublicKey); err == nil && bytes.Equal(r.Basic.Certificates[0], p.OCSP.DER) {
			t.Errorf("octet %d turned, and the signature still verifies", at)
		}
	}
}

func TestErrorResponses(t *testing.T) {
	for s, name := range map[ocsp.Status]string{ocsp.MalformedRequest: "malformedRequest", ocsp.TryLater: "tryLater", ocsp.Unauthorized: "unauthorized"} {
		r, err := ocsp.ParseResponse(ocsp.MarshalError(s))
		if err != nil || r.Status.String() != name || r.Basic != nil {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
	}
	for name, der := range map[string][]byte{"successful without an answer": ocsp.MarshalError(ocsp.Successful), "no such status": ocsp.MarshalError(4)} {
		if _, err := ocsp.ParseResponse(der); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestBadRequests(t *testing.T) {
	p := testpki.New(t)
	good := request(t, p)
	many := func(n int) []byte {
		r := ocsp.Request{}
		for i := range n {
			id, err := ocsp.NewCertID(ocsp.OIDSHA1, []byte{0x30, 0}, p.Issuing.Cert.RawSPKI, big.NewInt(int64(i+1)))
			if err != nil {
				t.Fatal(err)
			}
			r.Items = append(r.Items, ocsp.Item{ID: id})
		}
		der, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	nonce := func(value []byte) []byte {
		r := ocsp.Request{Items: []ocsp.Item{{ID: certID(t, ocsp.OIDSHA1, p.Issuing, p.Seal)}}, Extensions: []cert.Extension{{ID: ocsp.OIDNonce, Value: value}}}
		der, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	short := ocsp.Request{Items: []ocsp.Item{{ID: ocsp.CertID{Hash: cert.Algorithm{OID: gm.OIDSM3}, NameHash: []byte{1}, KeyHash: []byte{2}, Serial: big.NewInt(1)}}}}
	shortDER, err := short.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		der  []byte
		want string
	}{
		"empty":                    {nil, "OCSPRequest"},
		"octets behind it":         {append(bytes.Clone(good), 0), "OCSPRequest"},
		"cut":                      {good[:len(good)-1], "OCSPRequest"},
		"no certificate":           {many(0), "names no certificate"},
		"one too many":             {many(ocsp.MaxCertIDs + 1), "more than"},
		"10,000 certificates":      {many(10_000), "longer than"},
		"nonce of no octet":        {nonce([]byte{4, 0}), "nonce"},
		"nonce of 33 octets":       {nonce(append([]byte{4, 33}, make([]byte, 33)...)), "nonce"},
		"nonce of another type":    {nonce([]byte{5, 0}), "nonce"},
		"digest of another length": {shortDER, "algorithm's length"},
	} {
		_, err := ocsp.ParseRequest(c.der)
		var parse *ocsp.ParseError
		if !errors.As(err, &parse) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a ParseError with %q", name, err, c.want)
		}
	}
	if _, err := ocsp.ParseRequest(many(ocsp.MaxCertIDs)); err != nil {
		t.Errorf("the most that is allowed: %v", err)
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add(request(f, testpki.New(f)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ocsp.ParseRequest(raw)
		if err != nil {
			return
		}
		if again, err := r.Marshal(); err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%x became %x (%v)", raw, again, err)
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	p := testpki.New(f)
	f.Add(answer(f, p, ocsp.ByName(p.OCSP.Cert)))
	byKey, _ := ocsp.ByKey(p.OCSP.Cert)
	f.Add(answer(f, p, byKey))
	f.Add(ocsp.MarshalError(ocsp.TryLater))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ocsp.ParseResponse(raw)
		if err != nil {
			return
		}
		if again, err := r.Marshal(); err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%x became %x (%v)", raw, again, err)
		}
		if r.Basic != nil {
			//SIG
			r.Basic.Responder.Is(p.OCSP.Cert)
		}
	})
}
