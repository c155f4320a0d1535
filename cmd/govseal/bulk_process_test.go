// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/bulk"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/registry"
)

const bulkRows = 60

// TestBulkSurvivesKill: a run that is killed at any moment is taken up by
// running the same file again; every row has one certificate in the end.
func TestBulkSurvivesKill(t *testing.T) {
	w := newTown(t, "")
	file, out := filepath.Join(w.dir, "people.csv"), filepath.Join(w.dir, "issued")
	w.people(t, file)
	kills, began := 0, time.Now()
	for ; kills < 3; kills++ {
		// Each run is killed as soon as it has issued a little more.
		target := len(w.certificates(t)) + 5 + 4*kills
		cmd := w.command(t, "govseal", "ca", "bulk", file, "--out", out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if !w.waitForCertificates(t, target, ended) {
			break // it was faster
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-ended
	}
	if stdout, stderr, code := w.govseal(t, "ca", "bulk", file, "--out", out); code != 0 {
		t.Fatalf("the last run: %d %s %s", code, stdout, stderr)
	}
	if kills == 0 {
		t.Fatal("no run was killed: nothing was tested")
	}
	t.Logf("%d kills, %v", kills, time.Since(began))
	w.checkBulk(t, out)
}

// people adds officers and writes the file that asks for their certificates.
func (w *town) people(t *testing.T, file string) {
	t.Helper()
	c, err := openCity(t.Context(), w.dir, []byte(storePassphrase))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	all, err := c.registry.Store().Departments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("profile,officer\r\n")
	for i := range bulkRows {
		number := fmt.Sprintf("B-%04d", i)
		if _, err := c.registry.AddOfficer(t.Context(), "operator:test", registry.Officer{Department: all[0].ID, Name: "示例人员", StaffNo: number}); err != nil {
			t.Fatal(err)
		}
		b.WriteString("officer," + number + "\r\n")
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificates of bulk rows that are recorded as complete, by row.
func (w *town) certificates(t *testing.T) []string {
	t.Helper()
	return w.strings(t, `SELECT batch FROM certificates WHERE batch <> '' AND status <> 'planned'`)
}

// waitForCertificates waits until so many are recorded; false when the run
// ended before.
func (w *town) waitForCertificates(t *testing.T, n int, ended <-chan error) bool {
	t.Helper()
	for range 6000 {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
		if len(w.certificates(t)) >= n {
			return true
		}
	}
	t.Fatal("the run issues nothing")
	return false
}

// checkBulk compares database, files and report.
func (w *town) checkBulk(t *testing.T, out string) {
	t.Helper()
	seen := map[string]bool{}
	for _, row := range w.certificates(t) {
		if seen[row] {
			t.Errorf("row %s has two certificates", row)
		}
		seen[row] = true
	}
	if len(seen) != bulkRows {
		t.Errorf("%d rows have a certificate, want %d", len(seen), bulkRows)
	}
	raw, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report bulk.Report
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	if report.Issued+report.Earlier != bulkRows || report.Earlier == 0 || len(report.Rows) != bulkRows {
		t.Errorf("report: %d issued, %d earlier, %d rows", report.Issued, report.Earlier, len(report.Rows))
	}
	for _, r := range report.Rows {
		pem, err := readCertificates(filepath.Join(out, r.File))
		if err != nil {
			t.Fatal(err)
		}
		c, err := cert.Parse(pem[0])
		if err != nil || c.Serial.Text(16) != r.Serial || c.Subject.Get(cert.OIDSerialNumber) != fmt.Sprintf("B-%04d", r.Line-2) {
			t.Errorf("line %d: %s holds %v, %v", r.Line, r.File, c.Subject, err)
		}
	}
	stdout, stderr, code := w.govseal(t, "ledger", "verify")
	if code != 0 {
		t.Errorf("ledger verify: %d %s %s", code, stdout, stderr)
	}
}
