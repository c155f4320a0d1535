// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/internal/testpki"
)

// TestEveryRuleIsBroken: a rule that no test breaks may be one that cannot be
// broken. Those that need an outline of their own are in
// TestRewrittenOutlines.
func TestEveryRuleIsBroken(t *testing.T) {
	broken := map[string]bool{"version": true, "unique-identifiers": true, "time-form": true}
	for _, cases := range []map[string]offence{fieldOffences(t, testpki.New(t)), extensionOffences(), profileOffences(), keyOffences(t)} {
		for o := range maps.Values(cases) {
			broken[o.rule] = true
		}
	}
	for _, r := range lint.Rules() {
		if !broken[r.Name] {
			t.Errorf("no test breaks the rule %s; those broken: %v", r.Name, slices.Sorted(maps.Keys(broken)))
		}
	}
}
