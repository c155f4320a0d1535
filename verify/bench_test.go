// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"context"
	"testing"

	"github.com/govseal/govseal/verify"
)

func BenchmarkVerifyDecision(b *testing.B) {
	h := newHouse(b)
	raw := encode(b, h.joint())
	for b.Loop() {
		if r, err := verify.Verify(context.Background(), document(raw), h.policy()); err != nil || r.Verdict != verify.Valid {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkVerifyPDF(b *testing.B) {
	h := newHouse(b)
	raw := h.stampPDF(blank(b), pdfSpec{})
	for b.Loop() {
		if r, err := verify.Verify(context.Background(), document(raw), h.policy()); err != nil || r.Verdict != verify.Valid {
			b.Fatal(r, err)
		}
	}
}
