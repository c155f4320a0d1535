// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"github.com/govseal/govseal/internal/gm"
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

// sealMAC covers what never changes about a seal. A body without a design is
// of before migration 2: its code covers the columns of then, and what came
// later is held to be empty.
func sealMAC(key [32]byte, r seal.Seal, design string) [32]byte {
	fields := []string{
		r.ESID, r.Department, r.Name, r.Horizontal, r.CertSerial, r.KeyRef,
		decimal(milli(r.ValidFrom)), decimal(milli(r.ValidTo)), decimal(milli(r.Created)),
		sm3Hex(r.DER), sm3Hex(r.Picture), sm3Hex(r.Certificate),
	}
	if design == "" && r.Predecessor == "" {
		return registry.MAC(key, "govseal/store/seal/v1", fields...)
	}
	return registry.MAC(key, "govseal/store/seal/v2", append(fields, design, r.Predecessor)...)
}

func sm3Hex(b []byte) string {
	d := gm.SM3(b)
	return hex.EncodeToString(d[:])
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

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

func (db *DB) sealBody(ctx context.Context, q querier, esID string) (seal.Seal, error) {
	r := seal.Seal{ESID: esID}
	var from, to, created int64
	var mac []byte
	var design string
	err := q.row(ctx, `SELECT department, name, horizontal, cert_serial, key_ref, valid_from, valid_to, created, mac,
		der, picture, certificate, design, predecessor FROM seals WHERE es_id = $1`, esID).
		scan(&r.Department, &r.Name, &r.Horizontal, &r.CertSerial, &r.KeyRef, &from, &to, &created, &mac,
			&r.DER, &r.Picture, &r.Certificate, &design, &r.Predecessor)
	if err != nil {
		return r, found(err, seal.ErrNotFound, "seal", esID)
	}
	r.ValidFrom, r.ValidTo, r.Created = instant(from), instant(to), instant(created)
	key, err := db.key()
	if err != nil {
		return r, err
	}
	if err := authentic(sealMAC(key, r, design), mac, "seals", esID); err != nil || design == "" {
		return r, err
	}
	if err := json.Unmarshal([]byte(design), &r.Design); err != nil {
		return r, fmt.Errorf("design of seal %s: %w", esID, err)
	}
	return r, nil
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
