// SPDX-License-Identifier: Apache-2.0

// Package proof checks proofs of the ledger, and does nothing else: leaf and
// tree hashes (RFC 6962 shape with SM3), inclusion, consistency, checkpoints.
package proof

import (
	"crypto/ecdsa"
)

// Proof is what GET /v1/stamps/{id}/proof answers and --proof reads.
type Proof struct {
	Version    int      `json:"version"` // 1
	Leaf       []byte   `json:"leaf"`    // canonical octets, base64
	Index      uint64   `json:"index"`
	Hashes     [][]byte `json:"hashes"`
	Checkpoint string   `json:"checkpoint"` // signed note
	Opened     []Opened `json:"opened"`     // commitments opened in this proof
	// Certificate is the ledger key's certificate (DER); it is believed only
	// when the verifier's policy does.
	Certificate []byte `json:"certificate,omitempty"`
	// TimeStamp is a token over the checkpoint, when it has one.
	TimeStamp []byte `json:"timeStamp,omitempty"`
}

// Opened is one commitment SM3(nonce || value) laid open.
type Opened struct {
	Name  string `json:"name"`
	Nonce []byte `json:"nonce"` // 16 octets
	Value []byte `json:"value"`
}

// Checkpoint is a signed (size, root) of a ledger.
type Checkpoint struct {
	Origin string
	Size   uint64
	Root   [32]byte
}

// Leaf is the parsed form of a leaf's canonical octets.
type Leaf struct {
	Kind    string
	Commits map[string][32]byte
}

func ParseLeaf(raw []byte) (*Leaf, error)    { panic("unwritten") }
func LeafHash(raw []byte) [32]byte           { panic("unwritten") }
func NodeHash(left, right [32]byte) [32]byte { panic("unwritten") }
func Parse(raw []byte) (*Proof, error)       { panic("unwritten") }
func VerifyInclusion(leafHash [32]byte, index, size uint64, hashes [][]byte, root [32]byte) error {
	panic("unwritten")
}
func VerifyConsistency(size1, size2 uint64, root1, root2 [32]byte, hashes [][]byte) error {
	panic("unwritten")
}

// OpenCheckpoint verifies a signed note under the ledger's key.
func OpenCheckpoint(signed string, key *ecdsa.PublicKey) (Checkpoint, error) { panic("unwritten") }

// Verify checks everything about p under the key: leaf, commitments,
// inclusion, checkpoint. It returns the opened facts by name.
func (p *Proof) Verify(key *ecdsa.PublicKey) (facts map[string][]byte, cp Checkpoint, err error) {
	panic("unwritten")
}
