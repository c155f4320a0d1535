// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/govseal/govseal/internal/gm"
)

// evidenceSet is the chain and the revocation lists that stamps were released
// with. The same set goes with thousands of stamps, and a list may have
// megabytes: it is hashed and stored once.
type evidenceSet struct {
	id          [32]byte
	chain, crls [][]byte
	digests     [][32]byte // of chain, then of crls
	stored      bool       // a transaction that holds it was committed
}

// key is the reference in a stamp's row, NULL for a stamp without evidence.
func (s *evidenceSet) key() []byte {
	if s == nil {
		return nil
	}
	return s.id[:]
}

func (s *evidenceSet) equal(chain, crls [][]byte) bool {
	return slices.EqualFunc(s.chain, chain, bytes.Equal) && slices.EqualFunc(s.crls, crls, bytes.Equal)
}

// evidenceCache holds the sets in use, newest first.
type evidenceCache struct {
	mu   sync.Mutex
	sets []*evidenceSet
}

const cachedSets = 8

// setOf returns the known set of this content, or hashes a new one.
func (c *evidenceCache) setOf(chain, crls [][]byte) *evidenceSet {
	if len(chain)+len(crls) == 0 {
		return nil
	}
	if s := c.find(func(s *evidenceSet) bool { return s.equal(chain, crls) }); s != nil {
		return s
	}
	s := &evidenceSet{chain: slices.Clone(chain), crls: slices.Clone(crls)}
	for _, content := range slices.Concat(chain, crls) {
		s.digests = append(s.digests, gm.SM3(content))
	}
	packed := slices.Concat(octets(s.digests)...)
	s.id = gm.SM3([]byte{byte(len(chain))}, packed)
	return s
}

func (c *evidenceCache) find(match func(*evidenceSet) bool) *evidenceSet {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.sets, match); i >= 0 {
		return c.sets[i]
	}
	return nil
}

// keep remembers a set whose transaction was committed.
func (c *evidenceCache) keep(s *evidenceSet) {
	if s == nil || s.stored {
		return
	}
	kept := *s
	kept.stored = true
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.sets, func(o *evidenceSet) bool { return o.id == s.id }) {
		return
	}
	c.sets = append([]*evidenceSet{&kept}, c.sets...)
	if len(c.sets) > cachedSets {
		c.sets = c.sets[:cachedSets]
	}
}

// saveEvidence writes what is not there yet. That a set said to be stored
// still is, the stamp's foreign key holds.
func (t *tx) saveEvidence(ctx context.Context, s *evidenceSet) error {
	if s == nil || s.stored {
		return nil
	}
	for i, content := range slices.Concat(s.chain, s.crls) {
		if _, err := t.exec(ctx, `INSERT INTO evidence (digest, content) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			s.digests[i][:], content); err != nil {
			return err
		}
	}
	parts := octets(s.digests)
	_, err := t.exec(ctx, `INSERT INTO evidence_sets (id, chain, crls) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		s.id[:], some(slices.Concat(parts[:len(s.chain)]...)), some(slices.Concat(parts[len(s.chain):]...)))
	return err
}

// addEvidence fills in a stamp's chain and lists.
func (db *DB) addEvidence(ctx context.Context, q querier, st *storedStamp) error {
	if st.set == nil {
		return nil
	}
	s := db.evidence.find(func(s *evidenceSet) bool { return bytes.Equal(s.id[:], st.set) })
	if s == nil {
		var err error
		if s, err = loadEvidence(ctx, q, st.set); err != nil {
			return fmt.Errorf("read evidence of stamp %s: %w", st.ID, err)
		}
		db.evidence.keep(s)
	}
	st.Chain, st.CRLs = slices.Clone(s.chain), slices.Clone(s.crls)
	return nil
}

func loadEvidence(ctx context.Context, q querier, id []byte) (*evidenceSet, error) {
	s := &evidenceSet{}
	var chain, crls []byte
	if err := q.row(ctx, `SELECT chain, crls FROM evidence_sets WHERE id = $1`, id).scan(&chain, &crls); err != nil {
		return nil, err
	}
	var err error
	if s.id, err = digest32(id); err != nil {
		return nil, err
	}
	s.digests = append(digests(chain), digests(crls)...)
	for i, digest := range s.digests {
		var content []byte
		if err := q.row(ctx, `SELECT content FROM evidence WHERE digest = $1`, digest[:]).scan(&content); err != nil {
			return nil, err
		}
		if gm.SM3(content) != digest {
			return nil, errors.New("it does not fit its digest")
		}
		if i < len(chain)/32 {
			s.chain = append(s.chain, content)
		} else {
			s.crls = append(s.crls, content)
		}
	}
	return s, nil
}
