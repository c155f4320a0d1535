// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/ledger/proof"
	"github.com/govseal/govseal/verify"
)

// logged is the proof of a ledger with one leaf that commits to the output.
func (h *house) logged(output []byte, change func(*proof.Proof)) []byte {
	h.t.Helper()
	sum := gm.SM3(output)
	opened := proof.Opened{Name: "output", Nonce: bytes.Repeat([]byte{7}, 16), Value: sum[:]}
	leaf, err := (&proof.Leaf{Kind: "stamp", Commits: map[string][32]byte{"output": opened.Commitment()}}).Marshal()
	if err != nil {
		h.t.Fatal(err)
	}
	note, err := proof.Checkpoint{Origin: "example.test/ledger/sm3", Size: 1, Root: proof.LeafHash(leaf)}.Sign(h.Ledger.Key)
	if err != nil {
		h.t.Fatal(err)
	}
	p := &proof.Proof{Version: 1, Leaf: leaf, Checkpoint: note, Opened: []proof.Opened{opened}, Certificate: h.Ledger.DER}
	if change != nil {
		change(p)
	}
	raw, err := p.Marshal()
	if err != nil {
		h.t.Fatal(err)
	}
	return raw
}

func TestLedger(t *testing.T) {
	h := newHouse(t)
	doc := encode(t, h.stamped(file(planning), stampSpec{noToken: true}))
	spki, err := gm.MarshalPublicKey(&h.Ledger.Key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	later := func(p *verify.Policy) {
		p.Time = now.Add(20 * day)
		p.CRLs = [][]byte{h.IssueCRL(t, testpki.CRLSpec{ThisUpdate: p.Time.Add(-time.Hour)})}
	}
	afterRevocation := func(p *verify.Policy) { revoked(h)(p) }
	for name, c := range map[string]struct {
		proof  []byte
		policy func(*verify.Policy)
		want   verify.Verdict
		status verify.Status
		by     string
		codes  []verify.Code
	}{
		"none":                       {nil, later, verify.Valid, verify.NotApplicable, "now", nil},
		"key of a certified ledger":  {h.logged(doc, nil), later, verify.Valid, verify.OK, "now", nil},
		"key named by the policy":    {h.logged(doc, func(p *proof.Proof) { p.Certificate = nil }), func(p *verify.Policy) { later(p); p.LedgerKeys = [][]byte{spki} }, verify.Valid, verify.OK, "now", nil},
		"unknown key":                {h.logged(doc, func(p *proof.Proof) { p.Certificate = nil }), later, verify.Valid, verify.Unknown, "now", []verify.Code{verify.CodeLedgerUntrusted}},
		"certificate without office": {h.logged(doc, func(p *proof.Proof) { p.Certificate = h.Department.DER }), later, verify.Valid, verify.Unknown, "now", []verify.Code{verify.CodeLedgerUntrusted}},
		"proof of something else":    {h.logged([]byte("x"), nil), later, verify.Valid, verify.Unknown, "now", []verify.Code{verify.CodeNotInLog}},
		"broken proof":               {h.logged(doc, func(p *proof.Proof) { p.Hashes = [][]byte{make([]byte, 32)} }), later, verify.Valid, verify.Failed, "now", []verify.Code{verify.CodeLedgerInvalid}},
		"garbage":                    {[]byte("{"), later, verify.Valid, verify.Failed, "now", []verify.Code{verify.CodeLedgerInvalid}},
		"no time without a token": {h.logged(doc, nil), afterRevocation, verify.Indeterminate, verify.OK, "now",
			[]verify.Code{verify.CodeRevokedNoPOE}},
		"a time-stamped checkpoint proves the time": {h.logged(doc, func(p *proof.Proof) { p.TimeStamp = h.stampTime(nil, []byte(p.Checkpoint)) }), afterRevocation,
			verify.Valid, verify.OK, "ledger", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.policy()
			c.policy(&p)
			d := document(doc)
			d.Proof = c.proof
			r := examine(t, d, p)
			want(t, r, c.want, c.codes...)
			if s := r.Stamps[0]; s.Ledger.Status != c.status || s.Time.By != c.by {
				t.Errorf("ledger %+v, time by %s", s.Ledger, s.Time.By)
			}
		})
	}
}
