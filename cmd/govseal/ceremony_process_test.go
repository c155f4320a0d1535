// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
)

// A server that was running before the ceremony publishes the new CA, its list
// and the status of what it issued, without a restart.
func TestServerNoticesCeremony(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	if status, _ := fetchPKI(t, s, "/pki/east.crt", nil); status != http.StatusNotFound {
		t.Fatalf("before the ceremony: status %d", status)
	}
	folder := t.TempDir()
	file, digest := openWindow(t, folder, "east.yaml")
	secret := filepath.Join(folder, "root.pass")
	if err := os.WriteFile(secret, []byte(rootPassphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"ca", "ceremony", file, "--reviewed", digest, "--issuer-passphrase-file", secret},
		{"dept", "add", "示例市东区教育局", "--credit-code", "11990100MB1000029U", "--area", "990102"},
		{"ca", "issue", "department", "--department", "示例市东区教育局", "--ca", "east", "-o", filepath.Join(folder, "leaf.pem")},
	} {
		if out, talk, status := w.govseal(t, args...); status != 0 {
			t.Fatalf("%q: status %d\n%s%s", args, status, out, talk)
		}
	}
	_, published := fetchPKI(t, s, "/pki/east.crt", nil)
	issuer, err := cert.Parse(published)
	if err != nil || issuer.Subject.Get(cert.OIDOrganization) != "示例市东区" {
		t.Fatalf("the new CA: %v, %v", issuer, err)
	}
	_, list := fetchPKI(t, s, "/pki/east.crl", nil)
	crl, err := cert.ParseCRL(list)
	if err != nil || crl.CheckSignature(issuer.PublicKey) != nil {
		t.Errorf("the new CA's list: %v", err)
	}
	leaf := readPEM(t, filepath.Join(folder, "leaf.pem"))
	id, err := ocsp.NewCertID(gm.OIDSM3, issuer.RawSubject, issuer.RawSPKI, leaf.Serial)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := (&ocsp.Request{Items: []ocsp.Item{{ID: id}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	_, answer := fetchPKI(t, s, "/pki/ocsp", ask)
	r, err := ocsp.ParseResponse(answer)
	if err != nil || r.Basic == nil || r.Basic.Singles[0].Status != ocsp.Good {
		t.Errorf("status of what it issued: %+v, %v", r, err)
	}
	if code := s.terminate(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// fetchPKI asks a publication point; a body makes it a POST.
func fetchPKI(t *testing.T, s *server, path string, body []byte) (int, []byte) {
	t.Helper()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/ocsp-request")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, data
}

// openWindow copies an example into a folder with a window that is open now,
// and returns its path and SM3.
func openWindow(t *testing.T, folder, name string) (path, digest string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs/ceremonies", name))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	text = windowLine.ReplaceAll(text, []byte("window: {from: "+now.Add(-time.Hour).Format(time.RFC3339)+", until: "+now.Add(time.Hour).Format(time.RFC3339)+"}"))
	path = filepath.Join(folder, name)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	d := gm.SM3(text)
	return path, hex.EncodeToString(d[:])
}

func readPEM(t *testing.T, path string) *cert.Certificate {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s holds no PEM", path)
	}
	c, err := cert.Parse(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
