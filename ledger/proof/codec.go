// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// FormatError says that octets are not what they should be: a leaf, a
// checkpoint or a proof of ours.
type FormatError struct{ Problem string }

func (e *FormatError) Error() string { return "ledger proof: " + e.Problem }

func formatErrorf(format string, args ...any) error {
	return &FormatError{fmt.Sprintf(format, args...)}
}

// Marshal returns the JSON text of p, with members in the order of the struct.
func (p *Proof) Marshal() ([]byte, error) {
	c := *p
	if c.Hashes == nil {
		c.Hashes = [][]byte{}
	}
	if c.Opened == nil {
		c.Opened = []Opened{}
	}
	return encode(&c)
}

// encode is json.Marshal without HTML escapes and without the newline.
func encode(p *Proof) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return nil, fmt.Errorf("ledger proof: encode: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// Parse reads the JSON text of a proof. But for white space it must be the
// text that Marshal writes: so no member is unknown, missing, doubled or
// spelled in a second way, and two readers cannot see two proofs in one text.
func Parse(raw []byte) (*Proof, error) {
	if len(raw) > MaxProof {
		return nil, formatErrorf("a proof has at most %d octets", MaxProof)
	}
	var p Proof
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, formatErrorf("not a proof: %v", quiet(err))
	}
	if p.Hashes == nil || p.Opened == nil {
		return nil, formatErrorf(`"hashes" or "opened" is missing`)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return nil, formatErrorf("not a proof: %v", quiet(err))
	}
	again, err := encode(&p)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(compact.Bytes(), again) {
		return nil, formatErrorf("members are unknown, doubled, out of order or spelled otherwise than a proof spells them")
	}
	return &p, nil
}

// quiet keeps echoes of the input out of error texts.
func quiet(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("JSON syntax at octet %d", syntax.Offset)
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("wrong kind of value at octet %d", kind.Offset)
	}
	return errors.New("a value is not base64")
}

// check holds a proof within its bounds, before any work is done on it.
func (p *Proof) check() error {
	switch {
	case p.Version != Version:
		return formatErrorf("version %d is not known", p.Version)
	case len(p.Leaf) > MaxLeaf:
		return formatErrorf("a leaf has at most %d octets", MaxLeaf)
	case len(p.Hashes) > maxPath:
		return formatErrorf("a path has at most %d hashes", maxPath)
	case len(p.Checkpoint) > MaxCheckpoint:
		return formatErrorf("a checkpoint has at most %d octets", MaxCheckpoint)
	case len(p.Opened) > MaxCommits:
		return formatErrorf("a leaf has at most %d commitments", MaxCommits)
	}
	for _, h := range p.Hashes {
		if len(h) != HashSize {
			return formatErrorf("a hash has %d octets", HashSize)
		}
	}
	for _, o := range p.Opened {
		if len(o.Nonce) != NonceSize {
			return formatErrorf("a nonce has %d octets", NonceSize)
		}
		if len(o.Value) > MaxValue {
			return formatErrorf("an opened value has at most %d octets", MaxValue)
		}
	}
	return nil
}
