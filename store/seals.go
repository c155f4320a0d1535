// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// sealRows implements seal.Store.
type sealRows struct{ db *DB }

// lastNumber is the highest that eight digits hold.
const lastNumber = 99_999_999

func (s sealRows) NextESID(ctx context.Context, areaCode string) (string, error) {
	var n int64
	err := s.db.write(ctx, func(ctx context.Context, t *tx) error {
		err := t.row(ctx, `INSERT INTO seal_numbers (area, last) VALUES ($1, 1)
			ON CONFLICT (area) DO UPDATE SET last = seal_numbers.last + 1 RETURNING last`, areaCode).scan(&n)
		if err == nil && n > lastNumber {
			return fmt.Errorf("the seal numbers of area %s are used up: %w", areaCode, seal.ErrState)
		}
		return err
	})
	return fmt.Sprintf("%s%08d", areaCode, n), err
}

func (s sealRows) RecordSeal(ctx context.Context, r seal.Seal, e ledger.Event) error {
	key, err := s.db.key()
	if err != nil {
		return err
	}
	body, state := sealMAC(key, r), stateMAC(key, r)
	return s.db.announce(ctx, e, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO seals (es_id, department, name, horizontal, cert_serial, key_ref,
			valid_from, valid_to, created, mac, der, picture, certificate)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
			r.ESID, r.Department, r.Name, r.Horizontal, r.CertSerial, r.KeyRef, milli(r.ValidFrom), milli(r.ValidTo),
			milli(r.Created), body[:], some(r.DER), some(r.Picture), some(r.Certificate))
		switch {
		case err != nil:
			return err
		case n == 0:
			return fmt.Errorf("seal %s: %w", r.ESID, seal.ErrExists)
		}
		_, err = t.exec(ctx, `INSERT INTO seal_states (es_id, state, changed, reason, mac) VALUES ($1, $2, $3, $4, $5)`,
			r.ESID, r.State, milli(r.Changed), r.Reason, state[:])
		return err
	})
}

// sealMAC covers what never changes about a seal, stateMAC what does.
func sealMAC(key [32]byte, r seal.Seal) [32]byte {
	return registry.MAC(key, "govseal/store/seal/v1", r.ESID, r.Department, r.Name, r.Horizontal, r.CertSerial, r.KeyRef,
		decimal(milli(r.ValidFrom)), decimal(milli(r.ValidTo)), decimal(milli(r.Created)),
		sm3Hex(r.DER), sm3Hex(r.Picture), sm3Hex(r.Certificate))
}

func stateMAC(key [32]byte, r seal.Seal) [32]byte {
	return registry.MAC(key, "govseal/store/seal-state/v1", r.ESID, string(r.State), decimal(milli(r.Changed)), r.Reason)
}

func sm3Hex(b []byte) string {
	d := gm.SM3(b)
	return hex.EncodeToString(d[:])
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (s sealRows) RecordSealState(ctx context.Context, esID string, from []seal.State, to seal.State, reason string, at time.Time, e ledger.Event) error {
	key, err := s.db.key()
	if err != nil {
		return err
	}
	return s.db.announce(ctx, e, func(ctx context.Context, t *tx) error {
		r := seal.Seal{ESID: esID}
		if err := s.db.sealState(ctx, t, &r, t.lock); err != nil {
			return err
		}
		if !slices.Contains(from, r.State) {
			return fmt.Errorf("seal %s is %s: %w", esID, r.State, seal.ErrState)
		}
		r.State, r.Changed, r.Reason = to, at, reason
		mac := stateMAC(key, r)
		_, err := t.exec(ctx, `UPDATE seal_states SET state = $1, changed = $2, reason = $3, mac = $4 WHERE es_id = $5`,
			to, milli(at), reason, mac[:], esID)
		return err
	})
}

func (s sealRows) Seal(ctx context.Context, esID string) (seal.Seal, error) {
	return s.db.seal(ctx, s.db.read(), esID)
}

// Seals lists a department's seals; "" lists all.
func (s sealRows) Seals(ctx context.Context, department string) ([]seal.Seal, error) {
	var w where
	w.equal("department", department)
	ids, err := all(ctx, s.db.read(), func(scan scanner) (id string, err error) {
		return id, scan(&id)
	}, `SELECT es_id FROM seals`+w.clause()+` ORDER BY seq`, w.args...)
	if err != nil {
		return nil, err
	}
	seals := make([]seal.Seal, len(ids))
	for i, id := range ids {
		if seals[i], err = s.Seal(ctx, id); err != nil {
			return nil, err
		}
	}
	return seals, nil
}

// seal reads a seal: its body from the cache if it was read before, its
// state always from the database.
func (db *DB) seal(ctx context.Context, q querier, esID string) (seal.Seal, error) {
	r, ok := db.seals.get(esID)
	if !ok {
		var err error
		if r, err = db.sealBody(ctx, q, esID); err != nil {
			return seal.Seal{}, err
		}
	}
	if err := db.sealState(ctx, q, &r, ""); err != nil {
		return seal.Seal{}, err
	}
	if !ok {
		db.seals.put(r)
	}
	return r, nil
}

func (db *DB) sealState(ctx context.Context, q querier, r *seal.Seal, lock string) error {
	var changed int64
	var mac []byte
	err := q.row(ctx, `SELECT state, changed, reason, mac FROM seal_states WHERE es_id = $1`+lock, r.ESID).
		scan(&r.State, &changed, &r.Reason, &mac)
	if err != nil {
		return found(err, seal.ErrNotFound, "seal", r.ESID)
	}
	r.Changed = instant(changed)
	key, err := db.key()
	if err != nil {
		return err
	}
	return authentic(stateMAC(key, *r), mac, "seal_states", r.ESID)
}

func (db *DB) sealBody(ctx context.Context, q querier, esID string) (seal.Seal, error) {
	r := seal.Seal{ESID: esID}
	var from, to, created int64
	var mac []byte
	err := q.row(ctx, `SELECT department, name, horizontal, cert_serial, key_ref, valid_from, valid_to, created, mac,
		der, picture, certificate FROM seals WHERE es_id = $1`, esID).
		scan(&r.Department, &r.Name, &r.Horizontal, &r.CertSerial, &r.KeyRef, &from, &to, &created, &mac,
			&r.DER, &r.Picture, &r.Certificate)
	if err != nil {
		return r, found(err, seal.ErrNotFound, "seal", esID)
	}
	r.ValidFrom, r.ValidTo, r.Created = instant(from), instant(to), instant(created)
	key, err := db.key()
	if err != nil {
		return r, err
	}
	return r, authentic(sealMAC(key, r), mac, "seals", esID)
}

// sealCache keeps the bodies of seals, which never change: hashing a picture
// at every stamp would cost more than signing. A body enters only after its
// code was checked and its state row was seen.
type sealCache struct {
	mu    sync.RWMutex
	known map[string]seal.Seal
}

const cachedSeals = 512 // about 50 kB each

func (c *sealCache) get(esID string) (seal.Seal, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, ok := c.known[esID]
	return r, ok
}

func (c *sealCache) put(r seal.Seal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= cachedSeals {
		c.known = make(map[string]seal.Seal, cachedSeals)
	}
	c.known[r.ESID] = r
}
