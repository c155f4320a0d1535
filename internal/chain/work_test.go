// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/testpki"
)

// What one question found about signatures answers the next one, and never
// for another signer or another certificate.
func TestCheckedIsShared(t *testing.T) {
	p, checked := testpki.New(t), &chain.Checked{}
	good := question(t, p)
	good.Checked = checked
	falseRoot := good
	falseRoot.Anchors = []*cert.Certificate{p.Issue(t, testpki.Spec{Label: "false root", Subject: p.Root.Cert.Subject, SelfSigned: true, CA: true}).Cert}
	changedLeaf := good
	changedLeaf.Leaf = changed(t, p.Seal)
	for range 2 {
		for _, c := range []struct {
			name string
			r    chain.Request
			want chain.Code
		}{{"good", good, chain.OK}, {"false root", falseRoot, chain.BadSignature}, {"changed leaf", changedLeaf, chain.BadSignature}} {
			if got := ask(t, c.r); got.Code != c.want {
				t.Errorf("%s: got %q (%s), want %q", c.name, got.Code, got.Detail, c.want)
			}
		}
	}
}

func BenchmarkValidateAgain(b *testing.B) {
	p, checked := testpki.New(b), &chain.Checked{}
	r := question(b, p)
	r.Checked = checked
	for b.Loop() {
		if got := ask(b, r); got.Code != chain.OK {
			b.Fatal(got.Code)
		}
	}
}
