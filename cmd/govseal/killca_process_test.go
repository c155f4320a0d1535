// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestKilledIssue kills an issuing process with SIGKILL after the to-be-signed
// octets are durable and before the certificate is. A trigger holds the second
// transaction back so that the blow falls there every time.
func TestKilledIssue(t *testing.T) {
	w := newTown(t, "")
	db := w.sql(t)
	if _, err := db.Exec(`CREATE TRIGGER stall BEFORE UPDATE OF der ON certificates BEGIN
		SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000000) SELECT i FROM n); END`); err != nil {
		t.Fatal(err)
	}
	c := w.command(t, "govseal", "ca", "issue", "department", "--department", townCreditCode)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	planned := w.waitForPlanned(t)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed, as it should be
	if _, err := db.Exec(`DROP TRIGGER stall`); err != nil {
		t.Fatal(err)
	}
	db.Close()

	if _, talk, _ := w.govseal(t, "ca", "show"); !strings.Contains(talk, "1 certificates were planned and never completed") {
		t.Errorf("the next start does not report it: %s", talk)
	}
	out, talk, status := w.govseal(t, "ca", "issue", "department", "--department", townCreditCode, "--json")
	if status != 0 || strings.Contains(out, planned) {
		t.Errorf("issue anew: status %d, serial used again: %v\n%s", status, strings.Contains(out, planned), talk)
	}
	if _, talk, status := w.govseal(t, "ca", "revoke", planned, "--note", "断电"); status != 0 {
		t.Errorf("revoke the planned certificate: %s", talk)
	}
	out, _, _ = w.govseal(t, "ca", "list", "--status", "revoked", "--json")
	var revoked []struct{ Serial string }
	if err := json.Unmarshal([]byte(out), &revoked); err != nil || len(revoked) != 1 || revoked[0].Serial != planned {
		t.Errorf("revoked: %s, %v", out, err)
	}
	w.sound(t, "")
}

// waitForPlanned waits until the serial and octets of a certificate are there.
func (w *town) waitForPlanned(t *testing.T) (serial string) {
	t.Helper()
	for range 600 {
		if all := w.strings(t, `SELECT serial FROM certificates WHERE status = 'planned'`); len(all) > 0 {
			time.Sleep(100 * time.Millisecond) // the second transaction is in its trigger by now
			return all[0]
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("nothing was planned")
	return ""
}
