// SPDX-License-Identifier: Apache-2.0

package tsa_test

import (
	"bytes"
	"context"
	"encoding/asn1"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/tsa"
)

var (
	policy = []int{2, 999, 1, 3, 1}
	ctx    = context.Background()
)

func authority(t testing.TB, p *testpki.PKI, now func() time.Time) *tsa.Authority {
	t.Helper()
	a, err := tsa.New(tsa.Config{
		Signer: p.TSA.Key, Certificate: p.TSA.DER, Chain: [][]byte{p.Issuing.DER}, Policy: policy, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func fixed() time.Time { return testpki.Now.Add(250 * time.Millisecond) }

func TestStamp(t *testing.T) {
	p := testpki.New(t)
	a := authority(t, p, fixed)
	data := []byte("a signature value")
	der, err := a.Stamp(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tsp.ParseToken(der)
	if err != nil {
		t.Fatal(err)
	}
	by, err := token.Verify(data, nil)
	if err != nil || !bytes.Equal(by, p.TSA.DER) {
		t.Fatalf("Verify: %v", err)
	}
	if !token.Info.Time.Equal(fixed()) || token.Info.Accuracy != time.Second || token.Info.Serial.BitLen() < 64 {
		t.Errorf("info %+v", token.Info)
	}
	if _, err := token.Verify([]byte("another value"), nil); err == nil {
		t.Error("the token fits other data")
	}
	again, err := a.Stamp(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	second, err := tsp.ParseToken(again)
	if err != nil || second.Info.Serial.Cmp(token.Info.Serial) == 0 {
		t.Errorf("serial number used twice (%v)", err)
	}
}

func request(t testing.TB, change func(*tsp.Request)) []byte {
	t.Helper()
	sum := gm.SM3([]byte("data"))
	r := &tsp.Request{HashAlgorithm: gm.OIDSM3, Imprint: sum[:], Nonce: big.NewInt(0x1234567890)}
	if change != nil {
		change(r)
	}
	der, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestRespondGrants(t *testing.T) {
	p := testpki.New(t)
	a := authority(t, p, fixed)
	for _, certReq := range []bool{false, true} {
		token, err := tsp.ParseResponse(a.Respond(ctx, request(t, func(r *tsp.Request) { r.CertReq = certReq })))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := tsp.ParseToken(token)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Info.Nonce == nil || parsed.Info.Nonce.Int64() != 0x1234567890 {
			t.Errorf("nonce %v", parsed.Info.Nonce)
		}
		if got := len(parsed.CMS.Certificates); (got > 0) != certReq {
			t.Errorf("certReq %v: %d certificates", certReq, got)
		}
		if _, err := parsed.Verify([]byte("data"), [][]byte{p.TSA.DER}); err != nil {
			t.Error(err)
		}
	}
}

// Serial numbers stay different over restarts, and fit the 160 bits that
// RFC 3161 2.4.2 has readers expect.
func TestSerialsAfterARestart(t *testing.T) {
	p := testpki.New(t)
	seen := map[string]bool{}
	for range 5 {
		a := authority(t, p, fixed) // nothing is carried over
		for range 40 {
			der, err := a.Stamp(ctx, []byte("data"))
			if err != nil {
				t.Fatal(err)
			}
			token, err := tsp.ParseToken(der)
			if err != nil {
				t.Fatal(err)
			}
			n := token.Info.Serial
			if n.Sign() <= 0 || n.BitLen() > 160 || seen[n.String()] {
				t.Fatalf("serial number %v", n)
			}
			seen[n.String()] = true
		}
	}
}

// A certificate that does not cover the time makes no token.
func TestExpiredAuthority(t *testing.T) {
	p := testpki.New(t)
	for name, now := range map[string]time.Time{"ended": p.TSA.Cert.NotAfter.Add(time.Second), "not begun": p.TSA.Cert.NotBefore.Add(-time.Second)} {
		a := authority(t, p, func() time.Time { return now })
		if _, err := a.Stamp(ctx, []byte("data")); !errors.Is(err, tsa.ErrExpired) {
			t.Errorf("%s: got %v", name, err)
		}
		_, err := tsp.ParseResponse(a.Respond(ctx, request(t, nil)))
		var no *tsp.Rejected
		if !errors.As(err, &no) || no.Failure != tsp.FailSystemFailure {
			t.Errorf("%s: answered %v", name, err)
		}
	}
}

func TestRespondRefuses(t *testing.T) {
	p := testpki.New(t)
	backwards := []time.Time{testpki.Now, testpki.Now.Add(-time.Hour)}
	clock := func() time.Time { now := backwards[0]; backwards = backwards[1:]; return now }
	broken := authority(t, p, clock)
	broken.Respond(ctx, request(t, nil))
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for name, c := range map[string]struct {
		a       *tsa.Authority
		ctx     context.Context
		request []byte
		want    int
	}{
		"garbage":          {nil, ctx, []byte("garbage"), tsp.FailBadDataFormat},
		"too long":         {nil, ctx, make([]byte, 5000), tsp.FailBadDataFormat},
		"trailing octets":  {nil, ctx, append(request(t, nil), 0), tsp.FailBadDataFormat},
		"SHA-1":            {nil, ctx, request(t, func(r *tsp.Request) { r.HashAlgorithm = []int{1, 3, 14, 3, 2, 26}; r.Imprint = r.Imprint[:20] }), tsp.FailBadAlg},
		"unknown digest":   {nil, ctx, request(t, func(r *tsp.Request) { r.HashAlgorithm = []int{2, 999, 7} }), tsp.FailBadAlg},
		"imprint length":   {nil, ctx, request(t, func(r *tsp.Request) { r.Imprint = r.Imprint[:31] }), tsp.FailBadDataFormat},
		"other policy":     {nil, ctx, request(t, func(r *tsp.Request) { r.Policy = []int{2, 999, 2} }), tsp.FailUnacceptedPolicy},
		"extension":        {nil, ctx, request(t, func(r *tsp.Request) { r.Extensions = []byte{0xa0, 2, 0x30, 0} }), tsp.FailUnacceptedExtension},
		"clock went back":  {broken, ctx, request(t, nil), tsp.FailTimeNotAvailable},
		"caller went away": {nil, ended, request(t, nil), tsp.FailSystemFailure},
	} {
		a := c.a
		if a == nil {
			a = authority(t, p, fixed)
		}
		_, err := tsp.ParseResponse(a.Respond(c.ctx, c.request))
		var no *tsp.Rejected
		if !errors.As(err, &no) || no.Failure != c.want {
			t.Errorf("%s: got %v, want failure %d", name, err, c.want)
		}
	}
}

func TestNewWantsTheOffice(t *testing.T) {
	p := testpki.New(t)
	for name, e := range map[string]*testpki.Entity{
		"no usage":     p.Department,
		"not critical": p.Issue(t, testpki.Spec{Label: "tsa", ExtKeyUsage: []asn1.ObjectIdentifier{cert.OIDTimeStamping}}),
		"two usages": p.Issue(t, testpki.Spec{Label: "tsa", CriticalEKU: true,
			ExtKeyUsage: []asn1.ObjectIdentifier{cert.OIDTimeStamping, cert.OIDOCSPSigning}}),
	} {
		if _, err := tsa.New(tsa.Config{Signer: e.Key, Certificate: e.DER, Policy: policy, Now: fixed}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := tsa.New(tsa.Config{Signer: p.Officer.Key, Certificate: p.TSA.DER, Policy: policy, Now: fixed}); err == nil {
		t.Error("a certificate for another key was accepted")
	}
}

// OpenSSL reads the response, and judges the signature by the recipe of
// facts/ca-and-crypto.md 3.1 (its own ts -verify knows no SM2 user ID).
func TestOpenSSLReadsTheResponse(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	p := testpki.New(t)
	response := authority(t, p, fixed).Respond(ctx, request(t, nil))
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out, err := exec.Command(openssl, "ts", "-reply", "-in", write("r.der", response), "-text").CombinedOutput()
	if err != nil {
		t.Fatalf("openssl ts: %v: %s", err, out)
	}
	for _, want := range []string{"Status: Granted.", "Mar  2 02:00:00.25 2026 GMT", "Accuracy: 0x01 seconds", "Hash Algorithm: sm3", "Nonce: 0x1234567890"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("openssl does not say %q:\n%s", want, out)
		}
	}
	der, err := tsp.ParseResponse(response)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tsp.ParseToken(der)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := exec.Command(openssl, "x509", "-in", write("c.pem", p.TSA.PEM()), "-noout", "-pubkey").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := token.CMS.Signers[0]
	out, err = exec.Command(openssl, "dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", write("p", pub),
		"-signature", write("s", s.Signature), write("m", s.SignedRaw)).CombinedOutput()
	if err != nil {
		t.Errorf("openssl dgst: %v: %s", err, out)
	}
}

// A request made by OpenSSL is answered.
func TestOpenSSLRequest(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	data := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(data, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	query, err := exec.Command(openssl, "ts", "-query", "-data", data, "-sm3", "-cert").Output()
	if err != nil {
		t.Skipf("this openssl makes no SM3 queries: %v", err)
	}
	der, err := tsp.ParseResponse(authority(t, testpki.New(t), fixed).Respond(ctx, query))
	if err != nil {
		t.Fatal(err)
	}
	token, err := tsp.ParseToken(der)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify([]byte("data"), nil); err != nil {
		t.Error(err)
	}
}
