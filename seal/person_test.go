// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"testing"

	"github.com/govseal/govseal/seal"
)

// A second person is another person, however either of them proved himself.
func TestSamePerson(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"operator:wang", "operator: Wang", true},
		{"operator:wang", "operator:wang (opr-aaaa, secret)", true},
		{"operator:WANG (opr-aaaa, certificate)", "operator:wang (opr-aaaa, secret)", true},
		{"operator:wang (opr-aaaa, secret)", "operator:chen (opr-bbbb, secret)", false},
		{"operator:wang", "operator:wang2", false},
	} {
		if seal.SamePerson(test.a, test.b) != test.same {
			t.Errorf("%q and %q: want same %v", test.a, test.b, test.same)
		}
	}
}
