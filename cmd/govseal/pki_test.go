// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/tsp"
)

// asksAbout is an OCSP request for the seal's certificate.
func (h *house) asksAbout(t testing.TB, serialHex string, nonce []byte) []byte {
	t.Helper()
	found, err := h.ca.Show(t.Context(), serialHex)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := cert.Parse(found.DER)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := cert.Parse(h.ca.Issuing())
	if err != nil {
		t.Fatal(err)
	}
	id, err := ocsp.NewCertID(gm.OIDSM3, issuer.RawSubject, issuer.RawSPKI, leaf.Serial)
	if err != nil {
		t.Fatal(err)
	}
	r := ocsp.Request{Items: []ocsp.Item{{ID: id}}}
	if nonce != nil {
		r.Extensions = []cert.Extension{ocsp.NonceExtension(nonce)}
	}
	der, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestOCSPOverHTTP(t *testing.T) {
	h := newHouse(t, Config{})
	all, err := h.ca.Find(t.Context(), ca.Query{Profile: ca.ProfileSeal})
	if err != nil || len(all) != 1 {
		t.Fatalf("seal certificates: %d, %v", len(all), err)
	}
	serial := all[0].SerialHex
	ask := h.asksAbout(t, serial, nil)
	read := func(t *testing.T, resp *http.Response, body []byte) *ocsp.Response {
		t.Helper()
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/ocsp-response" {
			t.Fatalf("%s %s", resp.Status, resp.Header.Get("Content-Type"))
		}
		r, err := ocsp.ParseResponse(body)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	address := func(request []byte) string {
		return "/pki/ocsp/" + url.PathEscape(base64.StdEncoding.EncodeToString(request))
	}
	t.Run("POST", func(t *testing.T) {
		resp, body := h.call(t, "POST", "/pki/ocsp", "application/ocsp-request", ask)
		if r := read(t, resp, body); r.Basic.Singles[0].Status != ocsp.Good || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %+v, %v", r.Basic.Singles[0], resp.Header)
		}
	})
	t.Run("nonce", func(t *testing.T) {
		resp, body := h.call(t, "POST", "/pki/ocsp", "application/ocsp-request", h.asksAbout(t, serial, []byte("n0nce")))
		if r := read(t, resp, body); string(r.Basic.Nonce) != "n0nce" {
			t.Errorf("nonce %q", r.Basic.Nonce)
		}
	})
	t.Run("GET", func(t *testing.T) {
		resp, body := h.call(t, "GET", address(ask), "", nil)
		if r := read(t, resp, body); r.Basic.Singles[0].Status != ocsp.Good || !strings.Contains(resp.Header.Get("Cache-Control"), "max-age=300") || resp.Header.Get("Last-Modified") == "" {
			t.Errorf("got %+v, %v", r.Basic.Singles[0], resp.Header)
		}
		again, _ := h.call(t, "GET", address(ask), "", nil, "If-None-Match", resp.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("the same answer again: %s", again.Status)
		}
		plain, body := h.call(t, "GET", "/pki/ocsp/"+base64.StdEncoding.EncodeToString(ask), "", nil)
		if r := read(t, plain, body); r.Basic == nil || r.Basic.Singles[0].Status != ocsp.Good {
			t.Errorf("unescaped: got %+v", r)
		}
	})
	t.Run("malformed", func(t *testing.T) {
		for _, path := range []string{"/pki/ocsp/%00", "/pki/ocsp/AAAA", "/pki/ocsp/", address(bytes.Repeat([]byte("x"), 6000))} {
			resp, body := h.call(t, "GET", path, "", nil)
			if r := read(t, resp, body); r.Status != ocsp.MalformedRequest || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%.40s: got %s, %v", path, r.Status, resp.Header)
			}
		}
		resp, body := h.call(t, "POST", "/pki/ocsp", "application/ocsp-request", []byte("no"))
		if r := read(t, resp, body); r.Status != ocsp.MalformedRequest {
			t.Errorf("got %s", r.Status)
		}
		if resp, _ := h.call(t, "POST", "/pki/ocsp", "application/ocsp-request", make([]byte, ca.MaxOCSPRequest+1)); resp.StatusCode != 413 {
			t.Errorf("too large: %s", resp.Status)
		}
		if resp, _ := h.call(t, "POST", "/pki/ocsp", "text/plain", ask); resp.StatusCode != 415 {
			t.Errorf("another type: %s", resp.Status)
		}
	})
	t.Run("OpenSSL asks", func(t *testing.T) { h.opensslOCSP(t, all[0], "good") })
	if err := h.seals.Suspend(t.Context(), "operator:test", h.seal.ESID, "test"); err != nil {
		t.Fatal(err)
	}
	t.Run("suspended", func(t *testing.T) {
		resp, body := h.call(t, "GET", address(ask), "", nil)
		if r := read(t, resp, body); r.Basic.Singles[0].Status != ocsp.Revoked || *r.Basic.Singles[0].Reason != ca.ReasonCertificateHold {
			t.Errorf("got %+v", r.Basic.Singles[0])
		}
		h.opensslOCSP(t, all[0], "certificateHold")
	})
}

// opensslOCSP has OpenSSL ask the served responder; it cannot verify SM2
// answers (facts/ca-and-crypto.md 3.1), which ca's tests do.
func (h *house) opensslOCSP(t *testing.T, c ca.Certificate, want string) {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	write := func(name string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out, err := exec.Command(openssl, "ocsp", "-url", h.http.URL+"/pki/ocsp", "-issuer", write("issuer.pem", h.ca.Issuing()), "-sha256",
		"-cert", write("c.pem", c.DER), "-noverify").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(want)) || bytes.Contains(out, []byte("no nonce")) {
		t.Errorf("openssl ocsp: %v, want %q:\n%s", err, want, out)
	}
}

func TestTSAOverHTTP(t *testing.T) {
	h := newHouse(t, Config{})
	data := []byte("示例数据")
	for _, digest := range []string{"-sm3", "-sha256"} {
		t.Run("OpenSSL "+digest, func(t *testing.T) { h.opensslTSA(t, data, digest) })
	}
	sum := gm.SM3(data)
	query, err := (&tsp.Request{HashAlgorithm: gm.OIDSM3, Imprint: sum[:]}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := h.call(t, "POST", "/pki/tsa", "text/plain", query); resp.StatusCode != 415 {
		t.Errorf("another type: %s", resp.Status)
	}
	if resp, _ := h.call(t, "POST", "/pki/tsa", "application/timestamp-query", make([]byte, 5000)); resp.StatusCode != 413 {
		t.Errorf("too large: %s", resp.Status)
	}
	// Time recorded by another process lies ahead of ours.
	if err := h.db.CheckClock(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // the mark is asked for once a second
	_, body := h.call(t, "POST", "/pki/tsa", "application/timestamp-query", query)
	_, err = tsp.ParseResponse(body)
	var no *tsp.Rejected
	if !errors.As(err, &no) || no.Failure != tsp.FailTimeNotAvailable {
		t.Errorf("with the clock set back: %v", err)
	}
}

func (h *house) opensslTSA(t *testing.T, data []byte, digest string) {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	query, err := exec.Command(openssl, "ts", "-query", "-data", file, digest, "-cert").Output()
	if err != nil {
		t.Skipf("this openssl makes no such queries: %v", err)
	}
	resp, body := h.call(t, "POST", "/pki/tsa", "application/timestamp-query", query)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/timestamp-reply" {
		t.Fatalf("%s %s", resp.Status, resp.Header.Get("Content-Type"))
	}
	if err := os.WriteFile(file+".tsr", body, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(openssl, "ts", "-reply", "-in", file+".tsr", "-text").CombinedOutput()
	for _, want := range []string{"Status: Granted.", "Accuracy: 0x01 seconds", "Hash Algorithm: " + digest[1:], "Nonce: 0x"} {
		if err != nil || !bytes.Contains(out, []byte(want)) {
			t.Errorf("openssl ts: %v, no %q:\n%s", err, want, out)
		}
	}
	der, err := tsp.ParseResponse(body)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tsp.ParseToken(der)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(data, nil); err != nil {
		t.Error(err)
	}
}
