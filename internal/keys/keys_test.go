// SPDX-License-Identifier: Apache-2.0

package keys_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
)

var passphrase = []byte("示例 passphrase")

// memory is a keys.Store.
type memory struct {
	mu    sync.Mutex
	kek   *keys.KEK
	rows  map[string]keys.Record
	reads int
}

func newMemory() *memory { return &memory{rows: map[string]keys.Record{}} }

func (m *memory) CreateKEK(_ context.Context, k keys.KEK) error {
	if m.kek != nil {
		return errors.New("there is one")
	}
	m.kek = &k
	return nil
}

func (m *memory) KEK(context.Context) (keys.KEK, error) {
	if m.kek == nil {
		return keys.KEK{}, keys.ErrNoKey
	}
	return *m.kek, nil
}

func (m *memory) PutKey(_ context.Context, r keys.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[r.ID] = r
	return nil
}

func (m *memory) Key(_ context.Context, id string) (keys.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	r, ok := m.rows[id]
	if !ok {
		return keys.Record{}, keys.ErrNoKey
	}
	return r, nil
}

// create opens a new store with few iterations.
func create(t *testing.T, m *memory, o keys.Options) *keys.Keyring {
	t.Helper()
	t.Cleanup(keys.LowerFloor(10))
	k, err := keys.Create(t.Context(), m, passphrase, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func generate(t *testing.T, k *keys.Keyring, use string) (ref string, public []byte) {
	t.Helper()
	ref, public, err := k.Generate(t.Context(), use)
	if err != nil {
		t.Fatal(err)
	}
	return ref, public
}

func TestStory(t *testing.T) {
	m := newMemory()
	first := create(t, m, keys.Options{})
	ref, public := generate(t, first, "seal")
	again, err := keys.Open(t.Context(), m, passphrase, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := again.Signer(t.Context(), ref, "seal")
	if err != nil {
		t.Fatal(err)
	}
	sig, err := gm.SignMessage(s, []byte("m"))
	pub, parseErr := gm.ParsePublicKey(public)
	if err != nil || parseErr != nil || !gm.VerifyMessage(pub, []byte("m"), sig) {
		t.Errorf("the reopened key does not sign for its public key: %v, %v", err, parseErr)
	}
	if cached, _ := again.Signer(t.Context(), ref, "seal"); cached != s || m.reads != 1 {
		t.Errorf("an opened signer was read again: %d reads", m.reads)
	}
	if first.Derive("grants") != again.Derive("grants") || first.Derive("grants") == first.Derive("seals") {
		t.Error("derived keys must be the same for the same label only")
	}
	other := create(t, newMemory(), keys.Options{})
	if first.Derive("grants") == other.Derive("grants") {
		t.Error("two stores derive the same key")
	}
}

func TestOpenErrors(t *testing.T) {
	tests := []struct {
		name  string
		pass  string
		spoil func(*memory)
		want  error
	}{
		{"right", string(passphrase), func(*memory) {}, nil},
		{"wrong passphrase", "wrong", func(*memory) {}, keys.ErrPassphrase},
		{"empty passphrase", "", func(*memory) {}, keys.ErrPassphrase},
		{"never initialised", string(passphrase), func(m *memory) { m.kek = nil }, keys.ErrNoKey},
		{"too many iterations", string(passphrase), func(m *memory) { m.kek.Iterations = gm.MaxIterations + 1 }, keys.ErrDamaged},
		{"too few iterations", string(passphrase), func(m *memory) { m.kek.Iterations = 9 }, keys.ErrDamaged},
		{"no salt", string(passphrase), func(m *memory) { m.kek.Salt = nil }, keys.ErrDamaged},
		{"wrapped key cut", string(passphrase), func(m *memory) { m.kek.Wrapped = m.kek.Wrapped[:10] }, keys.ErrPassphrase},
		{"wrapped key long", string(passphrase), func(m *memory) { m.kek.Wrapped = make([]byte, 1<<20) }, keys.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory()
			create(t, m, keys.Options{})
			tt.spoil(m)
			if _, err := keys.Open(t.Context(), m, []byte(tt.pass), keys.Options{}); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	for name, n := range map[string]int{"one round": 1, "below the floor": 599_999, "negative": -1, "too many": gm.MaxIterations + 1} {
		if _, err := keys.Create(t.Context(), newMemory(), passphrase, keys.Options{Iterations: n}); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if _, err := keys.Create(t.Context(), newMemory(), nil, keys.Options{}); err == nil {
		t.Error("empty passphrase: want an error")
	}
	m := newMemory()
	create(t, m, keys.Options{})
	if _, err := keys.Create(t.Context(), m, passphrase, keys.Options{}); err == nil {
		t.Error("a second key-encryption key: want an error")
	}
}

func TestSignerErrors(t *testing.T) {
	m := newMemory()
	k := create(t, m, keys.Options{})
	ref, _ := generate(t, k, "seal")
	otherRef, _ := generate(t, k, "seal")
	id, otherID := strings.TrimPrefix(ref, "soft:"), strings.TrimPrefix(otherRef, "soft:")
	edit := func(change func(*keys.Record)) func() {
		return func() {
			r := m.rows[id]
			r.Wrapped, r.Public = bytes.Clone(r.Wrapped), bytes.Clone(r.Public)
			change(&r)
			m.rows[id] = r
		}
	}
	sound := m.rows[id]
	tests := []struct {
		name     string
		ref, use string
		spoil    func()
		want     error
	}{
		{"sound", ref, "seal", func() {}, nil},
		{"another use", ref, "ca", func() {}, keys.ErrUse},
		{"unknown id", "soft:none", "seal", func() {}, keys.ErrNoKey},
		{"hardware", "sdf:1", "seal", func() {}, keys.ErrReference},
		{"no scheme", id, "seal", func() {}, keys.ErrReference},
		{"no id", "soft:", "seal", func() {}, keys.ErrReference},
		{"wrapped key", ref, "seal", edit(func(r *keys.Record) { r.Wrapped[20] ^= 1 }), keys.ErrDamaged},
		{"wrapped key empty", ref, "seal", edit(func(r *keys.Record) { r.Wrapped = nil }), keys.ErrDamaged},
		{"public key", ref, "seal", edit(func(r *keys.Record) { r.Public[50] ^= 1 }), keys.ErrDamaged},
		{"use edited in the row", ref, "ca", edit(func(r *keys.Record) { r.Use = "ca" }), keys.ErrDamaged},
		{"id edited in the row", ref, "seal", edit(func(r *keys.Record) { r.ID = otherID }), keys.ErrDamaged},
		{"another key's row", ref, "seal", func() { r := m.rows[otherID]; r.ID = id; m.rows[id] = r }, keys.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m.rows[id] = sound
			fresh, err := keys.Open(t.Context(), m, passphrase, keys.Options{})
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil()
			s, err := fresh.Signer(t.Context(), tt.ref, tt.use)
			if !errors.Is(err, tt.want) || (s == nil) != (tt.want != nil) {
				t.Errorf("got %v, %v; want %v", s, err, tt.want)
			}
		})
	}
	m.rows[id] = sound
	if _, err := k.Signer(t.Context(), ref, "seal"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Signer(t.Context(), ref, "ca"); !errors.Is(err, keys.ErrUse) {
		t.Errorf("a cached signer for another use: got %v, want ErrUse", err)
	}
}

func TestSignerGivesAwayNothing(t *testing.T) {
	k := create(t, newMemory(), keys.Options{})
	ref, _ := generate(t, k, "seal")
	s, err := k.Signer(t.Context(), ref, "seal")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.(crypto.Decrypter); ok {
		t.Error("a signer decrypts")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s); got != "SM2 signer" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	for name, try := range map[string]func() ([]byte, error){
		"a message": func() ([]byte, error) { return s.Sign(nil, []byte("message"), gm.Options) },
		"SHA-256":   func() ([]byte, error) { return s.Sign(nil, make([]byte, 32), crypto.SHA256) },
		"nil":       func() ([]byte, error) { return s.Sign(nil, make([]byte, 32), nil) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s was signed", name)
		}
	}
}

func TestClose(t *testing.T) {
	k := create(t, newMemory(), keys.Options{})
	ref, _ := generate(t, k, "seal")
	before := k.Derive("x")
	k.Close()
	if _, err := k.Signer(t.Context(), ref, "seal"); !errors.Is(err, keys.ErrClosed) {
		t.Errorf("Signer: got %v, want ErrClosed", err)
	}
	if _, _, err := k.Generate(t.Context(), "seal"); !errors.Is(err, keys.ErrClosed) {
		t.Errorf("Generate: got %v, want ErrClosed", err)
	}
	zero := gm.HMAC(make([]byte, 32), []byte("govseal/keys/derive/v1"), []byte{0}, []byte("x"))
	if got := k.Derive("x"); got == before || got == zero {
		t.Error("Derive after Close gives a key that somebody knows")
	}
}

func TestUses(t *testing.T) {
	k := create(t, newMemory(), keys.Options{})
	for _, use := range []string{"", "Seal", "a b", strings.Repeat("a", 33)} {
		if _, _, err := k.Generate(t.Context(), use); err == nil {
			t.Errorf("use %q: want an error", use)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	m := newMemory()
	k := create(t, m, keys.Options{})
	ref, _ := generate(t, k, "seal")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				s, err := k.Signer(t.Context(), ref, "seal")
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := gm.Sign(s, [32]byte{1}); err != nil {
					t.Error(err)
				}
				generate(t, k, "officer")
			}
		})
	}
	wg.Wait()
}

// The file holds under the real iteration count.
func TestRootFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root.key.pem")
	made, err := keys.CreateRootFile(path, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys.OpenRootFile(path, passphrase, keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sig, err := gm.SignMessage(got, []byte("m"))
	pub, ok := gm.AsPublicKey(made.Public())
	if err != nil || !ok || !gm.VerifyMessage(pub, []byte("m"), sig) {
		t.Errorf("the reopened root key is another: %v", err)
	}
	if _, err := keys.CreateRootFile(path, passphrase); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file: got %v, want ErrExist", err)
	}
	if _, err := keys.OpenRootFile(path, []byte("wrong"), keys.Options{}); !errors.Is(err, keys.ErrPassphrase) {
		t.Errorf("wrong passphrase: got %v, want ErrPassphrase", err)
	}
	if _, err := keys.OpenRootFile(path+"x", passphrase, keys.Options{}); !errors.Is(err, keys.ErrNoKey) {
		t.Errorf("no file: got %v, want ErrNoKey", err)
	}
	if err := os.WriteFile(path, []byte("-----BEGIN X"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.OpenRootFile(path, passphrase, keys.Options{}); !errors.Is(err, keys.ErrDamaged) {
		t.Errorf("damaged file: got %v, want ErrDamaged", err)
	}
}
