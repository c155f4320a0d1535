// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Commands beside a running server append leaves of their own; the ledger
// stays one.
func TestCommandsBesideServer(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	before, err := w.client(t, s, 0).get(t.Context(), "/ledger/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	people := &customers{town: w, journals: t.TempDir()}
	ctx, stop := context.WithCancel(t.Context())
	open := make(chan []order, 1)
	go func() { open <- people.work(ctx, t, s) }()
	commands := [][]string{
		{"dept", "add", "示例市教育局", "--credit-code", "11990100MB1000029U", "--area", demoArea},
		{"officer", "add", "李示例", "--department", "示例市教育局", "--staff-no", "A-0018"},
		{"ca", "crl"},
		{"app", "suspend", w.apps[8].ID, "--reason", "示例"},
		{"app", "resume", w.apps[8].ID, "--reason", "示例"},
	}
	for _, args := range commands {
		if out, talk, status := w.govseal(t, args...); status != 0 {
			t.Errorf("%q beside the server: status %d\n%s%s", args, status, out, talk)
		}
	}
	// The server knows at once what another process did.
	o := order{App: 9, N: 500_000}
	if out, talk, status := w.govseal(t, "app", "suspend", w.apps[9].ID, "--reason", "示例"); status != 0 {
		t.Errorf("suspend: status %d\n%s%s", status, out, talk)
	}
	_, err = o.place(t.Context(), t, w.client(t, s, o.App), w.seal)
	wantProblem(t, err, 401, "unauthenticated")
	if out, talk, status := w.govseal(t, "app", "resume", w.apps[9].ID, "--reason", "示例"); status != 0 {
		t.Errorf("resume: status %d\n%s%s", status, out, talk)
	}
	stop()
	<-open
	if code := s.terminate(t); code != 0 {
		t.Errorf("exit status %d", code)
	}
	receipts := readJournals(t, people.journals)
	if len(receipts) == 0 {
		t.Error("nothing was stamped meanwhile")
	}
	if findings, _ := w.examine(t, receipts, 0); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
	w.sound(t, string(before))
	for _, act := range []string{"department.add", "officer.add"} {
		if got := w.strings(t, `SELECT object FROM ledger_entries WHERE act = ? AND actor = 'operator:zhang'`, act); len(got) != 1 {
			t.Errorf("%d entries %s, want 1", len(got), act)
		}
	}
}

// SIGTERM: no new connections, the request under way is answered, exit 0.
func TestServerDrains(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	o := order{App: 0, N: 0}
	path, contentType, body := o.request(t, w.seal)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: seal.example\r\nAuthorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		path, w.tokens[o.App], o.key(), contentType, len(body))
	if _, err := conn.Write(body[:len(body)/2]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // the server is reading the body now
	code := make(chan int, 1)
	go func() { code <- s.terminate(t) }()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		again, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break
		}
		again.Close()
		if time.Now().After(deadline) {
			t.Fatal("the server still accepts connections")
		}
	}
	if _, err := conn.Write(body[len(body)/2:]); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("%v, %s %s", err, res.Status, short(string(answer)))
	}
	if got := <-code; got != 0 {
		t.Errorf("exit status %d\n%s", got, s.talk)
	}
	r, err := newReceipt(o, answer)
	if err != nil {
		t.Fatal(err)
	}
	if findings, _ := w.examine(t, []receipt{r}, 0); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
}

// A backup is taken while the server works. Restored it is a whole city; it
// does not go back behind a checkpoint kept outside unless told to.
func TestBackupOfLiveServer(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	people := &customers{town: w, journals: t.TempDir()}
	ctx, stop := context.WithCancel(t.Context())
	open := make(chan []order, 1)
	go func() { open <- people.work(ctx, t, s) }()
	waitForReceipts(t, people.journals, 1)
	outside := t.TempDir()
	tar := filepath.Join(outside, "city.tar")
	acknowledged := readJournals(t, people.journals)
	if out, talk, status := w.govseal(t, "backup", tar); status != 0 {
		t.Fatalf("backup: status %d\n%s%s", status, out, talk)
	}
	waitForReceipts(t, people.journals, len(acknowledged)+20) // life goes on
	stop()
	<-open
	witness, err := w.client(t, s, 0).get(t.Context(), "/ledger/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	s.kill()
	note := filepath.Join(outside, "witness.note")
	if err := os.WriteFile(note, witness, 0o600); err != nil {
		t.Fatal(err)
	}

	again := *w
	again.dir = filepath.Join(outside, "refused")
	if out, talk, status := again.govseal(t, "restore", tar, "--since", note); status != exitRefused || !strings.Contains(talk, "would be lost") {
		t.Errorf("restore behind the checkpoint: status %d\n%s%s", status, out, talk)
	}
	if _, err := os.Stat(filepath.Join(again.dir, configFile)); err == nil {
		t.Error("a refused restoration left a city")
	}
	again.dir = filepath.Join(outside, "accepted")
	if out, talk, status := again.govseal(t, "restore", tar, "--since", note, "--accept-loss"); status != 0 {
		t.Fatalf("restore --accept-loss: status %d\n%s%s", status, out, talk)
	}
	again.sound(t, "")
	// All that was acknowledged before the backup began is in it and verifies.
	c, err := openCity(t.Context(), again.dir, []byte(storePassphrase))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if findings := c.missing(t.Context(), acknowledged); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
	policy, err := c.policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range again.strings(t, `SELECT id FROM stamps`) {
		if err := c.unsound(t.Context(), id, policy); err != nil {
			t.Errorf("stamp %s: %v", id, err)
		}
	}
	// And it serves.
	s = again.serve(t)
	o := order{App: 0, N: 900_000}
	if _, err := o.place(t.Context(), t, again.client(t, s, 0), again.seal); err != nil {
		t.Errorf("stamping in the restored city: %v", err)
	}
}

func waitForReceipts(t *testing.T, dir string, n int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		paths, err := filepath.Glob(filepath.Join(dir, "app-*.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(raw, []byte("\n"))
		}
		if lines >= n {
			return
		}
	}
	t.Fatalf("no %d receipts", n)
}
