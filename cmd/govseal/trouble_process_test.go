// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/api"
)

// stopped holds an order to the answer of a service that cannot seal.
func (w *town) stopped(t *testing.T, s *server, o order) {
	t.Helper()
	res, problem := w.ask(t, s, o)
	if res.StatusCode != 503 || problem.Type != "urn:govseal:problem:sealing-unavailable" || res.Header.Get("Retry-After") == "" {
		t.Errorf("sealing: got %d %s, Retry-After %q, want 503 sealing-unavailable with Retry-After", res.StatusCode, problem.Type, res.Header.Get("Retry-After"))
	}
	if !strings.Contains(problem.Title, "verification goes on") {
		t.Errorf("the answer does not say what goes on: %q", problem.Title)
	}
}

// ask places an order and returns the raw answer and its problem.
func (w *town) ask(t *testing.T, s *server, o order) (*http.Response, api.Problem) {
	t.Helper()
	path, contentType, body := o.request(t, w.seal)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": contentType, "Idempotency-Key": o.key(), "Authorization": "Bearer " + w.tokens[o.App]} {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var p api.Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	return res, p
}

// sealedPDF stamps a PDF and fetches it.
func (w *town) sealedPDF(t *testing.T, s *server) []byte {
	t.Helper()
	o := order{}
	for o.kind() != "pdf" {
		o.N++
	}
	c := w.client(t, s, 0)
	raw, err := o.place(t.Context(), t, c, w.seal)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReceipt(o, raw)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := c.document(t.Context(), r.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// verifies asks the public route for the verdict.
func (s *server) verifies(t *testing.T, document []byte) {
	t.Helper()
	contentType, body := formBody(t, "document", string(document))
	res, err := http.Post(s.url+"/v1/verifications", contentType, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var r struct{ Verdict string }
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil || res.StatusCode != 200 || r.Verdict != "valid" {
		t.Errorf("verification: %s %q, %v, want valid", res.Status, r.Verdict, err)
	}
}

// seals places an order that must succeed.
func (w *town) seals(t *testing.T, s *server, o order) receipt {
	t.Helper()
	raw, err := o.place(t.Context(), t, w.client(t, s, o.App), w.seal)
	if err != nil {
		t.Fatalf("%s: %v", o.key(), err)
	}
	r, err := newReceipt(o, raw)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ready may be asked beside the test: it does not end it.
func (s *server) ready(t *testing.T) (checks map[string]string) {
	t.Helper()
	res, err := http.Get(s.url + "/readyz")
	if err != nil {
		t.Error(err)
		return nil
	}
	defer res.Body.Close()
	var state struct{ Checks map[string]string }
	if err := json.NewDecoder(res.Body).Decode(&state); err != nil {
		t.Error(err)
	}
	return state.Checks
}

// Another process holds the write lock: sealing is stopped and says so,
// verification goes on, and when the lock is gone the same key succeeds.
func TestLockedDatabase(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	sealed := w.sealedPDF(t, s)
	conn, err := w.sql(t).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() { ready <- s.ready(t)["database"] }()
	o := order{N: 1000}
	w.stopped(t, s, o)
	s.verifies(t, sealed)
	if got := <-ready; got != "failed" {
		t.Errorf("readyz: database %q, want failed", got)
	}
	if _, err := conn.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	r := w.seals(t, s, o)
	if got := s.ready(t)["database"]; got != "ok" {
		t.Errorf("readyz: database %q, want ok", got)
	}
	s.kill()
	if findings, _ := w.examine(t, []receipt{r}, 0); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
}

// The clock's mark lies in the future: the clock was set back, or was wrong.
func TestClockBehindItsMark(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	sealed := w.sealedPDF(t, s)
	w.alter(t, `UPDATE clock SET high = high + 3600000`)
	o := order{N: 1000}
	w.stopped(t, s, o)
	s.verifies(t, sealed)
	if log := s.talk.String(); !strings.Contains(log, "clock went backwards") {
		t.Errorf("the log does not say why:\n%s", short(log))
	}
	w.alter(t, `UPDATE clock SET high = high - 3600000`)
	w.seals(t, s, o)
}

// A grant that was written around govseal is not believed, and the service
// says why where its people look.
func TestEditedGrant(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	sealed := w.sealedPDF(t, s)
	w.alter(t, `UPDATE grants SET matters = '["*"]' WHERE id = ?`, w.grant)
	res, problem := w.ask(t, s, order{N: 1000})
	if res.StatusCode < 400 {
		t.Fatalf("a grant edited in the database was honoured: %d", res.StatusCode)
	}
	if strings.Contains(problem.Detail, w.grant) {
		t.Errorf("the answer names the row: %q", problem.Detail)
	}
	if log := s.talk.String(); !strings.Contains(log, "changed outside govseal") || !strings.Contains(log, w.grant) {
		t.Errorf("the log does not name the changed row:\n%s", log)
	}
	s.verifies(t, sealed)
	w.seals(t, s, order{App: 1, N: 1000}) // other applications go on
	if out, talk, status := w.govseal(t, "grant", "list"); status != exitRefused || !strings.Contains(talk, "changed outside govseal") {
		t.Errorf("grant list: status %d\n%s%s", status, out, talk)
	}
	if n := w.strings(t, `SELECT id FROM stamps WHERE application = ?`, w.apps[0].ID); len(n) != 1 {
		t.Errorf("%d stamps of the application, want the one before the change", len(n))
	}
}

// The database's file is moved away under the server: nothing may be
// acknowledged into a file that has no name.
func TestVanishedDatabase(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	w.seals(t, s, order{N: 0})
	w.move(t, "away")
	w.stopped(t, s, order{N: 1000})
	w.move(t, "")
	start := time.Now()
	w.seals(t, s, order{N: 1000})
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("coming back took %v", took)
	}
}

// move renames the database's file away, and with "" back.
func (w *town) move(t *testing.T, away string) {
	t.Helper()
	here, there := filepath.Join(w.dir, databaseFile), filepath.Join(w.dir, "moved.db")
	if away == "" {
		here, there = there, here
	}
	if err := os.Rename(here, there); err != nil {
		t.Fatal(err)
	}
}

// A damaged page that no row of the ledger lies on is found all the same.
func TestDamagedPage(t *testing.T) {
	w := newTown(t, "")
	db := w.sql(t)
	var page, size int64
	if err := db.QueryRow(`SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'grants_seal'`).Scan(&page, &size); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	f, err := os.OpenFile(filepath.Join(w.dir, databaseFile), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0x5a}, 64), page*size-64) // pages count from 1: the end of this one
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if out, talk, status := w.govseal(t, "ledger", "verify"); status != exitRefused || !strings.Contains(talk, "the database file is damaged") {
		t.Errorf("ledger verify: status %d\n%s%s", status, out, talk)
	}
}
