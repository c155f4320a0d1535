// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// Bounds on a leaf.
const (
	// MaxLeaf bounds the canonical octets of a leaf.
	MaxLeaf = 8 << 10
	// MaxCommits bounds the commitments of one leaf.
	MaxCommits = 32
	// maxName bounds a kind and the name of a commitment, in octets.
	maxName = 32
)

// Leaf is the parsed form of a leaf's canonical octets. It holds nothing but
// a kind and digests: no personal data, and nothing to guess, because every
// digest covers a nonce.
type Leaf struct {
	Kind    string
	Commits map[string][32]byte
}

// leafJSON is the canonical text of a leaf. Member order, no white space,
// lower-case hexadecimal and commitments sorted by name make it the only
// spelling:
//
//	{"v":1,"kind":"stamp","commits":[{"name":"audit","sm3":"…"},…]}
type leafJSON struct {
	V       int          `json:"v"`
	Kind    string       `json:"kind"`
	Commits []commitJSON `json:"commits"`
}

type commitJSON struct {
	Name string `json:"name"`
	SM3  string `json:"sm3"`
}

// Marshal returns the canonical octets of a leaf; an error says which name
// cannot stand in one.
func (l *Leaf) Marshal() ([]byte, error) {
	if !isName(l.Kind) {
		return nil, formatErrorf("%q cannot be a kind of leaf", l.Kind)
	}
	if n := len(l.Commits); n == 0 || n > MaxCommits {
		return nil, formatErrorf("a leaf has 1 to %d commitments, not %d", MaxCommits, n)
	}
	out := leafJSON{V: 1, Kind: l.Kind}
	for _, name := range slices.Sorted(maps.Keys(l.Commits)) {
		if !isName(name) {
			return nil, formatErrorf("%q cannot name a commitment", name)
		}
		digest := l.Commits[name]
		out.Commits = append(out.Commits, commitJSON{name, hex.EncodeToString(digest[:])})
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil, formatErrorf("encode leaf: %v", err)
	}
	return raw, nil
}

// ParseLeaf reads the canonical octets of a leaf; every other spelling of the
// same leaf is refused.
func ParseLeaf(raw []byte) (*Leaf, error) {
	if len(raw) > MaxLeaf {
		return nil, formatErrorf("a leaf has at most %d octets", MaxLeaf)
	}
	var in leafJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, formatErrorf("not a leaf: %v", quiet(err))
	}
	if in.V != 1 || len(in.Commits) > MaxCommits {
		return nil, formatErrorf("not a leaf of version 1 with at most %d commitments", MaxCommits)
	}
	l := &Leaf{Kind: in.Kind, Commits: make(map[string][32]byte, len(in.Commits))}
	for _, c := range in.Commits {
		digest, err := hex.DecodeString(c.SM3)
		if err != nil || len(digest) != HashSize {
			return nil, formatErrorf("a commitment is not an SM3 digest")
		}
		l.Commits[c.Name] = [32]byte(digest)
	}
	again, err := l.Marshal()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(raw, again) {
		return nil, formatErrorf("the leaf is not in canonical form")
	}
	return l, nil
}

// isName reports whether s is a letter followed by letters, digits and
// hyphens: nothing that JSON could spell in two ways.
func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}
