// SPDX-License-Identifier: Apache-2.0

package interop_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/store"
)

func init() { keyfile.CheapForTests() } // every test here opens key stores

const creditCode = "11990100MB1000010Y" // fictional, with a true check character

// authority is a real one, over SQLite and the software key store, so that
// what is judged is what a city hands out.
func authority(t *testing.T) (*ca.Authority, *keys.Keyring) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Create(ctx, store.Config{DSN: filepath.Join(t.TempDir(), "ca.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ring, err := keys.Create(ctx, db.Keys(), []byte("passphrase of a test"), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	root, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	a, err := ca.Create(ctx, ca.Config{Store: db.CA(), Keys: ring, URL: "https://seal.example"}, "operator:test", "示例市", root)
	if err != nil {
		t.Fatal(err)
	}
	return a, ring
}

func issue(t *testing.T, a *ca.Authority, ring *keys.Keyring, profile string, s ca.Subject) ca.Certificate {
	t.Helper()
	ref, _, err := ring.Generate(context.Background(), profile)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Issue(context.Background(), ca.Request{Actor: "operator:test", Profile: profile, KeyRef: ref, Subject: s})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// guarded runs another implementation: some of them panic on bad input, which
// must not end our tests and must not be taken for a verdict.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanic, r)
		}
	}()
	return f()
}
