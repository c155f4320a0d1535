// SPDX-License-Identifier: Apache-2.0

package proof_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger/proof"
)

const origin = "demo.example/govseal/sm3"

func newKey(t testing.TB) *gm.PrivateKey {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// twoLeaves returns a proof of leaf 1 in a tree of two.
func twoLeaves(t testing.TB, key *gm.PrivateKey) *proof.Proof {
	t.Helper()
	opened := proof.Opened{Name: "document", Nonce: bytes.Repeat([]byte{7}, 16), Value: []byte("digest <of> a document")}
	leaf, err := (&proof.Leaf{Kind: "stamp", Commits: map[string][32]byte{
		"document": opened.Commitment(), "audit": {1},
	}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	other := proof.LeafHash([]byte("the other leaf"))
	cp := proof.Checkpoint{Origin: origin, Size: 2, Root: proof.NodeHash(other, proof.LeafHash(leaf))}
	signed, err := cp.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return &proof.Proof{
		Version: 1, Leaf: leaf, Index: 1, Hashes: [][]byte{other[:]},
		Checkpoint: signed, Opened: []proof.Opened{opened},
	}
}

func TestVerify(t *testing.T) {
	key, stranger := newKey(t), newKey(t)
	tests := []struct {
		name   string
		key    *gm.PrivateKey
		tamper func(*proof.Proof)
		want   string // part of the error, "" for a sound proof
	}{
		{"sound", key, func(*proof.Proof) {}, ""},
		{"nothing opened", key, func(p *proof.Proof) { p.Opened = nil }, ""},
		{"another ledger's key", stranger, func(*proof.Proof) {}, "not signed by this ledger's key"},
		{"value", key, func(p *proof.Proof) { p.Opened[0].Value[0] ^= 1 }, "does not fit the leaf"},
		{"nonce", key, func(p *proof.Proof) { p.Opened[0].Nonce[0] ^= 1 }, "does not fit the leaf"},
		{"border of nonce and value moved", key, func(p *proof.Proof) {
			o := &p.Opened[0]
			o.Nonce, o.Value = append(o.Nonce, o.Value[0]), o.Value[1:]
		}, "a nonce has 16 octets"},
		{"name", key, func(p *proof.Proof) { p.Opened[0].Name = "code" }, "nothing named"},
		{"opened twice", key, func(p *proof.Proof) { p.Opened = append(p.Opened, p.Opened[0]) }, "twice"},
		{"leaf", key, func(p *proof.Proof) {
			p.Leaf = bytes.Replace(p.Leaf, []byte(`"01`), []byte(`"02`), 1)
		}, "does not lead to the checkpoint's root"},
		{"leaf spelled otherwise", key, func(p *proof.Proof) { p.Leaf = append([]byte(" "), p.Leaf...) }, "canonical"},
		{"index", key, func(p *proof.Proof) { p.Index = 0 }, "does not lead"},
		{"index beyond", key, func(p *proof.Proof) { p.Index = 2 }, "is not in a tree of 2"},
		{"hash", key, func(p *proof.Proof) { p.Hashes[0][5] ^= 1 }, "does not lead"},
		{"short hash", key, func(p *proof.Proof) { p.Hashes[0] = p.Hashes[0][:31] }, "32 octets"},
		{"no hash", key, func(p *proof.Proof) { p.Hashes = nil }, "inclusion"},
		{"too many hashes", key, func(p *proof.Proof) { p.Hashes = slices.Repeat(p.Hashes, 65) }, "at most 64"},
		{"checkpoint size", key, func(p *proof.Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n2\n", "\n3\n", 1) }, "signature of the checkpoint is wrong"},
		{"checkpoint origin", key, func(p *proof.Proof) { p.Checkpoint = strings.ReplaceAll(p.Checkpoint, "demo", "dema") }, "not signed by this ledger's key"},
		{"checkpoint cut", key, func(p *proof.Proof) { p.Checkpoint = p.Checkpoint[:40] }, "not a signed note"},
		{"version", key, func(p *proof.Proof) { p.Version = 2 }, "version"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := twoLeaves(t, key)
			tt.tamper(p)
			facts, cp, err := p.Verify(&tt.key.PublicKey)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || facts != nil {
					t.Fatalf("got %v, %v; want an error with %q", facts, err, tt.want)
				}
				return
			}
			if err != nil || cp.Size != 2 || len(facts) != len(p.Opened) {
				t.Fatalf("got %v, %v, %v", facts, cp, err)
			}
		})
	}
}

func TestProofText(t *testing.T) {
	p := twoLeaves(t, newKey(t))
	raw, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"as written", text, true},
		{"with white space", pretty.String() + "\n", true},
		{"unknown member", strings.Replace(text, `{"version":1`, `{"x":1,"version":1`, 1), false},
		{"member twice", strings.Replace(text, `"index":1`, `"index":0,"index":1`, 1), false},
		{"member in another case", strings.Replace(text, `"index"`, `"Index"`, 1), false},
		{"member escaped", strings.Replace(text, `"index"`, `"\u0069ndex"`, 1), false},
		{"no hashes", strings.Replace(text, `"hashes":[`, `"hashez":[`, 1), false},
		{"index as text", strings.Replace(text, `"index":1`, `"index":"1"`, 1), false},
		{"index negative", strings.Replace(text, `"index":1`, `"index":-1`, 1), false},
		{"index with exponent", strings.Replace(text, `"index":1`, `"index":1e0`, 1), false},
		{"base64 with a line break", strings.Replace(text, `"leaf":"`, `"leaf":"\n`, 1), false},
		{"base64 broken", strings.Replace(text, `"leaf":"`, `"leaf":"*`, 1), false},
		{"two proofs", text + text, false},
		{"empty", "", false},
		{"null", "null", false},
		{"deep", strings.Repeat("[", 100_000), false},
		{"long", text + strings.Repeat(" ", proof.MaxProof), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := proof.Parse([]byte(tt.text))
			if tt.ok != (err == nil) {
				t.Fatalf("got %v, want ok %v", err, tt.ok)
			}
			if !tt.ok {
				return
			}
			if again, err := got.Marshal(); err != nil || !bytes.Equal(again, raw) {
				t.Errorf("got %s, %v; want %s", again, err, raw)
			}
		})
	}
}

func TestCheckpointText(t *testing.T) {
	key := newKey(t)
	for _, bad := range []string{"", "/sm3", "demo.example/govseal", "a b/sm3", "a+b/sm3", "示例/sm3", "a\nb/sm3", strings.Repeat("a", 300) + "/sm3"} {
		if _, err := (proof.Checkpoint{Origin: bad}).Sign(key); err == nil {
			t.Errorf("origin %q: want an error", bad)
		}
	}
	cp := proof.Checkpoint{Origin: origin, Size: 1 << 62, Root: [32]byte{1}}
	signed, err := cp.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := proof.OpenCheckpoint(signed, &key.PublicKey); err != nil || got != cp {
		t.Errorf("got %v, %v; want %v", got, err, cp)
	}
	witnessed := signed + "— witness.example AAAAAAAA\n"
	if got, err := proof.OpenCheckpoint(witnessed, &key.PublicKey); err != nil || got != cp {
		t.Errorf("with a witness: got %v, %v; want %v", got, err, cp)
	}
	if _, err := proof.OpenCheckpoint(signed, nil); err == nil {
		t.Error("no key: want an error")
	}
}
