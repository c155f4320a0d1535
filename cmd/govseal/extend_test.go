// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// smallPDF is one empty page, offsets right.
func smallPDF() []byte {
	b := []byte("%PDF-1.7\n")
	var at []int
	for _, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
	} {
		at = append(at, len(b))
		b = append(b, itoa(len(at))+" 0 obj\n"+o+"\nendobj\n"...)
	}
	start := len(b)
	b = append(b, "xref\n0 4\n0000000000 65535 f \n"...)
	for _, n := range at {
		row := "000000000" + itoa(n)
		b = append(b, row[len(row)-10:]+" 00000 n \n"...)
	}
	return append(b, "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n"+itoa(start)+"\n%%EOF\n"...)
}

func TestExtendThroughTheService(t *testing.T) {
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	answer, err := c.stampPDF(t.Context(), "k1", h.request(), smallPDF())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := c.document(t.Context(), answer.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out, token := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf"), filepath.Join(dir, "token")
	for name, content := range map[string][]byte{in: sealed, token: []byte(h.token)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	extend := func(args ...string) (status int, stdout, stderr string) {
		var a, b bytes.Buffer
		args = append([]string{"extend", "--server", h.http.URL, "--token-file", token, "--json"}, args...)
		return run(t.Context(), args, strings.NewReader(""), &a, &b), a.String(), b.String()
	}
	status, stdout, stderr := extend(in, "-o", out)
	var result extensionResult
	if err := json.Unmarshal([]byte(stdout), &result); err != nil || status != exitOK || result.Level != "LTA" || result.TimeStamps != "1" {
		t.Fatalf("status %d, %s%s", status, stdout, stderr)
	}
	extended, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(extended, sealed) {
		t.Fatalf("the original is not kept, %v", err)
	}
	// The root alone is trusted, and nothing lies beside the file.
	r, err := verify.Verify(t.Context(), verify.Document{ReaderAt: bytes.NewReader(extended), Size: int64(len(extended))},
		verify.Policy{Time: time.Now().Add(time.Minute), Anchors: [][]byte{h.ca.Root()}, Arc: h.arc})
	if err != nil || r.Verdict != verify.Valid || r.Stamps[0].Level != "LTA" {
		t.Fatalf("%v, %+v", err, r)
	}

	plain := filepath.Join(dir, "plain.pdf")
	if err := os.WriteFile(plain, smallPDF(), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := extend(plain, "-o", filepath.Join(dir, "x.pdf")); status == exitOK || !strings.Contains(stderr, seal.ReasonUnsealed) {
		t.Errorf("status %d, %s", status, stderr)
	}
	// Supplied evidence that cannot be read is named; what belongs to nothing stays out.
	root, wrong, second := filepath.Join(dir, "root.crt"), filepath.Join(dir, "wrong.crl"), filepath.Join(dir, "second.pdf")
	for name, content := range map[string][]byte{root: h.ca.Root(), wrong: []byte("no list")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if status, _, stderr := extend(in, "-o", second, "--crl", wrong); status == exitOK || !strings.Contains(stderr, "revocation list 1") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if status, _, stderr := extend(in, "-o", second, "--untrusted", root); status != exitOK {
		t.Errorf("status %d, %s", status, stderr)
	}
	if status, _, _ := extend(in, "-o", second, "--untrusted", root, "--evidence", root); status != exitUsage {
		t.Errorf("status %d for evidence given twice", status)
	}
	if status, _, _ := extend(in, "-o", filepath.Join(dir, "y.pdf"), "--level", "X"); status != exitUsage {
		t.Errorf("status %d for an unknown level", status)
	}
	if res, _ := h.call(t, "POST", "/v1/extensions", "application/json", nil); res.StatusCode != 401 {
		t.Errorf("without a token: %d", res.StatusCode)
	}
}
