// SPDX-License-Identifier: Apache-2.0

// Package proof checks proofs of the ledger, and does nothing else: leaf and
// tree hashes (RFC 6962 shape with SM3), inclusion, consistency, checkpoints.
// It has no input or output and no clock, so that a verifier of any size can
// carry it.
package proof

import (
	"crypto/ecdsa"
	"crypto/subtle"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
)

// Version is the only version of Proof.
const Version = 1

// Bounds on a proof from outside.
const (
	// MaxProof bounds the JSON text of a proof, in octets.
	MaxProof = 1 << 20
	// MaxValue bounds one opened value, in octets.
	MaxValue = 256 << 10
	// NonceSize is the size of a commitment's nonce in octets.
	NonceSize = 16
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
	// TimeStamp is a token over the checkpoint (the octets of the signed
	// note), when it has one.
	TimeStamp []byte `json:"timeStamp,omitempty"`
}

// Opened is one commitment SM3(nonce || value) laid open.
type Opened struct {
	Name  string `json:"name"`
	Nonce []byte `json:"nonce"` // 16 octets
	Value []byte `json:"value"`
}

// Commitment returns SM3(nonce || value). The nonce has a fixed size, so the
// border between the two cannot be moved.
func (o Opened) Commitment() [32]byte { return gm.SM3(o.Nonce, o.Value) }

// Verify checks everything about p under the key: leaf, commitments,
// inclusion, checkpoint. It returns the opened facts by name. What the facts
// must be equal to is the caller's question.
func (p *Proof) Verify(key *ecdsa.PublicKey) (facts map[string][]byte, cp Checkpoint, err error) {
	if err := p.check(); err != nil {
		return nil, Checkpoint{}, err
	}
	leaf, err := ParseLeaf(p.Leaf)
	if err != nil {
		return nil, Checkpoint{}, err
	}
	if facts, err = leaf.open(p.Opened); err != nil {
		return nil, Checkpoint{}, err
	}
	if cp, err = OpenCheckpoint(p.Checkpoint, key); err != nil {
		return nil, Checkpoint{}, err
	}
	if err := VerifyInclusion(LeafHash(p.Leaf), p.Index, cp.Size, p.Hashes, cp.Root); err != nil {
		return nil, Checkpoint{}, err
	}
	return facts, cp, nil
}

// open checks the opened commitments against the leaf.
func (l *Leaf) open(opened []Opened) (map[string][]byte, error) {
	facts := make(map[string][]byte, len(opened))
	for _, o := range opened {
		want, ok := l.Commits[o.Name]
		if !ok {
			return nil, formatErrorf("the leaf commits to nothing named %q", o.Name)
		}
		if _, twice := facts[o.Name]; twice {
			return nil, formatErrorf("%q is opened twice", o.Name)
		}
		got := o.Commitment()
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			return nil, fmt.Errorf("ledger proof: the opened value of %q does not fit the leaf", o.Name)
		}
		facts[o.Name] = o.Value
	}
	return facts, nil
}
