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
	"strings"
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

// TestKilledCeremony kills the process with SIGKILL after everything was signed
// and written and before it is known: the transaction at the end is held back
// by a trigger so that the blow falls there.
func TestKilledCeremony(t *testing.T) {
	w := newTown(t, "")
	folder := t.TempDir()
	file, digest := openWindow(t, folder, "east.yaml")
	secret := filepath.Join(folder, "root.pass")
	if err := os.WriteFile(secret, []byte(rootPassphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	db := w.sql(t)
	if _, err := db.Exec(`CREATE TRIGGER stall BEFORE INSERT ON authorities BEGIN
		SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000000) SELECT i FROM n); END`); err != nil {
		t.Fatal(err)
	}
	hold := []string{"ca", "ceremony", file, "--reviewed", digest, "--issuer-passphrase-file", secret}
	c := w.command(t, "govseal", hold...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	planned := w.waitForPlanned(t)
	for range 200 { // the last file before the transaction
		if exists(filepath.Join(folder, "east"+signatureSuffix)) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed, as it should be
	if _, err := db.Exec(`DROP TRIGGER stall`); err != nil {
		t.Fatal(err)
	}
	db.Close()

	out, talk, _ := w.govseal(t, "ca", "show")
	if strings.Contains(out, "east") || !strings.Contains(talk, "1 certificates were planned and never completed") {
		t.Errorf("after the kill: %s%s", out, talk)
	}
	second := t.TempDir()
	out, talk, status := w.govseal(t, append(hold, "--out", second)...)
	if status != 0 || strings.Contains(out, planned) || !strings.Contains(talk, "not finished; nothing of that attempt is served") || !strings.Contains(talk, planned) {
		t.Errorf("the next attempt: status %d\n%s%s", status, out, talk)
	}
	if out, _, _ := w.govseal(t, "ca", "show"); !strings.Contains(out, "east") {
		t.Errorf("not served after it was held: %s", out)
	}
	w.sound(t, "")
}
