// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/govseal/govseal/ledger/proof"
)

// Entry turns an event into its entry: draws nonces, encodes the leaf, whose
// commitments are the facts and "audit", the canonical audit entry. A nil
// random is the system's source. The store sets Index.
func (e Event) Entry(random io.Reader) (Entry, error) {
	if random == nil {
		random = rand.Reader
	}
	e.Time = time.UnixMilli(e.Time.UnixMilli()).UTC()
	audit, err := e.Audit()
	if err != nil {
		return Entry{}, err
	}
	opening := make([]proof.Opened, 0, len(e.Facts)+1)
	for _, f := range e.Facts {
		if f.Name == Audit {
			return Entry{}, errors.New(`ledger: a fact cannot be named "audit"`)
		}
		if len(f.Value) > proof.MaxValue {
			return Entry{}, fmt.Errorf("ledger: fact %q is over %d octets", f.Name, proof.MaxValue)
		}
		opening = append(opening, proof.Opened{Name: f.Name, Value: slices.Clone(f.Value)})
	}
	opening = append(opening, proof.Opened{Name: Audit, Value: audit})
	commits := make(map[string][32]byte, len(opening))
	for i := range opening {
		o := &opening[i]
		o.Nonce = make([]byte, proof.NonceSize)
		if _, err := io.ReadFull(random, o.Nonce); err != nil {
			return Entry{}, fmt.Errorf("ledger: draw nonce: %w", err)
		}
		commits[o.Name] = o.Commitment()
	}
	if len(commits) != len(opening) {
		return Entry{}, errors.New("ledger: two facts of one event have the same name")
	}
	leaf, err := (&proof.Leaf{Kind: e.Kind, Commits: commits}).Marshal()
	if err != nil {
		return Entry{}, err
	}
	opening[len(opening)-1].Value = nil
	return Entry{Event: e, Leaf: leaf, Opening: opening}, nil
}

// CheckLeaf reports whether an entry's fields and opening still fit its leaf.
// Facts, when the store gives them, are compared with the opening.
func (e Entry) CheckLeaf() error {
	leaf, err := proof.ParseLeaf(e.Leaf)
	if err != nil {
		return err
	}
	if leaf.Kind != e.Kind {
		return errors.New("ledger: the kind of the row is not the leaf's")
	}
	if len(leaf.Commits) != len(e.Opening) {
		return errors.New("ledger: the opening does not name the leaf's commitments")
	}
	seen := map[string]bool{}
	for _, o := range e.Opening {
		if o, err = e.opened(o); err != nil {
			return err
		}
		want, ok := leaf.Commits[o.Name]
		if !ok || seen[o.Name] || len(o.Nonce) != proof.NonceSize {
			return errors.New("ledger: the opening does not name the leaf's commitments")
		}
		seen[o.Name] = true
		if o.Commitment() != want {
			return fmt.Errorf("ledger: the row no longer fits the leaf's commitment %q", o.Name)
		}
	}
	return e.checkFacts()
}

func (e Entry) checkFacts() error {
	for _, f := range e.Facts {
		i := slices.IndexFunc(e.Opening, func(o proof.Opened) bool { return o.Name == f.Name })
		if i < 0 || !bytes.Equal(e.Opening[i].Value, f.Value) {
			return fmt.Errorf("ledger: the row's fact %q is not the opening's", f.Name)
		}
	}
	return nil
}

// opened returns an opening with its value: that of "audit" is made from the
// entry's fields.
func (e Entry) opened(o proof.Opened) (proof.Opened, error) {
	if o.Name != Audit {
		return o, nil
	}
	var err error
	o.Value, err = e.Audit()
	return o, err
}
