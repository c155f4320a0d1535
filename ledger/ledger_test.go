// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
)

const origin = "demo.example/govseal/sm3"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 123_456_789, time.UTC)

func event(i int) ledger.Event {
	return ledger.Event{
		Kind: "stamp", Time: noon, Actor: "app:1", Act: "stamp.pdf", Object: fmt.Sprintf("s%d", i),
		Reason: "演示\n\"quoted\"", After: json.RawMessage(fmt.Sprintf(`{ "n": %d, "名": "示例" }`, i)),
		Facts: []ledger.Fact{{Name: "document", Value: fmt.Appendf(nil, "digest %d", i)}, {Name: "code", Value: []byte("C")}},
	}
}

func filled(t testing.TB, n int) *memory {
	t.Helper()
	m := &memory{}
	for i := range n {
		if err := m.Append(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func newKey(t testing.TB) *gm.PrivateKey {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newLog(t testing.TB, s ledger.Store, key *gm.PrivateKey) *ledger.Log {
	t.Helper()
	l, err := ledger.New(ledger.Config{Store: s, Signer: key, Origin: origin, Certificate: []byte("certificate")})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEntry(t *testing.T) {
	e, err := event(1).Entry(nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"v":1,"kind":"stamp","time":1772452800123,"actor":"app:1","act":"stamp.pdf","object":"s1",` +
		`"reason":"演示\n\"quoted\"","before":null,"after":{"n":1,"名":"示例"}}`
	if got, err := e.Audit(); err != nil || string(got) != want {
		t.Errorf("audit entry: got %s, %v; want %s", got, err, want)
	}
	if err := e.CheckLeaf(); err != nil {
		t.Errorf("a new entry does not fit its leaf: %v", err)
	}
	if strings.Contains(string(e.Leaf), "app:1") || strings.Contains(string(e.Leaf), "s1") {
		t.Errorf("the leaf holds what it only commits to: %s", e.Leaf)
	}
	other, _ := event(1).Entry(nil)
	if string(other.Leaf) == string(e.Leaf) {
		t.Error("two leaves of the same event are equal: the nonces are not drawn")
	}
}

func TestEntryRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*ledger.Event){
		"fact named audit": func(e *ledger.Event) { e.Facts = []ledger.Fact{{Name: "audit"}} },
		"fact twice":       func(e *ledger.Event) { e.Facts = append(e.Facts, e.Facts[0]) },
		"fact's name":      func(e *ledger.Event) { e.Facts[0].Name = "a b" },
		"fact too long":    func(e *ledger.Event) { e.Facts[0].Value = make([]byte, proof.MaxValue+1) },
		"kind":             func(e *ledger.Event) { e.Kind = "" },
		"no time":          func(e *ledger.Event) { e.Time = time.Time{} },
		"reason not UTF-8": func(e *ledger.Event) { e.Reason = "\xff" },
		"reason too long":  func(e *ledger.Event) { e.Reason = strings.Repeat("x", 5000) },
		"after not JSON":   func(e *ledger.Event) { e.After = json.RawMessage(`{`) },
		"before not UTF-8": func(e *ledger.Event) { e.Before = json.RawMessage("\"\xff\"") },
	} {
		e := event(1)
		spoil(&e)
		if _, err := e.Entry(nil); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func TestCheckLeafFindsEveryColumn(t *testing.T) {
	for name, tamper := range map[string]func(*ledger.Entry){
		"kind":          func(e *ledger.Entry) { e.Kind = "seal" },
		"time":          func(e *ledger.Entry) { e.Time = e.Time.Add(time.Millisecond) },
		"actor":         func(e *ledger.Entry) { e.Actor = "app:2" },
		"act":           func(e *ledger.Entry) { e.Act = "stamp.digest" },
		"object":        func(e *ledger.Entry) { e.Object = "s2" },
		"reason":        func(e *ledger.Entry) { e.Reason = "" },
		"before":        func(e *ledger.Entry) { e.Before = json.RawMessage(`{}`) },
		"after":         func(e *ledger.Entry) { e.After = nil },
		"fact":          func(e *ledger.Entry) { e.Facts[0].Value = []byte("other") },
		"opened value":  func(e *ledger.Entry) { e.Facts = nil; e.Opening[0].Value = []byte("other") },
		"nonce":         func(e *ledger.Entry) { e.Opening[0].Nonce[0] ^= 1 },
		"opening short": func(e *ledger.Entry) { e.Opening = e.Opening[1:] },
		"opening twice": func(e *ledger.Entry) { e.Opening[0] = e.Opening[1] },
		"leaf":          func(e *ledger.Entry) { e.Leaf[len(e.Leaf)-5] ^= 1 },
	} {
		e, err := event(1).Entry(nil)
		if err != nil {
			t.Fatal(err)
		}
		tamper(&e)
		if e.CheckLeaf() == nil {
			t.Errorf("%s was changed and CheckLeaf says nothing", name)
		}
	}
}

func TestProofsOfEveryEntry(t *testing.T) {
	key := newKey(t)
	for _, size := range []int{1, 2, 3, 255, 256, 257, 700} {
		m := filled(t, size)
		l := newLog(t, m, key)
		for i := 0; i < size; i += 1 + size/40 {
			p, err := l.Proof(t.Context(), "stamp", fmt.Sprintf("s%d", i), "document")
			if err != nil {
				t.Fatalf("size %d, entry %d: %v", size, i, err)
			}
			facts, cp, err := p.Verify(&key.PublicKey)
			if err != nil || string(facts["document"]) != fmt.Sprintf("digest %d", i) || cp.Size != uint64(size) || len(facts) != 1 {
				t.Fatalf("size %d, entry %d: got %v, %v, %v", size, i, facts, cp, err)
			}
		}
	}
}

func TestProofAcrossThreeTileLevels(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a tree of 65 793 leaves")
	}
	m := &memory{}
	e, _ := event(0).Entry(nil)
	for i := range uint64(1<<16 + 1<<8 + 1) {
		e.Index = i
		m.addLocked(e)
	}
	key := newKey(t)
	l := newLog(t, m, key)
	m.reads = 0
	p, err := l.Proof(t.Context(), "stamp", "s0")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Verify(&key.PublicKey); err != nil {
		t.Error(err)
	}
	if m.reads > 3*2*ledger.TileWidth {
		t.Errorf("one proof read %d hashes", m.reads)
	}
}

func TestProofOpensAuditOnlyWhenNamed(t *testing.T) {
	l := newLog(t, filled(t, 3), newKey(t))
	p, err := l.Proof(t.Context(), "stamp", "s1")
	if err != nil || len(p.Opened) != 0 {
		t.Fatalf("got %v, %v; want nothing opened", p, err)
	}
	p, err = l.Proof(t.Context(), "stamp", "s1", "audit")
	if err != nil || len(p.Opened) != 1 || !strings.Contains(string(p.Opened[0].Value), `"object":"s1"`) {
		t.Fatalf("got %v, %v; want the audit entry", p, err)
	}
	if _, err := l.Proof(t.Context(), "stamp", "s1", "nothing"); err == nil {
		t.Error("an unknown fact: want an error")
	}
	if _, err := l.Proof(t.Context(), "stamp", "s99"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("unknown object: got %v, want ErrNotFound", err)
	}
}

func TestProofOfATamperedRowIsNotReleased(t *testing.T) {
	m := filled(t, 5)
	l := newLog(t, m, newKey(t))
	m.hashes[0][2][0] ^= 1
	if _, err := l.Proof(t.Context(), "stamp", "s1"); !errors.Is(err, ledger.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

func TestCheckpointServesUntilTheHeadMoves(t *testing.T) {
	m, key := filled(t, 3), newKey(t)
	l := newLog(t, m, key)
	first, _, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, _, _ := l.Checkpoint(t.Context()); again != first {
		t.Error("the head did not move and the checkpoint changed")
	}
	old := m.head
	if err := m.Append(t.Context(), event(3)); err != nil {
		t.Fatal(err)
	}
	second, _, err := l.Checkpoint(t.Context())
	cp, openErr := proof.OpenCheckpoint(second, &key.PublicKey)
	if err != nil || openErr != nil || cp.Size != 4 {
		t.Fatalf("got %v, %v, %v; want size 4", cp, err, openErr)
	}
	m.head = old
	if _, _, err := l.Checkpoint(t.Context()); !errors.Is(err, ledger.ErrRolledBack) {
		t.Errorf("head set back: got %v, want ErrRolledBack", err)
	}
	m.head = ledger.Head{Size: 9, Root: [32]byte{1}, Frontier: make([][32]byte, 2)}
	if _, _, err := l.Checkpoint(t.Context()); !errors.Is(err, ledger.ErrDamaged) {
		t.Errorf("head edited: got %v, want ErrDamaged", err)
	}
}

func TestCheckpointOfTheEmptyLedger(t *testing.T) {
	key := newKey(t)
	note, _, err := newLog(t, &memory{}, key).Checkpoint(t.Context())
	cp, openErr := proof.OpenCheckpoint(note, &key.PublicKey)
	if err != nil || openErr != nil || cp.Size != 0 || cp.Root != proof.EmptyRoot() {
		t.Errorf("got %v, %v, %v", cp, err, openErr)
	}
}

func TestTimeStampOutageCostsNothingButTheStamp(t *testing.T) {
	now, calls, up := noon, 0, false
	l, err := ledger.New(ledger.Config{
		Store: filled(t, 1), Signer: newKey(t), Origin: origin, Now: func() time.Time { return now },
		Stamp: func(_ context.Context, data []byte) ([]byte, error) {
			if calls++; !up {
				return nil, errors.New("no answer")
			}
			return append([]byte("token over "), data[:4]...), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(wantCalls int, want string) {
		t.Helper()
		note, token, err := l.Checkpoint(t.Context())
		if err != nil || note == "" || string(token) != want || calls != wantCalls {
			t.Errorf("got token %q, %v after %d calls; want %q after %d", token, err, calls, want, wantCalls)
		}
	}
	ask(1, "")
	ask(1, "") // not asked again at once
	now, up = now.Add(time.Minute), true
	ask(2, "token over demo")
	ask(2, "token over demo")
}

func TestConsistency(t *testing.T) {
	const size = 600
	m := &memory{}
	roots := [][32]byte{proof.EmptyRoot()}
	for i := range size {
		if err := m.Append(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
		roots = append(roots, m.head.Root)
	}
	l := newLog(t, m, newKey(t))
	for _, pair := range [][2]uint64{{0, 0}, {0, 5}, {1, 2}, {5, 5}, {6, 8}, {255, 256}, {256, 257}, {300, 511}, {512, 600}, {599, 600}} {
		hashes, err := l.Consistency(t.Context(), pair[0], pair[1])
		if err != nil {
			t.Fatalf("%v: %v", pair, err)
		}
		if err := proof.VerifyConsistency(pair[0], pair[1], roots[pair[0]], roots[pair[1]], hashes); err != nil {
			t.Errorf("%v: %v", pair, err)
		}
		if err := proof.VerifyConsistency(pair[0], pair[1], [32]byte{9}, roots[pair[1]], hashes); err == nil {
			t.Errorf("%v: a wrong old root was accepted", pair)
		}
	}
	for _, pair := range [][2]uint64{{2, 1}, {1, size + 1}} {
		if _, err := l.Consistency(t.Context(), pair[0], pair[1]); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%v: got %v, want ErrNotFound", pair, err)
		}
	}
}

func TestTiles(t *testing.T) {
	m := filled(t, 600)
	l := newLog(t, m, newKey(t))
	for _, tt := range []struct {
		path string
		n    int // hashes; 0 when there is no such tile
	}{
		{"0/000", 256}, {"0/001", 256}, {"0/002", 0}, {"0/002.p/88", 88}, {"0/002.p/89", 0}, {"0/000.p/3", 3},
		{"1/000.p/2", 2}, {"1/000", 0}, {"2/000.p/1", 0}, {"7/000", 0},
		{"8/000", 0}, {"0/0", 0}, {"0/x000/001", 0}, {"0/000.p/256", 0}, {"0/000.p/0", 0}, {"-0/000", 0}, {"00/000", 0},
		{"0/x001/x234/067", 0}, {"0/000.p/01", 0}, {"0/", 0}, {"", 0}, {"0/x999/x999/x999/x999/x999/x999/999", 0},
	} {
		tile, err := ledger.ParseTile(tt.path)
		var got []byte
		if err == nil {
			got, err = l.Tile(t.Context(), tile)
		}
		if len(got) != tt.n*32 || (tt.n == 0) != errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%q: got %d octets, %v; want %d hashes", tt.path, len(got), err, tt.n)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	m, key := filled(t, 1), newKey(t)
	l := newLog(t, m, key)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				n := 100*g + i
				if err := m.Append(t.Context(), event(n)); err != nil {
					t.Error(err)
				}
				p, err := l.Proof(t.Context(), "stamp", fmt.Sprintf("s%d", n), "document")
				if err != nil {
					t.Error(err)
					continue
				}
				if _, _, err := p.Verify(&key.PublicKey); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]ledger.Config{
		"no store":  {Origin: origin},
		"no origin": {Store: &memory{}},
		"SHA-256":   {Store: &memory{}, Origin: "demo.example/govseal"},
	} {
		if _, err := ledger.New(c); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	l, _ := ledger.New(ledger.Config{Store: &memory{}, Origin: origin})
	if _, _, err := l.Checkpoint(t.Context()); err == nil {
		t.Error("a log without a key signed a checkpoint")
	}
}

func FuzzParseTile(f *testing.F) {
	f.Add("0/x001/x234/067.p/12")
	f.Fuzz(func(t *testing.T, path string) {
		if tile, err := ledger.ParseTile(path); err == nil && tile.Path() != path {
			t.Errorf("%q and %q are the same tile", path, tile.Path())
		}
	})
}
