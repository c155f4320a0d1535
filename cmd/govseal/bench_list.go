// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/govseal/govseal/ca"
)

// benchShards is over how many lists the entries of the complete one are spread.
const benchShards = 16

// crlName is what --only finds the lists by.
const crlName = "revoke and publish a CRL"

// list revokes one certificate when there are many revoked ones already: what
// an operator waits for until the new CRL is published. It comes last: the
// list goes with every stamp from then on.
func (b *bench) list(ctx context.Context, s *site) error {
	b.progress("revoked certificates")
	if err := s.fillRevoked(ctx, b.listed); err != nil {
		return fmt.Errorf("make %d revoked certificates: %w", b.listed, err)
	}
	name := fmt.Sprintf("CRL of %d entries", b.listed)
	b.progress(name)
	key, err := newPublicKey() // one that has no other certificate: a compromise would end them all
	if err != nil {
		return err
	}
	c, err := s.ca.Issue(ctx, ca.Request{Actor: benchActor, Profile: ca.ProfileDepartment, PublicKey: key, Department: s.dept.ID,
		Subject: ca.Subject{Organization: s.dept.Name, CreditCode: s.dept.CreditCode}})
	if err != nil {
		return err
	}
	var took float64
	grew, err := peak(func() (err error) {
		took, err = clock(func() error {
			return s.ca.Revoke(ctx, benchActor, c.SerialHex, ca.ReasonKeyCompromise, time.Time{}, "bench")
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	l, err := s.ca.CRL(ctx, ca.IssuingID)
	if err != nil {
		return err
	}
	b.figures = append(b.figures, figure{Name: crlName + strings.TrimPrefix(name, "CRL"), Value: 1e3 * took, Unit: "ms",
		Ratio: took, Of: "1 second", Target: 1, AtMost: true, Counts: fmt.Sprintf("a list of %d octets, read from the database, signed, recorded", len(l.DER))},
		figure{Name: name + ", peak memory", Value: grew / 1e6, Unit: "MB", Ratio: grew / float64(len(l.DER)), Of: "size of the file"})
	return b.shard(ctx, s)
}

// shard issues the list of a shard of the same certificates.
func (b *bench) shard(ctx context.Context, s *site) error {
	config, err := s.caConfig()
	if err != nil {
		return err
	}
	config.Lists = map[string]ca.ListPolicy{ca.IssuingID: {Shards: benchShards}}
	sharded, err := ca.Load(ctx, config)
	if err != nil {
		return err
	}
	var took []float64
	octets := 0
	for n := range benchShards {
		one, err := clock(func() error {
			l, err := sharded.List(ctx, ca.ListID{CA: ca.IssuingID, Shard: n + 1})
			octets = len(l.DER)
			return err
		})
		if err != nil {
			return fmt.Errorf("list of shard %d: %w", n+1, err)
		}
		took = append(took, one)
	}
	b.figures = append(b.figures, figure{Name: fmt.Sprintf("issue the CRL of 1 of %d shards", benchShards), Value: 1e3 * median(took), Unit: "ms",
		Counts: fmt.Sprintf("a list of %d octets", octets)})
	return nil
}

// fillRevoked writes rows around the authority, which would take minutes to
// issue and revoke so many.
func (s *site) fillRevoked(ctx context.Context, n int) error {
	db, err := sql.Open("sqlite", inside(s.dir, s.config.Database)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	_, err = db.ExecContext(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO certificates (serial, ca, profile, subject, department, officer, key_ref, tbs, der,
			not_before, not_after, status, revoked_at, reason, invalidity, created, shard)
		SELECT printf('7f%030x', i), $2, $3, 'O=示例', '', '', '', x'', x'', $4, $4 + 86400000, 'revoked', $4, $5, 0, $4, 1 + i % $6 FROM n`,
		n, ca.IssuingID, ca.ProfileDepartment, now, ca.ReasonKeyCompromise, benchShards)
	return errors.Join(err, db.Close())
}
