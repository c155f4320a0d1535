// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"testing"

	"github.com/govseal/govseal/verify"
)

func TestOFDStories(t *testing.T) {
	h := newHouse(t)
	doc := paper(2).pack(t)
	want(t, examine(t, document(doc), h.policy()), verify.Unsealed)
	r := examine(t, document(h.stampOFD(doc, ofdSpec{})), h.withMaterial())
	want(t, r, verify.Valid)
	if s := r.Stamps[0]; r.Kind != verify.KindOFD || s.Form != "ses" || s.Level != "T" || s.Coverage.Scope != "package" || len(s.Places) != 1 || s.Places[0].Page != 1 {
		t.Errorf("report %+v", r)
	}
	want(t, examine(t, document(h.stampOFD(doc, plain(h.detachedCMS(h.Seal)))), h.withMaterial()), verify.Valid)
}
