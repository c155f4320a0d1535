// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// parties are those between whom the use of a seal is decided.
type parties struct{ application, officer, seal string }

// standing is what registry.Allow decides on, read and authenticated. It is
// shared: nobody changes what it points to.
type standing struct {
	use        registry.Use // without matter, kind and time
	grants     []registry.Grant
	seal       seal.Seal
	department registry.Department
}

// standingOf reads application, officer, seal, department, certificate status
// and grants. An unknown application or officer is left zero: Allow denies it.
func (db *DB) standingOf(ctx context.Context, q querier, by parties) (*standing, error) {
	var s standing
	var err error
	s.use.Application, err = db.application(ctx, q, by.application)
	if err != nil && !errors.Is(err, registry.ErrNotFound) {
		return nil, err
	}
	if by.officer != "" {
		o, err := db.officer(ctx, q, by.officer)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return nil, err
		}
		s.use.Officer = &o
	}
	if s.seal, err = db.seal(ctx, q, by.seal); err != nil {
		return nil, err
	}
	if s.department, err = db.department(ctx, q, s.seal.Department); err != nil {
		return nil, err
	}
	s.use.Seal = registry.Standing{
		ESID: s.seal.ESID, Department: s.seal.Department, State: string(s.seal.State),
		NotBefore: s.seal.ValidFrom, NotAfter: s.seal.ValidTo,
	}
	err = q.row(ctx, `SELECT status FROM certificates WHERE serial = $1`, s.seal.CertSerial).scan(&s.use.Seal.CertificateStatus)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	s.grants, err = db.grantsOf(ctx, q, by.application, by.seal)
	return &s, err
}

// standingCache belongs to SQLite's one writer and is used only inside its
// transactions. It is emptied before each transaction if any other connection
// committed anything meanwhile (PRAGMA data_version), by each act of this
// process that is no stamp, and by each rollback. So it never holds what the
// transaction would not read. A nil cache (PostgreSQL) holds nothing.
type standingCache struct {
	version int64
	known   map[parties]*standing
}

const cachedStandings = 1024

func (c *standingCache) get(by parties) (*standing, bool) {
	if c == nil {
		return nil, false
	}
	s, ok := c.known[by]
	return s, ok
}

func (c *standingCache) put(by parties, s *standing) {
	if c == nil {
		return
	}
	if c.known == nil || len(c.known) >= cachedStandings {
		c.known = make(map[parties]*standing)
	}
	c.known[by] = s
}

func (c *standingCache) forget() {
	if c != nil {
		c.known = nil
	}
}

// refresh comes first in a transaction.
func (c *standingCache) refresh(ctx context.Context, q querier) error {
	var version int64
	if err := q.row(ctx, `PRAGMA data_version`).scan(&version); err != nil {
		return err
	}
	if version != c.version {
		c.forget()
		c.version = version
	}
	return nil
}
