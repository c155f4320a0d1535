// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
)

// TestOnSQLite is the life of a certificate over the real store: what the
// authority believes of a Store must hold of the one that is used.
func TestOnSQLite(t *testing.T) {
	ctx, now := context.Background(), start
	db, err := store.Create(ctx, store.Config{DSN: filepath.Join(t.TempDir(), "ca.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	root, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	keys := &softKeys{}
	c := ca.Config{Store: db.CA(), Keys: keys, Now: func() time.Time { return now }}
	if _, err := ca.Create(ctx, c, operator, "示例市", root); err != nil {
		t.Fatal(err)
	}
	a, err := ca.Load(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	ref, _, _ := keys.Generate(ctx, "seal")
	made, err := a.Issue(ctx, request("seal", ref))
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	since := start.Add(time.Minute)
	for _, step := range []struct {
		name string
		err  error
		want error
	}{
		{"suspend", a.Suspend(ctx, operator, made.SerialHex, "年检"), nil},
		{"suspend again", a.Suspend(ctx, operator, made.SerialHex, ""), ca.ErrState},
		{"resume", a.Resume(ctx, operator, made.SerialHex, ""), nil},
		{"resume again", a.Resume(ctx, operator, made.SerialHex, ""), ca.ErrState},
		{"revoke", a.Revoke(ctx, operator, made.SerialHex, ca.ReasonKeyCompromise, since, ""), nil},
		{"revoke again", a.Revoke(ctx, operator, made.SerialHex, ca.ReasonKeyCompromise, since, ""), ca.ErrState},
		{"unknown", a.Suspend(ctx, operator, "1234", ""), ca.ErrNotFound},
	} {
		if !errors.Is(step.err, step.want) {
			t.Errorf("%s: got %v, want %v", step.name, step.err, step.want)
		}
	}
	o := &office{Authority: a}
	l, list := o.list(t, ca.IssuingID)
	if r := entry(l, made.SerialHex); r == nil || r.Reason != ca.ReasonKeyCompromise || !r.Invalidity.Equal(since) || list.Number != 4 {
		t.Errorf("CRL %d: got %+v", list.Number, r)
	}
	if left, err := a.Unfinished(ctx); err != nil || len(left) != 0 {
		t.Errorf("unfinished: %v, %v", left, err)
	}
	log, err := ledger.New(ledger.Config{Store: db.Ledger(), Origin: "test.example/govseal/sm3"})
	if err != nil {
		t.Fatal(err)
	}
	if findings, err := log.Verify(ctx, "", nil); err != nil || len(findings) > 0 {
		t.Errorf("ledger: %v, %v", findings, err)
	}
	// A reload after the change finds nothing to publish.
	again, err := ca.Load(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if next, err := again.CRL(ctx, ca.IssuingID); err != nil || next.Number != list.Number {
		t.Errorf("after a reload: got CRL %d, %v; want %d", next.Number, err, list.Number)
	}
}
