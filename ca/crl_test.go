// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

const day = 24 * time.Hour

// reopen loads the same store as another process with other policies would.
func (o *office) reopen(t *testing.T, change func(*ca.Config)) *office {
	t.Helper()
	other := *o
	c := other.config()
	change(&c)
	a, err := ca.Load(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	other.Authority = a
	return &other
}

func (o *office) with(t *testing.T, p ca.ListPolicy) *office {
	t.Helper()
	return o.reopen(t, func(c *ca.Config) { c.Lists = map[string]ca.ListPolicy{ca.IssuingID: p} })
}

// get reads a list and checks its signature.
func (o *office) get(t *testing.T, id ca.ListID) (*cert.CRL, ca.CRL) {
	t.Helper()
	l, err := o.List(context.Background(), id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	parsed, err := cert.ParseCRL(l.DER)
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.CheckSignature(parse(t, o.Issuing()).PublicKey); err != nil {
		t.Errorf("%s: %v", id, err)
	}
	if parsed.Number.Int64() != l.Number || !parsed.ThisUpdate.Equal(l.ThisUpdate) || !parsed.NextUpdate.Equal(l.NextUpdate) || l.ID() != id {
		t.Errorf("%s: the record %+v is not what the list says", id, l.ID())
	}
	return parsed, l
}

func (o *office) suspend(t *testing.T, c ca.Certificate) {
	t.Helper()
	if err := o.Suspend(context.Background(), operator, c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
}

// code is what a verifier makes of a certificate who has these lists.
func (o *office) code(t *testing.T, c ca.Certificate, lists ...*cert.CRL) chain.Code {
	t.Helper()
	root, _ := o.list(t, ca.RootID)
	r, err := chain.Validate(context.Background(), chain.Request{
		Leaf: parse(t, c.DER), Untrusted: []*cert.Certificate{parse(t, o.Issuing())}, Anchors: []*cert.Certificate{parse(t, o.Root())},
		Time: o.now, CRLs: append(lists, root), Revocation: chain.RevocationRequired,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Code
}

func issuing(shard int, delta bool) ca.ListID {
	return ca.ListID{CA: ca.IssuingID, Shard: shard, Delta: delta}
}

// inTwoShards issues until two shards have a certificate.
func (o *office) inTwoShards(t *testing.T) (a, b ca.Certificate) {
	t.Helper()
	a = o.issue(t, ca.ProfileSeal)
	for range 100 {
		if b = o.issue(t, ca.ProfileSeal); b.Shard != a.Shard {
			return a, b
		}
	}
	t.Fatal("a hundred certificates in one shard")
	return a, b
}

func TestShards(t *testing.T) {
	ctx := context.Background()
	o := found(t).with(t, ca.ListPolicy{Shards: 4})
	a, b := o.inTwoShards(t)
	for _, c := range []ca.Certificate{a, b} {
		want := fmt.Sprintf("https://seal.example/pki/issuing.%d.crl", c.Shard)
		points := parse(t, c.DER).CRLDistributionPoints
		if c.Shard < 1 || c.Shard > 4 || len(points) != 1 || len(points[0].FullName) != 1 || string(points[0].FullName[0].Value) != want {
			t.Errorf("certificate of shard %d names %v", c.Shard, points)
		}
	}
	_, other := o.get(t, issuing(b.Shard, false))
	before, _ := o.get(t, issuing(a.Shard, false))
	if p := before.IDP; p == nil || !p.Critical || !p.OnlyUserCerts || p.OnlyCACerts || p.Indirect || len(p.FullName) != 1 ||
		string(p.FullName[0].Value) != fmt.Sprintf("https://seal.example/pki/issuing.%d.crl", a.Shard) {
		t.Fatalf("issuing distribution point: %+v", p)
	}
	o.now = o.now.Add(time.Minute)
	o.suspend(t, a)
	own, _ := o.get(t, issuing(a.Shard, false))
	whole, _ := o.get(t, issuing(0, false))
	foreign, again := o.get(t, issuing(b.Shard, false))
	if entry(own, a.SerialHex) == nil || entry(whole, a.SerialHex) == nil || len(foreign.Revoked) != 0 || whole.IDP != nil {
		t.Error("the entry must stand in the complete list and in its shard's only")
	}
	if again.Number != other.Number {
		t.Error("a shard was issued anew though nothing in it changed")
	}
	for _, test := range []struct {
		name  string
		about ca.Certificate
		list  *cert.CRL
		want  chain.Code
	}{
		{"its shard's list", a, own, chain.OnHold},
		{"the complete list", a, whole, chain.OnHold},
		{"another shard's list", a, foreign, chain.NoRevocationInfo},
		{"good, its shard's list", b, foreign, chain.OK},
		{"good, the complete list", b, whole, chain.OK},
		{"good, another shard's list", b, own, chain.NoRevocationInfo},
	} {
		if got := o.code(t, test.about, test.list); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	// Evidence is the shard's list, then the root's.
	_, lists, err := o.Evidence(ctx, a.DER)
	if err != nil || len(lists) != 2 || string(lists[0]) != string(own.Raw) {
		t.Errorf("evidence has %d lists, %v", len(lists), err)
	}
	// No shard speaks for an authority.
	if ic := parse(t, o.Issuing()); string(ic.CRLDistributionPoints[0].FullName[0].Value) != "https://seal.example/pki/root.crl" {
		t.Errorf("the issuing CA names %v", ic.CRLDistributionPoints)
	}
}

// A certificate stays in its shard, whatever becomes of policy and address.
func TestShardsStay(t *testing.T) {
	ctx := context.Background()
	first := found(t).with(t, ca.ListPolicy{Shards: 8})
	c := first.issue(t, ca.ProfileSeal)
	for c.Shard < 3 {
		c = first.issue(t, ca.ProfileSeal)
	}
	o := first.reopen(t, func(cfg *ca.Config) {
		cfg.URL, cfg.Lists = "http://new.example:8080", map[string]ca.ListPolicy{"": {Shards: 2}}
	})
	o.now = o.now.Add(time.Hour)
	fresh := o.issue(t, ca.ProfileSeal)
	for fresh.Shard != 2 {
		fresh = o.issue(t, ca.ProfileSeal)
	}
	all, err := o.Lists(ctx, ca.IssuingID)
	if err != nil || !slices.Contains(all, issuing(c.Shard, false)) {
		t.Fatalf("lists %v, %v: want shard %d among them", all, err, c.Shard)
	}
	o.suspend(t, c)
	l, _ := o.get(t, issuing(c.Shard, false))
	if got := o.code(t, c, l); got != chain.OnHold {
		t.Errorf("old certificate: got %v", got)
	}
	// A shard with certificates of both addresses names both.
	l, _ = o.get(t, issuing(2, false))
	var names []string
	for _, n := range l.IDP.FullName {
		names = append(names, string(n.Value))
	}
	if !slices.Contains(names, "http://new.example:8080/pki/issuing.2.crl") {
		t.Errorf("shard 2 is named %v", names)
	}
	if got := o.code(t, fresh, l); got != chain.OK {
		t.Errorf("new certificate: got %v", got)
	}
	// Without an address there are no shards.
	if _, err := ca.Load(ctx, ca.Config{Store: o.store, Keys: o.keys, Lists: map[string]ca.ListPolicy{"": {Shards: 2}}}); err == nil {
		t.Error("shards without an address: want an error")
	}
}

func TestListNames(t *testing.T) {
	ctx := context.Background()
	o := found(t).with(t, ca.ListPolicy{Shards: 3, Delta: true})
	for name, want := range map[string]ca.ListID{
		"root": {CA: ca.RootID}, "issuing": issuing(0, false), "issuing.3": issuing(3, false), "issuing.delta": issuing(0, true), "issuing.2.delta": issuing(2, true),
	} {
		if got, err := o.FindList(ctx, name); err != nil || got != want || got.Name() != name {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", ".", "other", "issuing.4", "issuing.0", "issuing.03", "issuing.-1", "issuing.+1", "issuing.3.", "issuing.delta.3",
		"issuing.delta.delta", ".delta", "root.1", "root.delta", "issuing.99999999999999999999", "issuing.3.3"} {
		if got, err := o.FindList(ctx, name); !errors.Is(err, ca.ErrNotFound) {
			t.Errorf("%q: got %v, %v", name, got, err)
		}
	}
}

func TestDelta(t *testing.T) {
	ctx := context.Background()
	o := found(t).with(t, ca.ListPolicy{Delta: true})
	c, d := o.issue(t, ca.ProfileSeal), o.issue(t, ca.ProfileSeal)
	if f := parse(t, c.DER).FreshestCRL; len(f) != 1 || string(f[0].FullName[0].Value) != "https://seal.example/pki/issuing.delta.crl" {
		t.Errorf("freshest CRL: %v", f)
	}
	// The first look gives the first delta.
	delta, rec := o.get(t, issuing(0, true))
	whole, full := o.get(t, issuing(0, false))
	if delta.DeltaBase == nil || rec.Base != 1 || rec.Number != full.Number || full.Number != 2 || len(delta.Revoked) != 0 {
		t.Fatalf("delta %d to %d beside list %d", rec.Number, rec.Base, full.Number)
	}
	if len(whole.FreshestCRL) != 1 || delta.FreshestCRL != nil {
		t.Error("the complete list, and only that, names the delta")
	}
	steps := []struct {
		name string
		do   func() error
		want chain.Code // of c, by the old list and the newest delta
	}{
		{"nothing", func() error { return nil }, chain.OK},
		{"hold", func() error { return o.Suspend(ctx, operator, c.SerialHex, "") }, chain.OnHold},
		{"lifted", func() error { return o.Resume(ctx, operator, c.SerialHex, "") }, chain.OK},
		{"held again", func() error { return o.Suspend(ctx, operator, c.SerialHex, "") }, chain.OnHold},
		{"revoked", func() error { return o.Revoke(ctx, operator, c.SerialHex, ca.ReasonSuperseded, time.Time{}, "") }, chain.Revoked},
	}
	olds := []*cert.CRL{whole}
	for _, s := range steps {
		o.now = o.now.Add(time.Hour)
		if err := s.do(); err != nil {
			t.Fatal(err)
		}
		delta, rec := o.get(t, issuing(0, true))
		newest, full := o.get(t, issuing(0, false))
		if rec.Number != full.Number || rec.Base != 1 {
			t.Errorf("%s: delta %d to %d beside list %d", s.name, rec.Number, rec.Base, full.Number)
		}
		for i, old := range olds {
			if got := o.code(t, c, old, delta); got != s.want {
				t.Errorf("%s: list %d and delta: got %v, want %v", s.name, i, got, s.want)
			}
		}
		if got := o.code(t, c, newest); got != s.want {
			t.Errorf("%s: newest list: got %v, want %v", s.name, got, s.want)
		}
		if got := o.code(t, d, olds[0], delta); got != chain.OK {
			t.Errorf("%s: another certificate: got %v", s.name, got)
		}
		if newest != olds[len(olds)-1] {
			olds = append(olds, newest)
		}
	}
	// A list of which nobody can hold a copy any more is no base.
	o.now = o.now.Add(6 * day)
	o.get(t, issuing(0, false))
	o.now = o.now.Add(6 * day)
	if delta, rec := o.get(t, issuing(0, true)); rec.Base < 7 || entry(delta, c.SerialHex) != nil {
		t.Errorf("after two weeks: delta to %d, with %d entries", rec.Base, len(delta.Revoked))
	}
}

// Deltas of shards have the shard's scope and numbers.
func TestDeltaOfAShard(t *testing.T) {
	o := found(t).with(t, ca.ListPolicy{Delta: true, Shards: 2})
	a, b := o.inTwoShards(t)
	base, _ := o.get(t, issuing(a.Shard, false))
	o.get(t, issuing(b.Shard, false))
	o.now = o.now.Add(time.Hour)
	o.suspend(t, a)
	delta, rec := o.get(t, issuing(a.Shard, true))
	if !delta.SameScope(base) || rec.Base == 0 || len(delta.Revoked) != 1 {
		t.Errorf("delta to %d with %d entries, of the same scope: %v", rec.Base, len(delta.Revoked), delta.SameScope(base))
	}
	if got := o.code(t, a, base, delta); got != chain.OnHold {
		t.Errorf("got %v", got)
	}
	foreign, _ := o.get(t, issuing(b.Shard, true))
	if len(foreign.Revoked) != 0 || o.code(t, a, base, foreign) != chain.OK {
		t.Error("another shard's delta says nothing")
	}
	if f := parse(t, a.DER).FreshestCRL; string(f[0].FullName[0].Value) != fmt.Sprintf("https://seal.example/pki/issuing.%d.delta.crl", a.Shard) {
		t.Errorf("freshest CRL: %v", f)
	}
}

func TestEmergencyLists(t *testing.T) {
	ctx := context.Background()
	o := found(t).with(t, ca.ListPolicy{Shards: 2})
	c := o.issue(t, ca.ProfileSeal)
	_, usual := o.get(t, issuing(0, false))
	for _, days := range []int{0, -1, 732} {
		var refused *ca.RequestError
		if err := o.EmergencyLists(ctx, operator, ca.IssuingID, days); !errors.As(err, &refused) {
			t.Errorf("%d days: got %v", days, err)
		}
	}
	if err := o.EmergencyLists(ctx, "", ca.IssuingID, 90); err == nil {
		t.Error("nobody's emergency: want an error")
	}
	if err := o.EmergencyLists(ctx, operator, ca.RootID, 90); err == nil {
		t.Error("without the key: want an error")
	}
	if err := o.EmergencyLists(ctx, operator, ca.IssuingID, 90); err != nil {
		t.Fatal(err)
	}
	end := o.now.Add(90 * day)
	for _, shard := range []int{0, 1, 2} {
		if _, l := o.get(t, issuing(shard, false)); !l.NextUpdate.Equal(end) {
			t.Errorf("shard %d: ends %v", shard, l.NextUpdate)
		}
	}
	_, long := o.get(t, issuing(0, false))
	if long.Number != usual.Number+1 {
		t.Errorf("number %d after %d", long.Number, usual.Number)
	}
	// While it lasts no list falls back behind it, by age or by change.
	o.now = o.now.Add(2 * day)
	if _, l := o.get(t, issuing(0, false)); l.Number != long.Number+1 || !l.NextUpdate.Equal(end) || !l.ThisUpdate.Equal(o.now) {
		t.Errorf("after two days: %d until %v", l.Number, l.NextUpdate)
	}
	o.suspend(t, c)
	held, l := o.get(t, issuing(c.Shard, false))
	if !l.NextUpdate.Equal(end) || o.code(t, c, held) != chain.OnHold {
		t.Errorf("a change: until %v", l.NextUpdate)
	}
	// Somebody who kept the emergency's list and gets a newer one sees the hold.
	kept, err := cert.ParseCRL(long.DER)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := o.get(t, issuing(0, false))
	if got := o.code(t, c, kept, whole); got != chain.OnHold {
		t.Errorf("emergency's list and a newer one: got %v", got)
	}
	if err := o.RenewLists(ctx, operator, ca.IssuingID); err != nil {
		t.Fatal(err)
	}
	for _, shard := range []int{0, 1, 2} {
		if _, l := o.get(t, issuing(shard, false)); l.NextUpdate.Sub(o.now) != 7*day {
			t.Errorf("shard %d after the emergency: until %v", shard, l.NextUpdate)
		}
	}
	// The root's, with its key.
	if r, err := o.IssueOfflineCRL(ctx, operator, ca.RootID, o.root, 500); err != nil || r.NextUpdate.Sub(o.now) != 500*day {
		t.Errorf("root: %v, %v", r.NextUpdate, err)
	}
}

// A list that is merely due serves on while no other can be made; one that
// lacks a change, or has ended, does not.
func TestListsServeOnWhileTheyMay(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, ca.ProfileSeal)
	_, first := o.list(t, ca.IssuingID)
	o.store.fail["RecordCRL"] = errors.New("disk full")
	o.now = start.Add(2 * day)
	if l, err := o.CRL(ctx, ca.IssuingID); err != nil || l.Number != first.Number {
		t.Errorf("due: got %d, %v", l.Number, err)
	}
	o.now = start.Add(8 * day)
	if _, err := o.CRL(ctx, ca.IssuingID); err == nil {
		t.Error("ended: want an error")
	}
	o.now = start.Add(time.Hour)
	_ = o.Suspend(ctx, operator, c.SerialHex, "")
	if _, err := o.CRL(ctx, ca.IssuingID); err == nil {
		t.Error("a change is not in it: want an error")
	}
}

// What one process records and cannot publish, another publishes.
func TestListsOfAnotherProcess(t *testing.T) {
	ctx, o := context.Background(), found(t)
	told := 0
	other := o.reopen(t, func(c *ca.Config) {
		c.Published = func(_ context.Context, id string) {
			if id == ca.IssuingID {
				told++
			}
		}
	})
	c := o.issue(t, ca.ProfileSeal)
	if l, _ := other.list(t, ca.IssuingID); entry(l, c.SerialHex) != nil || told != 0 {
		t.Fatal("too early")
	}
	o.store.fail["RecordCRL"] = errors.New("killed")
	_ = o.Suspend(ctx, operator, c.SerialHex, "")
	delete(o.store.fail, "RecordCRL")
	if l, _ := other.list(t, ca.IssuingID); entry(l, c.SerialHex) == nil || told != 1 {
		t.Errorf("the other process does not see the change (told %d times)", told)
	}
	// And its new list is the first one's newest.
	if l, _ := o.list(t, ca.IssuingID); entry(l, c.SerialHex) == nil {
		t.Error("the first process serves an old list")
	}
}

func TestListPolicy(t *testing.T) {
	o := found(t)
	for _, p := range []ca.ListPolicy{{Life: time.Minute}, {Life: 93 * day}, {Shards: -1}, {Shards: ca.MaxShards + 1}} {
		c := o.config()
		c.Lists = map[string]ca.ListPolicy{"": p}
		if _, err := ca.Load(context.Background(), c); err == nil {
			t.Errorf("%+v: want an error", p)
		}
	}
	// A quarter of the life, when that is less than a day.
	short := o.with(t, ca.ListPolicy{Life: 8 * time.Hour})
	short.now = start.Add(25 * time.Hour)
	_, a := short.get(t, issuing(0, false)) // still lasts as long as the first, of a week
	short.now = start.Add(8 * day)
	_, b := short.get(t, issuing(0, false))
	if b.NextUpdate.Sub(b.ThisUpdate) != 8*time.Hour || b.Number != a.Number+1 {
		t.Errorf("list %d lives %v", b.Number, b.NextUpdate.Sub(b.ThisUpdate))
	}
	short.now = short.now.Add(2*time.Hour - time.Second)
	if _, c := short.get(t, issuing(0, false)); c.Number != b.Number {
		t.Errorf("re-issued before it was due")
	}
	short.now = short.now.Add(time.Second)
	if _, c := short.get(t, issuing(0, false)); c.Number != b.Number+1 {
		t.Errorf("after two of eight hours: %d, want %d", c.Number, b.Number+1)
	}
}

// Each shard counts for itself, and never backwards.
func TestNumbersGrowAcrossShards(t *testing.T) {
	o := found(t).with(t, ca.ListPolicy{Shards: 2})
	last := map[int]*big.Int{}
	a, b := o.inTwoShards(t)
	for i, c := range []ca.Certificate{a, b} {
		o.now = o.now.Add(time.Minute)
		o.suspend(t, c)
		for shard := range 3 {
			l, _ := o.get(t, issuing(shard, false))
			if old := last[shard]; old != nil && l.Number.Cmp(old) < 0 || shard == 0 && l.Number.Int64() != int64(i+2) {
				t.Errorf("shard %d: number %v after %v", shard, l.Number, old)
			}
			last[shard] = l.Number
		}
	}
}
