// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
)

func benchOffice(b testing.TB) *office {
	b.Helper()
	root, err := gm.GenerateKey()
	if err != nil {
		b.Fatal(err)
	}
	o := &office{store: newMemory(), keys: &softKeys{}, root: root, now: start}
	if o.Authority, err = ca.Create(context.Background(), o.config(), operator, "示例市", root); err != nil {
		b.Fatal(err)
	}
	return o
}

func BenchmarkIssue(b *testing.B) {
	o := benchOffice(b)
	for b.Loop() {
		ref, _, err := o.keys.Generate(context.Background(), "seal")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := o.Issue(context.Background(), request("seal", ref)); err != nil {
			b.Fatal(err)
		}
	}
}

// listed is a store with many revoked certificates at hand, so that the list
// is measured and not the map.
type listed struct {
	*memory
	bad []ca.Entry
}

func (l listed) NotGood(context.Context, string, int) ([]ca.Entry, error) { return l.bad, nil }

// A list that is longer than a value of a ledger leaf is issued all the same.
func TestLongCRL(t *testing.T) {
	if err := listOf(t, 10_000)(); err != nil {
		t.Error(err)
	}
}

// listOf returns what issues a list of n entries.
func listOf(tb testing.TB, n int) func() error {
	o := benchOffice(tb)
	l := listed{memory: o.store}
	for i := range n {
		l.bad = append(l.bad, ca.Entry{SerialHex: fmt.Sprintf("7f%030x", i), Status: ca.Revoked,
			RevokedAt: start, Reason: ca.ReasonKeyCompromise, Invalidity: start.Add(-time.Hour)})
	}
	c := o.config()
	c.Store = l
	a, err := ca.Load(context.Background(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return func() error {
		_, err := a.IssueRootCRL(context.Background(), operator, o.root)
		return err
	}
}

// BenchmarkCRL100000 builds, signs and records a list of 100,000 entries:
// design.md section 11 asks for less than a second.
func BenchmarkCRL100000(b *testing.B) {
	issue := listOf(b, 100_000)
	for b.Loop() {
		if err := issue(); err != nil {
			b.Fatal(err)
		}
	}
}
