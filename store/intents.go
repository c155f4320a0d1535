// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// keyLife is how long an Idempotency-Key is remembered.
const keyLife = 7 * 24 * time.Hour

// States of an intent.
const (
	running  = "running"
	finished = "finished"
	failed   = "failed"
)

// intentRow is what an idempotency key leads to.
type intentRow struct {
	stamp       string
	fingerprint []byte
	state       string
	attempt     int
	created     int64
	leaseUntil  int64
}

// RecordIntent answers a denial only after its audit entry is committed.
func (s sealRows) RecordIntent(ctx context.Context, i seal.Intent) (seal.Admission, error) {
	i.Now = whole(i.Now)
	var a seal.Admission
	var denied *registry.Denied
	err := s.db.write(ctx, func(ctx context.Context, t *tx) error {
		a, denied = seal.Admission{}, nil
		err := s.admit(ctx, t, i, &a)
		if errors.As(err, &denied) {
			return t.recordDenial(ctx, i, denied)
		}
		return err
	})
	if err == nil && denied != nil {
		err = denied
	}
	if err != nil {
		return seal.Admission{}, err
	}
	return a, nil
}

// admit runs the steps of the interface's comment in their order.
func (s sealRows) admit(ctx context.Context, t *tx, i seal.Intent, a *seal.Admission) error {
	// 1. The clock.
	if err := t.checkClock(ctx, i.Now); err != nil {
		return err
	}
	// 2. What this key did before.
	before, err := t.intentOf(ctx, i)
	if err != nil {
		return err
	}
	if before != nil {
		if err := s.resume(ctx, t, i, before, a); err != nil || a.Replay != nil {
			return err
		}
	}
	// 3. May it?
	if err := s.allow(ctx, t, i, a); err != nil {
		return err
	}
	// 4. The intent, or its next attempt.
	if before != nil {
		return t.takeOver(ctx, i, before, a)
	}
	a.Stamp, a.Attempt = i.Stamp, 1
	return t.insertIntent(ctx, i, a.Grant)
}

// intentOf looks the idempotency key up; one past its life is forgotten.
func (t *tx) intentOf(ctx context.Context, i seal.Intent) (*intentRow, error) {
	var r intentRow
	err := t.row(ctx, `SELECT stamp, fingerprint, state, attempt, created, lease_until FROM intents
		WHERE application = $1 AND idempotency_key = $2`+t.lock, i.Application, i.IdempotencyKey).
		scan(&r.stamp, &r.fingerprint, &r.state, &r.attempt, &r.created, &r.leaseUntil)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look idempotency key up: %w", err)
	case r.created > milli(i.Now.Add(-keyLife)):
		return &r, nil
	}
	_, err = t.exec(ctx, `DELETE FROM intents WHERE stamp = $1`, r.stamp)
	return nil, err
}

// resume answers what an earlier request with the key settles.
func (s sealRows) resume(ctx context.Context, t *tx, i seal.Intent, r *intentRow, a *seal.Admission) error {
	switch {
	case !bytes.Equal(r.fingerprint, i.Fingerprint[:]):
		return seal.ErrKeyReused
	case r.state == finished:
		st, err := s.db.stamp(ctx, t, r.stamp)
		if err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		a.Replay, a.Stamp, a.Attempt, a.Grant = &st, st.ID, st.Attempt, st.Grant
		return nil
	case r.state == running && r.leaseUntil > milli(i.Now):
		return seal.ErrRunning
	}
	return nil
}

// allow asks registry.Allow. What it decides on is read, or was read and
// authenticated before and cannot have changed since.
func (s sealRows) allow(ctx context.Context, t *tx, i seal.Intent, a *seal.Admission) error {
	by := parties{i.Application, i.Officer, i.Seal}
	known, ok := t.standing.get(by)
	if !ok {
		var err error
		if known, err = s.db.standingOf(ctx, t, by); err != nil {
			return err
		}
		t.standing.put(by, known)
	}
	a.Seal, a.Department = known.seal, known.department
	use := known.use
	use.Matter, use.Kind, use.Time = i.Matter, string(i.Kind), i.Now
	var err error
	a.Grant, err = registry.Allow(use, known.grants)
	return err
}

// insertIntent writes the first attempt. A key that another transaction
// inserted meanwhile (PostgreSQL) is looked at again.
func (t *tx) insertIntent(ctx context.Context, i seal.Intent, grant string) error {
	now := milli(i.Now)
	n, err := t.exec(ctx, `INSERT INTO intents (stamp, application, idempotency_key, fingerprint, officer, seal, matter,
		case_ref, kind, decision, document, content_seen, grant_id, created, began, lease_until, attempt, state, failure)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1, $17, '') ON CONFLICT DO NOTHING`,
		i.Stamp, i.Application, i.IdempotencyKey, i.Fingerprint[:], i.Officer, i.Seal, i.Matter,
		i.CaseRef, i.Kind, i.Decision, i.Document[:], i.ContentSeen, grant, now, now, now+i.Lease.Milliseconds(), running)
	if err == nil && n == 0 {
		var taken int
		if t.row(ctx, `SELECT 1 FROM intents WHERE stamp = $1`, i.Stamp).scan(&taken) == nil {
			return fmt.Errorf("stamp id is in use: %w", seal.ErrExists)
		}
		return errAgain
	}
	if err != nil {
		return fmt.Errorf("write intent: %w", err)
	}
	return nil
}

// takeOver begins the next attempt of an intent that failed or whose lease
// has expired, and says so in the audit log. Nothing of the attempts before
// was released: RecordStamp refuses them from now on.
func (t *tx) takeOver(ctx context.Context, i seal.Intent, r *intentRow, a *seal.Admission) error {
	a.Stamp, a.Attempt = r.stamp, r.attempt+1
	now := milli(i.Now)
	_, err := t.exec(ctx, `UPDATE intents SET attempt = $1, state = $2, began = $3, lease_until = $4, grant_id = $5,
		failure = '' WHERE stamp = $6`, a.Attempt, running, now, now+i.Lease.Milliseconds(), a.Grant, r.stamp)
	if err != nil {
		return fmt.Errorf("take intent over: %w", err)
	}
	return t.appendNow(ctx, ledger.Event{
		Kind: "admin", Time: i.Now, Actor: "app:" + i.Application, Act: "stamp.retry", Object: r.stamp,
		Before: jsonOf(attemptState{r.attempt, r.state}), After: jsonOf(attemptState{a.Attempt, running}),
	})
}

type attemptState struct {
	Attempt int    `json:"attempt"`
	State   string `json:"state"`
}

// recordDenial puts a refused use into the audit log.
func (t *tx) recordDenial(ctx context.Context, i seal.Intent, d *registry.Denied) error {
	return t.appendNow(ctx, ledger.Event{
		Kind: "admin", Time: i.Now, Actor: "app:" + i.Application, Act: "stamp.denied", Object: i.Seal, Reason: d.Reason,
		After: jsonOf(map[string]string{
			"officer": i.Officer, "matter": i.Matter, "case": i.CaseRef, "kind": string(i.Kind), "stamp": i.Stamp,
		}),
	})
}

func (t *tx) appendNow(ctx context.Context, e ledger.Event) error {
	entry, err := enter(e)
	if err != nil {
		return err
	}
	_, err = t.append(ctx, entry)
	return err
}

func jsonOf(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only strings and numbers come here
	}
	return raw
}

// RecordFailure ends an attempt; the key may then be tried again at once.
func (s sealRows) RecordFailure(ctx context.Context, stampID string, attempt int, why string, e ledger.Event) error {
	return s.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE intents SET state = $1, failure = $2 WHERE stamp = $3 AND attempt = $4 AND state = $5`,
			failed, why, stampID, attempt, running)
		if err == nil && n == 0 {
			return fmt.Errorf("stamp %s, attempt %d: %w", stampID, attempt, seal.ErrLeaseLost)
		}
		return err
	})
}

func (s sealRows) Unfinished(ctx context.Context, now time.Time) ([]seal.Intent, error) {
	return all(ctx, s.db.read(), func(scan scanner) (i seal.Intent, err error) {
		var fingerprint, document []byte
		var began, until int64
		err = scan(&i.Stamp, &i.Application, &i.Officer, &i.Seal, &i.Matter, &i.CaseRef, &i.Kind, &i.Decision,
			&i.IdempotencyKey, &fingerprint, &document, &i.ContentSeen, &began, &until)
		if err != nil {
			return i, err
		}
		i.Now, i.Lease = instant(began), time.Duration(until-began)*time.Millisecond
		if i.Fingerprint, err = digest32(fingerprint); err == nil {
			i.Document, err = digest32(document)
		}
		return i, err
	}, `SELECT stamp, application, officer, seal, matter, case_ref, kind, decision, idempotency_key, fingerprint,
		document, content_seen, began, lease_until FROM intents
		WHERE state = 'running' AND lease_until <= $1 ORDER BY seq`, milli(now))
}
