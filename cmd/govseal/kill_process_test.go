// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// rounds of killing: GOVSEAL_ENDURANCE=N for many.
func rounds(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("GOVSEAL_ENDURANCE")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 2
	}
	return 4
}

// A server that is killed at any moment keeps every word it gave: what was
// acknowledged exists, answers the same octets and verifies; what was not can
// be repeated; nothing is given out twice.
func TestKilledServerKeepsItsWord(t *testing.T) {
	w := newTown(t, "")
	people := &customers{town: w, journals: t.TempDir()}
	var acknowledged, repeated, checked int
	// On a busy machine the first rounds may end before the first answer.
	for round := 0; round < rounds(t) || acknowledged == 0 && round < 20; round++ {
		s := w.serve(t)
		witness, err := w.client(t, s, 0).get(t.Context(), "/ledger/checkpoint")
		if err != nil {
			t.Fatal(err)
		}
		wait := 50*time.Millisecond + rand.N(750*time.Millisecond)
		killer := time.AfterFunc(wait, s.kill)
		open := people.work(t.Context(), t, s)
		killer.Stop()
		s.kill()

		w.sound(t, string(witness))
		receipts := readJournals(t, people.journals)
		s = w.serve(t)
		findings := w.repeat(t, s, receipts[acknowledged:], open)
		if code := s.terminate(t); code != 0 {
			t.Errorf("exit status %d", code)
		}
		opened, n := w.examine(t, receipts, checked)
		findings = append(findings, opened...)
		if len(findings) > 0 {
			t.Fatalf("round %d, killed after %v: %q", round, wait, findings[:min(len(findings), 10)])
		}
		t.Logf("round %d: killed after %v; %d acknowledged, %d open", round, wait, len(receipts)-acknowledged, len(open))
		acknowledged, repeated, checked = len(receipts), repeated+len(open), checked+n
	}
	if acknowledged == 0 || repeated == 0 || checked < acknowledged {
		t.Errorf("%d acknowledged, %d repeated, %d checked: nothing was tested", acknowledged, repeated, checked)
	}
}

// repeat asks again what was acknowledged and what was not.
func (w *town) repeat(t *testing.T, s *server, acknowledged []receipt, open []order) (findings []string) {
	t.Helper()
	for _, r := range acknowledged {
		again, err := r.place(t.Context(), t, w.client(t, s, r.App), w.seal)
		if err != nil || !bytes.Equal(again, r.Answer) {
			findings = append(findings, fmt.Sprintf("%s: acknowledged as %s, repeated: %v %s", r.key(), r.ID, err, short(string(again))))
		}
	}
	// A minute passes: the leases of the dead end.
	db := w.sql(t)
	if _, err := db.Exec(`UPDATE intents SET lease_until = lease_until - 60000 WHERE state = 'running'`); err != nil {
		t.Fatal(err)
	}
	for _, o := range open {
		if _, err := o.place(t.Context(), t, w.client(t, s, o.App), w.seal); err != nil {
			findings = append(findings, fmt.Sprintf("%s: not acknowledged, repeated: %v", o.key(), err))
		}
	}
	return findings
}

// examine opens the town and compares it with the applications' journals; the
// stamps from the given one on are verified, and their number returned.
func (w *town) examine(t *testing.T, receipts []receipt, from int) (findings []string, checked int) {
	t.Helper()
	ctx := t.Context()
	c, err := openCity(ctx, w.dir, []byte(storePassphrase))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	findings = append(w.uniqueness(t), c.missing(ctx, receipts)...)
	policy, err := c.policy(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range w.strings(t, `SELECT id FROM stamps ORDER BY seq LIMIT -1 OFFSET ?`, from) {
		checked++
		if problem := c.unsound(ctx, id, policy); problem != nil {
			findings = append(findings, fmt.Sprintf("stamp %s: %v", id, problem))
		}
	}
	return findings, checked
}

// missing names receipts that the city does not honour.
func (c *city) missing(ctx context.Context, receipts []receipt) (findings []string) {
	ids, codes := map[string]bool{}, map[string]bool{}
	for _, r := range receipts {
		if ids[r.ID] || codes[r.Code] {
			findings = append(findings, fmt.Sprintf("%s: id %s or code %s was given out twice", r.key(), r.ID, r.Code))
		}
		ids[r.ID], codes[r.Code] = true, true
		st, err := c.seals.Store().Stamp(ctx, r.ID)
		switch {
		case err != nil:
			findings = append(findings, fmt.Sprintf("%s: %s was acknowledged: %v", r.key(), r.ID, err))
		case !r.saysWhat(st):
			findings = append(findings, fmt.Sprintf("%s: the answer of %s is another now", r.key(), r.ID))
		case hex.EncodeToString(st.Output[:]) != r.Output:
			findings = append(findings, fmt.Sprintf("%s: the output of %s is another now", r.key(), r.ID))
		}
	}
	return findings
}

// saysWhat compares the answer with the record. That of a digest holds the
// signature, too, which the record keeps beside it.
func (r receipt) saysWhat(st seal.Stamp) bool {
	var a seal.Answer
	if st.Kind != seal.KindDigest {
		return bytes.Equal(st.Answer, r.Answer)
	}
	return json.Unmarshal(r.Answer, &a) == nil && bytes.Equal(a.Signature, st.Signature) &&
		bytes.HasPrefix(r.Answer, bytes.TrimSuffix(st.Answer, []byte("}")))
}

// unsound verifies one stamp with the root as anchor; what was given back must
// have the digest that was answered.
func (c *city) unsound(ctx context.Context, id string, policy verify.Policy) error {
	st, err := c.seals.Store().Stamp(ctx, id)
	if err != nil {
		return err
	}
	content, document := st.Signature, verify.Document{}
	if st.Kind == seal.KindDigest {
		document.Digest = st.Document[:]
	} else {
		f, err := c.seals.File(ctx, st.Output)
		if err != nil {
			return err
		}
		content, err = io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	if gm.SM3(content) != st.Output {
		return errors.New("what was given back has another digest")
	}
	document.ReaderAt, document.Size = bytes.NewReader(content), int64(len(content))
	report, err := verify.Verify(ctx, document, policy)
	if err != nil {
		return err
	}
	if report.Verdict != verify.Valid {
		return fmt.Errorf("the verdict is %s", report.Verdict)
	}
	return nil
}

// uniqueness asks the database itself: one row a name, one leaf a stamp.
func (w *town) uniqueness(t *testing.T) (findings []string) {
	t.Helper()
	for what, query := range map[string]string{
		"shared stamp id":          `SELECT id FROM stamps GROUP BY id HAVING count(*) > 1`,
		"shared code":              `SELECT code FROM stamps WHERE code <> '' GROUP BY code HAVING count(*) > 1`,
		"shared idempotency key":   `SELECT idempotency_key FROM intents GROUP BY application, idempotency_key HAVING count(*) > 1`,
		"stamp without one leaf":   `SELECT id FROM stamps WHERE (SELECT count(*) FROM ledger_entries WHERE kind = 'stamp' AND object = stamps.id) <> 1`,
		"leaf without a stamp":     `SELECT object FROM ledger_entries WHERE kind = 'stamp' AND object NOT IN (SELECT id FROM stamps)`,
		"stamp without an intent":  `SELECT id FROM stamps WHERE id NOT IN (SELECT stamp FROM intents WHERE state = 'finished')`,
		"intent that never ends":   `SELECT stamp FROM intents WHERE state <> 'finished'`,
		"decision without a stamp": `SELECT id FROM decisions WHERE id NOT IN (SELECT decision FROM stamps WHERE decision IS NOT NULL)`,
	} {
		for _, found := range w.strings(t, query) {
			findings = append(findings, what+": "+found)
		}
	}
	slices.Sort(findings)
	return findings
}

func (w *town) strings(t *testing.T, query string, args ...any) (all []string) {
	t.Helper()
	db := w.sql(t)
	defer db.Close()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}
