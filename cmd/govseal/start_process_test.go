// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// The tests in the *_process_test.go files run govseal as processes of their
// own (TestMain puts the program on PATH) and treat them as the world does:
// they kill, stop and starve them, and look at what is left.

// town is a city on disk that no process has open, with what its ten
// applications need to know.
type town struct {
	dir    string
	seal   string
	apps   []registry.Application
	tokens []string
	grant  string // of the first application

	passphraseFile string // "" for one with storePassphrase
}

const (
	townApps     = 10
	customerApps = 8 // of them order; the others are for tests
)

// firstTown makes the town that all process tests copy, once.
var firstTown = sync.OnceValues(func() (*town, error) {
	base, err := os.MkdirTemp("", "govseal-town-")
	if err != nil {
		return nil, err
	}
	atEnd = append(atEnd, func() { os.RemoveAll(base) })
	w := &town{dir: filepath.Join(base, "city")}
	return w, w.settle(context.Background())
})

func (w *town) settle(ctx context.Context) error {
	const actor = "operator:test"
	c, err := createCity(ctx, founding{dir: w.dir, config: Config{Name: "示例市", URL: "https://seal.example"}, actor: actor,
		passphrase: []byte(storePassphrase), rootPassphrase: []byte(rootPassphrase)})
	if err != nil {
		return err
	}
	defer c.Close()
	d, err := c.registry.AddDepartment(ctx, actor, registry.Department{Name: "示例市行政审批局", CreditCode: townCreditCode, AreaCode: demoArea})
	if err != nil {
		return err
	}
	made, err := c.seals.Make(ctx, seal.MakeRequest{Actor: actor, Department: d.ID})
	if err != nil {
		return err
	}
	w.seal = made.ESID
	for i := range townApps {
		app, token, err := c.registry.AddApplication(ctx, actor, fmt.Sprintf("示例平台%d", i+1))
		if err != nil {
			return err
		}
		g, err := c.registry.AddGrant(ctx, actor, registry.Grant{
			Application: app.ID, Seal: w.seal, Matters: []string{demoMatter}, Kinds: []string{"pdf", "decision", "digest"},
			NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().AddDate(0, 1, 0),
		})
		if err != nil {
			return err
		}
		if i == 0 {
			w.grant = g.ID
		}
		w.apps, w.tokens = append(w.apps, app), append(w.tokens, token)
	}
	return nil
}

const townCreditCode = "11990100000000001M"

// newTown copies the town into dir, "" for a folder of the test's own.
func newTown(t *testing.T, dir string) *town {
	t.Helper()
	first, err := firstTown()
	if err != nil {
		t.Fatal(err)
	}
	if dir == "" {
		dir = t.TempDir()
	}
	w := *first
	w.dir = filepath.Join(dir, "city")
	if err := os.CopyFS(w.dir, os.DirFS(first.dir)); err != nil {
		t.Fatal(err)
	}
	return &w
}

// command is govseal as a process, in the town's name.
func (w *town) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	pass := w.passphraseFile
	if pass == "" {
		pass = filepath.Join(t.TempDir(), "store.pass")
		if err := os.WriteFile(pass, []byte(storePassphrase+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "GOVSEAL_DIR="+w.dir, "GOVSEAL_OPERATOR=zhang", "GOVSEAL_PASSPHRASE_FILE="+pass)
	return c
}

// govseal runs a command to its end and returns what it said and its status.
func (w *town) govseal(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	c := w.command(t, "govseal", args...)
	var out, talk bytes.Buffer
	c.Stdout, c.Stderr = &out, &talk
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), talk.String(), c.ProcessState.ExitCode()
}

// sql opens the database around govseal, as its administrator could.
func (w *town) sql(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, databaseFile)+"?mode=rw&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// alter runs one statement around govseal, and fails if it changes no row.
func (w *town) alter(t *testing.T, statement string, args ...any) {
	t.Helper()
	db := w.sql(t)
	defer db.Close()
	result, err := db.Exec(statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed %d rows, %v", statement, n, err)
	}
}

// server is a running "govseal serve".
type server struct {
	*exec.Cmd
	url    string
	talk   *talk
	exited chan struct{}
	err    error // of Wait, after exited
}

// talk collects what a process writes to stderr.
type talk struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (k *talk) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.Write(p)
}

func (k *talk) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.String()
}

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)\n`)

// serve starts a server on a free port and waits until it listens.
func (w *town) serve(t *testing.T) *server { return w.serveAs(t, "govseal") }

func (w *town) serveAs(t *testing.T, name string) *server {
	t.Helper()
	s := &server{Cmd: w.command(t, name, "serve", "--listen", "127.0.0.1:0"), talk: &talk{}, exited: make(chan struct{})}
	s.Stderr = s.talk
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.err = s.Wait(); close(s.exited) }()
	t.Cleanup(func() { s.kill() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if m := listening.FindStringSubmatch(s.talk.String()); m != nil {
			s.url = "http://" + m[1]
			return s
		}
		select {
		case <-s.exited:
			t.Fatalf("the server ended: %v\n%s", s.err, s.talk)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not listen:\n%s", s.talk)
		}
	}
}

// kill ends the server as a crash does: nothing of it runs any more.
func (s *server) kill() {
	_ = s.Process.Kill() // it may have ended already
	<-s.exited
}

// terminate asks the server to stop and returns its exit status.
func (s *server) terminate(t *testing.T) int {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(40 * time.Second):
		t.Fatalf("the server does not stop:\n%s", s.talk)
	}
	return s.ProcessState.ExitCode()
}

// client speaks for one of the town's applications.
func (w *town) client(t *testing.T, s *server, app int) *client {
	t.Helper()
	c, err := newClient(s.url, w.tokens[app])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sound holds the whole town to its word: the ledger replays, and continues
// the checkpoint that was kept outside.
func (w *town) sound(t *testing.T, since string) {
	t.Helper()
	args := []string{"ledger", "verify"}
	if since != "" {
		note := filepath.Join(t.TempDir(), "note")
		if err := os.WriteFile(note, []byte(since), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--since", note)
	}
	if out, talk, status := w.govseal(t, args...); status != 0 {
		t.Errorf("ledger verify: status %d\n%s%s", status, out, talk)
	}
	var verdict string
	db := w.sql(t)
	defer db.Close()
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %s, %v", verdict, err)
	}
}

func short(s string) string { return strings.TrimSpace(s[:min(len(s), 600)]) }
