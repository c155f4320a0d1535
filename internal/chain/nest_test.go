// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/testpki"
)

func TestNest(t *testing.T) {
	p := testpki.New(t)
	leaf := p.Issue(t, testpki.Spec{Label: "nest"}).Cert
	at := leaf.NotBefore.Add(time.Hour)
	path := []*cert.Certificate{leaf, p.Issuing.Cert, p.Root.Cert}
	for name, tt := range map[string]struct {
		path []*cert.Certificate
		at   time.Time
		want chain.Code
	}{
		"good":           {path, at, chain.OK},
		"too early":      {path, leaf.NotBefore.AddDate(-30, 0, 0), chain.NotYetValid},
		"too late":       {path, leaf.NotAfter.AddDate(0, 0, 1), chain.Expired},
		"alone":          {path[:1], at, chain.NoPath},
		"another issuer": {[]*cert.Certificate{leaf, p.Root.Cert}, at, chain.NoPath},
		"below a leaf":   {[]*cert.Certificate{p.Issue(t, testpki.Spec{Label: "below"}).Cert, leaf, p.Issuing.Cert, p.Root.Cert}, at, chain.NoPath},
		"self-issued":    {[]*cert.Certificate{p.Root.Cert, p.Root.Cert}, at, chain.OK},
	} {
		if got, detail := chain.Nest(tt.path, tt.at, chain.Usage{}); got != tt.want {
			t.Errorf("%s: got %q %s, want %q", name, got, detail, tt.want)
		}
	}
}
