// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ListPolicy says how one CA whose key is at hand publishes its lists. The
// zero value is one complete list that lives seven days.
type ListPolicy struct {
	// Life is how long a list is good; 0 means 7 days. It is issued anew when a
	// quarter of that has passed, and daily at the latest, so that three quarters
	// of its life are reserve.
	Life time.Duration
	// Shards spreads certificates that are issued from now on over so many
	// partial lists, beside the complete one; 0 and 1 mean none. A certificate
	// stays in its shard for ever, whatever this says later.
	Shards int
	// Delta publishes delta lists beside the others, and names them in new
	// certificates and lists (freshestCRL).
	Delta bool
}

// Bounds of a ListPolicy.
const (
	MinListLife = time.Hour
	MaxListLife = 92 * day
	MaxShards   = 1024
)

func (p ListPolicy) check(url string) error {
	switch {
	case p.Life != 0 && (p.Life < MinListLife || p.Life > MaxListLife):
		return fmt.Errorf("a list lives from %v to %d days, not %v", MinListLife, MaxListLife/day, p.Life)
	case p.Shards < 0 || p.Shards > MaxShards:
		return fmt.Errorf("shards are from 0 to %d, not %d", MaxShards, p.Shards)
	case (p.Shards > 1 || p.Delta) && url == "":
		return fmt.Errorf("shards and delta lists need an address (url) for certificates to name")
	}
	return nil
}

func (p ListPolicy) life() time.Duration {
	if p.Life == 0 {
		return issuingCRLLife
	}
	return p.Life
}

// due is the age at which a list is issued anew.
func (p ListPolicy) due() time.Duration { return min(p.life()/4, day) }

// ListID names one list of a CA: the complete one (Shard 0) or a shard, and
// the delta to either.
type ListID struct {
	CA    string
	Shard int
	Delta bool
}

// Name of the list as in addresses and files, without the ending: "issuing",
// "issuing.3", "issuing.delta", "issuing.3.delta". No CA has a dot in its ID.
func (l ListID) Name() string {
	name := l.CA
	if l.Shard > 0 {
		name += "." + strconv.Itoa(l.Shard)
	}
	if l.Delta {
		name += ".delta"
	}
	return name
}

// String is Name, for messages.
func (l ListID) String() string { return l.Name() }

// parseListName is the inverse of Name.
func parseListName(name string) (l ListID, ok bool) {
	rest, delta := strings.CutSuffix(name, ".delta")
	id, shard, sharded := strings.Cut(rest, ".")
	l = ListID{CA: id, Delta: delta}
	if sharded {
		l.Shard, _ = strconv.Atoi(shard) // what is no number does not come back
	}
	return l, id != "" && l.Name() == name
}

// Point is an address under which a shard's list is named in certificates.
type Point struct {
	Shard int
	URI   string
}

// Lists returns what a CA publishes: its complete list, then the shards, each
// followed by its delta where there are deltas. A CA without a key here has
// one list.
func (a *Authority) Lists(ctx context.Context, id string) ([]ListID, error) {
	is, err := a.authority(id)
	if err != nil {
		return nil, err
	}
	shards, err := a.shards(ctx, is)
	if err != nil {
		return nil, err
	}
	var all []ListID
	for n := range shards + 1 {
		all = append(all, ListID{CA: is.id, Shard: n})
		if is.signer != nil && a.policyOf(is).Delta {
			all = append(all, ListID{CA: is.id, Shard: n, Delta: true})
		}
	}
	return all, nil
}

// FindList reads a list's name; ErrNotFound when no CA has such a list.
func (a *Authority) FindList(ctx context.Context, name string) (ListID, error) {
	l, ok := parseListName(name)
	if !ok {
		return ListID{}, fmt.Errorf("%w: %.40q names no list", ErrNotFound, name)
	}
	is, err := a.authority(l.CA)
	if err != nil {
		return ListID{}, err
	}
	return l, a.checkList(ctx, is, l)
}

// checkList refuses a list that the CA does not publish.
func (a *Authority) checkList(ctx context.Context, is *issuer, id ListID) error {
	policy := a.policyOf(is)
	known := id.Shard == 0 || is.signer != nil && id.Shard > 0 && policy.Shards > 1 && id.Shard <= policy.Shards
	if !known && id.Shard > 0 {
		n, err := a.shards(ctx, is)
		if err != nil {
			return err
		}
		known = id.Shard <= n
	}
	if !known || id.Delta && (is.signer == nil || !policy.Delta) {
		return fmt.Errorf("%w: the %s CA publishes no list %s", ErrNotFound, is.id, id)
	}
	return nil
}

func (a *Authority) policyOf(is *issuer) ListPolicy {
	if p, ok := a.lists[is.id]; ok {
		return p
	}
	return a.lists[""]
}

// shards is how many shards a CA has: those it fills now, and those that
// certificates of before are in.
func (a *Authority) shards(ctx context.Context, is *issuer) (int, error) {
	if is.signer == nil {
		return 0, nil
	}
	n := a.policyOf(is).Shards
	if n < 2 {
		n = 0
	}
	points, err := a.store.Points(ctx, is.id)
	if err != nil {
		return 0, fmt.Errorf("ca: read the points of the %s CA: %w", is.id, err)
	}
	for _, p := range points {
		n = max(n, p.Shard)
	}
	return n, nil
}

// shardOf says which shard a new certificate goes into, by its key's digest:
// evenly, and without a draw that a repetition would make anew. Authorities are
// in none, so that a shard holds user certificates only.
func (a *Authority) shardOf(is *issuer, keyDigest [32]byte) int {
	n := a.policyOf(is).Shards
	if is.signer == nil || n < 2 || a.url == "" {
		return 0
	}
	return 1 + int(binary.BigEndian.Uint32(keyDigest[:4])%uint32(n)) //nolint:gosec // n is at most MaxShards
}

// listURL is where a list is published.
func (a *Authority) listURL(l ListID) string { return a.url + "/pki/" + l.Name() + ".crl" }

// ensurePoint makes durable, before the first certificate names it, under
// which address a shard is known: the shard's list must repeat it.
func (a *Authority) ensurePoint(ctx context.Context, is *issuer, shard int) error {
	if shard == 0 {
		return nil
	}
	p := Point{Shard: shard, URI: a.listURL(ListID{CA: is.id, Shard: shard})}
	if _, known := is.points.Load(p); known {
		return nil
	}
	if err := a.store.RecordPoint(ctx, is.id, p); err != nil {
		return fmt.Errorf("ca: record the point of shard %d: %w", shard, err)
	}
	is.points.Store(p, true)
	return nil
}
