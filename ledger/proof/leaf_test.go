// SPDX-License-Identifier: Apache-2.0

package proof_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/govseal/govseal/ledger/proof"
)

var (
	one    = strings.Repeat("01", 32)
	golden = `{"v":1,"kind":"stamp","commits":[{"name":"audit","sm3":"` + one + `"},{"name":"document","sm3":"` + strings.Repeat("02", 32) + `"}]}`
)

func TestLeaf(t *testing.T) {
	many := make([]string, 0, 33)
	for i := range 33 {
		many = append(many, fmt.Sprintf(`{"name":"a%02d","sm3":"%s"}`, i, one))
	}
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"golden", golden, true},
		{"white space", strings.Replace(golden, ",", ", ", 1), false},
		{"trailing newline", golden + "\n", false},
		{"upper-case digest", strings.Replace(golden, "01", "0A", 1), false},
		{"commitments out of order", strings.NewReplacer("audit", "document", "document", "audit").Replace(golden), false},
		{"commitment twice", strings.Replace(golden, "document", "audit", 1), false},
		{"no commitment", `{"v":1,"kind":"stamp","commits":[]}`, false},
		{"33 commitments", `{"v":1,"kind":"stamp","commits":[` + strings.Join(many, ",") + `]}`, false},
		{"32 commitments", `{"v":1,"kind":"stamp","commits":[` + strings.Join(many[:32], ",") + `]}`, true},
		{"unknown member", strings.Replace(golden, `"v":1`, `"v":1,"w":2`, 1), false},
		{"version", strings.Replace(golden, `"v":1`, `"v":2`, 1), false},
		{"escaped name", strings.Replace(golden, `"audit"`, `"\u0061udit"`, 1), false},
		{"kind with space", strings.Replace(golden, `stamp`, `st mp`, 1), false},
		{"kind empty", strings.Replace(golden, `stamp`, ``, 1), false},
		{"short digest", strings.Replace(golden, "0101", "01", 1), false},
		{"long", golden + strings.Repeat(" ", proof.MaxLeaf), false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			leaf, err := proof.ParseLeaf([]byte(tt.text))
			if tt.ok != (err == nil) {
				t.Fatalf("got %v, want ok %v", err, tt.ok)
			}
			if tt.ok && leaf.Commits[firstName(leaf)] == [32]byte{} {
				t.Errorf("got %v: a commitment is empty", leaf)
			}
		})
	}
}

func firstName(l *proof.Leaf) string {
	for name := range l.Commits {
		return name
	}
	return ""
}

// The expected values are OpenSSL's: printf '\000leaf' | openssl dgst -sm3,
// and likewise for \001 followed by 64 octets.
func TestHashes(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  [32]byte
		want string
	}{
		{"leaf", proof.LeafHash([]byte("leaf")), leafWant},
		{"node", proof.NodeHash([32]byte{}, [32]byte{}), nodeWant},
		{"empty", proof.EmptyRoot(), emptyWant},
	} {
		if got := hex.EncodeToString(tt.got[:]); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(golden))
	f.Add([]byte(`{"v":1,"kind":"stamp","commits":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		leaf, err := proof.ParseLeaf(raw)
		if err != nil {
			return
		}
		if again, err := leaf.Marshal(); err != nil || !bytes.Equal(again, raw) {
			t.Errorf("parse then marshal changed %q to %q, %v", raw, again, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	key := newKey(f)
	raw, _ := twoLeaves(f, key).Marshal()
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := proof.Parse(raw)
		if err != nil {
			return
		}
		again, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if q, err := proof.Parse(again); err != nil || len(q.Opened) != len(p.Opened) {
			t.Errorf("marshal then parse: %v", err)
		}
		_, _, _ = p.Verify(&key.PublicKey)
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	key := newKey(f)
	cp := proof.Checkpoint{Origin: origin, Size: 7}
	signed, _ := cp.Sign(key)
	f.Add(signed)
	f.Fuzz(func(t *testing.T, signed string) {
		got, err := proof.OpenCheckpoint(signed, &key.PublicKey)
		if err == nil && got != cp {
			t.Errorf("got %v from a checkpoint that was never signed", got)
		}
	})
}

const (
	leafWant  = "3acdbb087f297c76009a6a41d745cfcb79e965ede2a5db9b947ad5770f238a11"
	nodeWant  = "5ec1420cd14f308650cb6ac8dcd6bab89589f1f3dced7c1a17345f269e605291"
	emptyWant = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
)
