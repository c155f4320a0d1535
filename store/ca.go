// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
)

// caRows implements ca.Store.
type caRows struct{ db *DB }

func (t *tx) insertCA(ctx context.Context, a ca.CA) error {
	n, err := t.exec(ctx, `INSERT INTO authorities (id, parent, key_ref, certificate, created)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, a.ID, a.Parent, a.KeyRef, a.Certificate, milli(a.Created))
	if err == nil && n == 0 {
		return fmt.Errorf("authority %q exists already: %w", a.ID, ca.ErrState)
	}
	return err
}

func (c caRows) CAs(ctx context.Context) ([]ca.CA, error) {
	return all(ctx, c.db.read(), func(scan scanner) (a ca.CA, err error) {
		var created int64
		err = scan(&a.ID, &a.Parent, &a.KeyRef, &a.Certificate, &created)
		a.Created = instant(created)
		return a, err
	}, `SELECT id, parent, key_ref, certificate, created FROM authorities ORDER BY seq`)
}

func (c caRows) RecordPlanned(ctx context.Context, r ca.Certificate) error {
	return c.db.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO certificates
			(serial, ca, profile, subject, department, officer, key_ref, tbs,
			 not_before, not_after, status, revoked_at, reason, invalidity, created, key_digest, replaces, batch, shard)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING`,
			r.SerialHex, r.CA, r.Profile, r.Subject, r.Department, r.Officer, r.KeyRef, r.TBS,
			milli(r.NotBefore), milli(r.NotAfter), ca.Planned, milli(r.Created), r.KeyDigest[:], r.Replaces, r.Batch, r.Shard)
		if err == nil && n == 0 {
			return fmt.Errorf("serial %s is in use: %w", r.SerialHex, ca.ErrState)
		}
		return err
	})
}

func (c caRows) RecordCertificate(ctx context.Context, serialHex string, der []byte, e ledger.Event) error {
	return c.db.announce(ctx, e, func(ctx context.Context, t *tx) error { return t.completeCertificate(ctx, serialHex, der) })
}

// completeCertificate completes nothing when another certificate of the same
// row of a bulk run is there; the unique index stands behind that. Nor does it
// when the key was found compromised since the certificate was planned.
func (t *tx) completeCertificate(ctx context.Context, serialHex string, der []byte) error {
	n, err := t.exec(ctx, `UPDATE certificates SET der = $1, status = $2 WHERE serial = $3 AND status = $4
		AND (batch = '' OR NOT EXISTS (SELECT 1 FROM certificates o WHERE o.batch <> '' AND o.status <> 'planned' AND o.batch = certificates.batch))
		AND NOT EXISTS (SELECT 1 FROM certificates b WHERE b.key_digest = certificates.key_digest AND b.status = 'revoked' AND b.reason IN (1, 2))`,
		der, ca.Good, serialHex, ca.Planned)
	if doubled(err) {
		return errAgain // another process completed the row's certificate meanwhile: look again
	}
	return t.moved1(ctx, n, err, serialHex)
}

func (c caRows) RecordStatus(ctx context.Context, r ca.Certificate, from []ca.Status, e ledger.Event) error {
	return c.db.announce(ctx, e, func(ctx context.Context, t *tx) error { return t.setStatus(ctx, r, from) })
}

// setStatus counts the change first: the authority's row stays locked until the
// commit, so that changes become visible in the order of their numbers.
func (t *tx) setStatus(ctx context.Context, r ca.Certificate, from []ca.Status) error {
	_, err := t.exec(ctx, `UPDATE authorities SET changes = changes + 1 WHERE id = (SELECT ca FROM certificates WHERE serial = $1)`, r.SerialHex)
	if err != nil {
		return err
	}
	args := []any{r.Status, milli(r.RevokedAt), r.Reason, milli(r.Invalidity), r.SerialHex}
	states, args := in(from, args)
	n, err := t.exec(ctx, `UPDATE certificates SET status = $1, revoked_at = $2, reason = $3, invalidity = $4,
		change = coalesce((SELECT changes FROM authorities WHERE id = certificates.ca), 0)
		WHERE serial = $5 AND status IN (`+states+`)`, args...)
	return t.moved1(ctx, n, err, r.SerialHex)
}

// moved1 says why an update of one certificate changed nothing.
func (t *tx) moved1(ctx context.Context, n int64, err error, serialHex string) error {
	if err != nil || n == 1 {
		return err
	}
	var status string
	err = t.row(ctx, `SELECT status FROM certificates WHERE serial = $1`, serialHex).scan(&status)
	if err != nil {
		return found(err, ca.ErrNotFound, "certificate", serialHex)
	}
	return fmt.Errorf("certificate %s is %s: %w", serialHex, status, ca.ErrState)
}

// in numbers placeholders for values behind those of args.
func in[T ~string](values []T, args []any) (string, []any) {
	if len(values) == 0 {
		return "NULL", args
	}
	marks := make([]string, len(values))
	args = slices.Clone(args)
	for i, v := range values {
		args = append(args, string(v))
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return strings.Join(marks, ", "), args
}

const certificateColumns = `SELECT serial, ca, profile, subject, department, officer, key_ref, tbs, der,
	not_before, not_after, status, revoked_at, reason, invalidity, created, key_digest, replaces, batch, shard FROM certificates`

func readCertificate(scan scanner) (r ca.Certificate, err error) {
	var before, after, revoked, invalidity, created int64
	var key []byte
	err = scan(&r.SerialHex, &r.CA, &r.Profile, &r.Subject, &r.Department, &r.Officer, &r.KeyRef, &r.TBS, &r.DER,
		&before, &after, &r.Status, &revoked, &r.Reason, &invalidity, &created, &key, &r.Replaces, &r.Batch, &r.Shard)
	copy(r.KeyDigest[:], key)
	r.NotBefore, r.NotAfter, r.RevokedAt = instant(before), instant(after), instant(revoked)
	r.Invalidity, r.Created = instant(invalidity), instant(created)
	return r, err
}

func (c caRows) Certificate(ctx context.Context, serialHex string) (ca.Certificate, error) {
	r, err := readCertificate(c.db.read().row(ctx, certificateColumns+` WHERE serial = $1`, serialHex).scan)
	return r, found(err, ca.ErrNotFound, "certificate", serialHex)
}

// Standing reads a few columns by the unique index.
func (c caRows) Standing(ctx context.Context, serialHex string) (s ca.Standing, err error) {
	var revoked, invalidity int64
	err = c.db.read().row(ctx, `SELECT ca, shard, status, revoked_at, reason, invalidity FROM certificates WHERE serial = $1`, serialHex).
		scan(&s.CA, &s.Shard, &s.Status, &revoked, &s.Reason, &invalidity)
	s.RevokedAt, s.Invalidity = instant(revoked), instant(invalidity)
	return s, found(err, ca.ErrNotFound, "certificate", serialHex)
}

// CertificateByKey returns the newest certificate of a key.
func (c caRows) CertificateByKey(ctx context.Context, keyRef string) (ca.Certificate, error) {
	if keyRef == "" {
		return ca.Certificate{}, fmt.Errorf("certificate of no key: %w", ca.ErrNotFound)
	}
	r, err := readCertificate(c.db.read().row(ctx,
		certificateColumns+` WHERE key_ref = $1 AND key_ref <> '' ORDER BY seq DESC LIMIT 1`, keyRef).scan)
	return r, found(err, ca.ErrNotFound, "certificate of key", keyRef)
}

// CompromisedKey says the condition of the index certificates_blocked, word for
// word.
func (c caRows) CompromisedKey(ctx context.Context, digest [32]byte) (serialHex string, err error) {
	err = c.db.read().row(ctx, `SELECT serial FROM certificates WHERE key_digest = $1 AND status = 'revoked' AND reason IN (1, 2) LIMIT 1`, digest[:]).scan(&serialHex)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return serialHex, err
}

func (c caRows) CertificatesByKey(ctx context.Context, digest [32]byte) ([]ca.Certificate, error) {
	return all(ctx, c.db.read(), readCertificate, certificateColumns+` WHERE key_digest = $1 ORDER BY seq DESC`, digest[:])
}

func (c caRows) Certificates(ctx context.Context, q ca.Query) ([]ca.Certificate, error) {
	var w where
	w.equal("ca", q.CA)
	w.equal("profile", q.Profile)
	w.equal("department", q.Department)
	w.equal("officer", q.Officer)
	w.equal("status", string(q.Status))
	w.equal("replaces", q.Replaces)
	w.equal("batch", q.Batch)
	if q.Text != "" {
		w.add(`lower(subject || ' ' || serial) LIKE `, "%"+escapeLike(strings.ToLower(q.Text))+"%")
		w.terms[len(w.terms)-1] += ` ESCAPE '\'`
	}
	if q.KeyDigest != ([32]byte{}) {
		w.add("key_digest = ", q.KeyDigest[:])
	}
	if !q.ExpiresAfter.IsZero() {
		w.add("not_after >= ", milli(q.ExpiresAfter))
	}
	if q.NotFollowed {
		w.terms = append(w.terms, `NOT EXISTS (SELECT 1 FROM certificates f WHERE f.replaces = certificates.serial AND f.status = 'good')`)
	}
	if !q.ExpiresBefore.IsZero() {
		w.add("not_after < ", milli(q.ExpiresBefore))
	}
	if q.After != "" {
		var seq int64
		err := c.db.read().row(ctx, `SELECT seq FROM certificates WHERE serial = $1`, q.After).scan(&seq)
		if err != nil {
			return nil, found(err, ca.ErrNotFound, "certificate", q.After)
		}
		w.add("seq < ", seq)
	}
	return all(ctx, c.db.read(), readCertificate, certificateColumns+w.clause()+` ORDER BY seq DESC`+w.limit(q.Limit), w.args...)
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
