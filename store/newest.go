// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/ledger/proof"
	"github.com/govseal/govseal/registry"
)

// A row's code says that govseal wrote it, not that it wrote it last: whoever
// keeps the database could put back an operator as it was before it was
// suspended, or an approval as it was before it was spent. So each write of
// these rows commits to the code in its leaf, and each read looks at the
// newest leaf about the row, in the same statement.

const rowFact = "row"

// newestLeaf joins a table (alias r) with the newest ledger entry about the
// row, none if there is none; kind is a constant of the caller's.
func newestLeaf(kind string) string {
	return ` LEFT JOIN ledger_entries l ON l.idx = (SELECT MAX(idx) FROM ledger_entries WHERE object = r.id AND kind = '` + kind + `')`
}

// committing adds the row's code to what the leaf commits to.
func committing(e ledger.Event, code [32]byte) ledger.Event {
	e.Facts = append(slices.Clone(e.Facts), ledger.Fact{Name: rowFact, Value: code[:]})
	return e
}

// leafColumns are what newest needs of the joined entry.
const leafColumns = `l.leaf_hash, l.leaf, l.opening`

type leafRow struct{ hash, leaf, opening []byte }

// newest checks that the row with this code is what the leaf commits to.
func (l leafRow) newest(code [32]byte, table, id string) error {
	bad := fmt.Errorf("%s %q is not as its newest ledger entry says: %w", table, id, registry.ErrTampered)
	parsed, err := proof.ParseLeaf(l.leaf)
	if err != nil {
		return bad
	}
	var opening []proof.Opened
	if json.Unmarshal(l.opening, &opening) != nil {
		return bad
	}
	i := slices.IndexFunc(opening, func(o proof.Opened) bool { return o.Name == rowFact })
	if hash := proof.LeafHash(l.leaf); i < 0 || !slices.Equal(hash[:], l.hash) {
		return bad
	}
	if o := opening[i]; !slices.Equal(o.Value, code[:]) || o.Commitment() != parsed.Commits[rowFact] {
		return bad
	}
	return nil
}
