// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stopWithin stops the server between intent and result of an order, where
// nothing but its own work holds it: an order is sent and the process stopped
// as soon as the intent is there, until it is caught in time. The server is
// left stopped; the answer comes on the channel if the process goes on.
func (w *town) stopWithin(t *testing.T, s *server) (o order, stamp string, answered <-chan error) {
	t.Helper()
	db := w.sql(t)
	for try := range 200 {
		o = order{App: 1, N: 10_000 + try*len(orderKinds)}
		for o.kind() != "decision" { // the longest way from intent to result
			o.N++
		}
		done := make(chan error, 1)
		go func() {
			_, err := o.place(context.WithoutCancel(t.Context()), t, w.client(t, s, o.App), w.seal)
			done <- err
		}()
		if waitForIntent(t, db, o, done) {
			w.signal(t, s, syscall.SIGSTOP)
			if stamp = runningStamp(t, db, o); stamp != "" && unlocked(t, db) {
				return o, stamp, done
			}
			w.signal(t, s, syscall.SIGCONT)
		}
		if err := <-done; err != nil {
			t.Fatalf("%s: %v", o.key(), err)
		}
	}
	t.Fatal("the server could not be stopped between intent and result")
	return o, "", nil
}

// waitForIntent returns as soon as the intent is written, false when the
// answer was first.
func waitForIntent(t *testing.T, db *sql.DB, o order, done chan error) bool {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if runningStamp(t, db, o) != "" {
			return true
		}
		select {
		case err := <-done:
			done <- err
			return false
		default:
		}
	}
	t.Fatal("neither intent nor answer")
	return false
}

func runningStamp(t *testing.T, db *sql.DB, o order) (stamp string) {
	t.Helper()
	err := db.QueryRow(`SELECT stamp FROM intents WHERE idempotency_key = ? AND state = 'running'`, o.key()).Scan(&stamp)
	if err != nil && err != sql.ErrNoRows { //nolint:errorlint // database/sql returns it bare
		t.Fatal(err)
	}
	return stamp
}

// unlocked reports whether the stopped process holds no lock on the database.
func unlocked(t *testing.T, db *sql.DB) bool {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		return false
	}
	_, err = conn.ExecContext(t.Context(), `ROLLBACK`)
	return err == nil
}

func (w *town) signal(t *testing.T, s *server, sig os.Signal) {
	t.Helper()
	if err := s.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	if sig == syscall.SIGSTOP {
		time.Sleep(20 * time.Millisecond) // until every thread stands still
	}
}

// leaseEnds lets a minute pass for one stamp: really, when there is time.
func (w *town) leaseEnds(t *testing.T, stamp string) {
	t.Helper()
	if os.Getenv("GOVSEAL_ENDURANCE") != "" {
		time.Sleep(61 * time.Second)
		return
	}
	w.alter(t, `UPDATE intents SET lease_until = lease_until - 60000 WHERE stamp = ?`, stamp)
}

// attempts returns attempt and state of a stamp's intent, and how many stamps
// and leaves it became.
func (w *town) attempts(t *testing.T, stamp string) (attempt int, state string, stamps, leaves int) {
	t.Helper()
	db := w.sql(t)
	defer db.Close()
	err := db.QueryRow(`SELECT attempt, state, (SELECT count(*) FROM stamps WHERE id = stamp),
		(SELECT count(*) FROM ledger_entries WHERE kind = 'stamp' AND object = stamp) FROM intents WHERE stamp = ?`, stamp).
		Scan(&attempt, &state, &stamps, &leaves)
	if err != nil {
		t.Fatal(err)
	}
	return attempt, state, stamps, leaves
}

// A server killed between intent and result: the next one says what is left,
// touches no live lease, and a repetition takes over as attempt 2.
func TestKilledBetweenIntentAndResult(t *testing.T) {
	w := newTown(t, "")
	s := w.serve(t)
	o, stamp, _ := w.stopWithin(t, s)
	s.kill()

	s = w.serve(t)
	if strings.Contains(s.talk.String(), stamp) {
		t.Error("start-up reports a stamp whose lease is alive")
	}
	_, err := o.place(t.Context(), t, w.client(t, s, o.App), w.seal)
	wantProblem(t, err, 409, "in-progress")
	s.kill()

	w.leaseEnds(t, stamp)
	s = w.serve(t)
	if !strings.Contains(s.talk.String(), "unfinished stamp "+stamp) {
		t.Errorf("start-up does not report the unfinished stamp:\n%s", s.talk)
	}
	raw, err := o.place(t.Context(), t, w.client(t, s, o.App), w.seal)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReceipt(o, raw)
	if err != nil || r.ID != stamp {
		t.Errorf("the retry became stamp %s, %v, want %s", r.ID, err, stamp)
	}
	if attempt, state, stamps, leaves := w.attempts(t, stamp); attempt != 2 || state != "finished" || stamps != 1 || leaves != 1 {
		t.Errorf("attempt %d %s, %d stamps, %d leaves; want attempt 2 finished, one each", attempt, state, stamps, leaves)
	}
	if got := w.strings(t, `SELECT act FROM ledger_entries WHERE object = ? AND act = 'stamp.retry'`, stamp); len(got) != 1 {
		t.Errorf("the audit log holds %d retries", len(got))
	}
	if findings, _ := w.examine(t, []receipt{r}, 0); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
	w.sound(t, "")
}

// A server that stood still past its lease and wakes up (a zombie): another
// one has taken the request over, and the first releases nothing.
func TestZombieServerReleasesNothing(t *testing.T) {
	w := newTown(t, "")
	zombie := w.serve(t)
	o, stamp, answered := w.stopWithin(t, zombie)
	w.leaseEnds(t, stamp)

	s := w.serve(t)
	raw, err := o.place(t.Context(), t, w.client(t, s, o.App), w.seal)
	if err != nil {
		t.Fatal(err)
	}
	w.signal(t, zombie, syscall.SIGCONT)
	wantProblem(t, <-answered, 409, "in-progress") // asked again it gets the answer
	again, err := o.place(t.Context(), t, w.client(t, zombie, o.App), w.seal)
	if err != nil || string(again) != string(raw) {
		t.Errorf("the zombie answers %v %s, want the other's answer", err, short(string(again)))
	}
	if attempt, state, stamps, leaves := w.attempts(t, stamp); attempt != 2 || state != "finished" || stamps != 1 || leaves != 1 {
		t.Errorf("attempt %d %s, %d stamps, %d leaves; want attempt 2 finished, one each", attempt, state, stamps, leaves)
	}
	zombie.kill()
	s.kill()
	r, err := newReceipt(o, raw)
	if err != nil {
		t.Fatal(err)
	}
	if findings, _ := w.examine(t, []receipt{r}, 0); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
	w.sound(t, "")
}
