// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// A file sealed elsewhere reaches LT by what the caller supplies, and only by
// what is proven to belong to it.
func TestExtendWithSuppliedEvidence(t *testing.T) {
	c := newCity(t)
	c.clock.move(time.Minute)
	e, other := newElsewhere(t, c.clock.now()), newElsewhere(t, c.clock.now())
	document := e.signs(t)
	c.clock.move(time.Second)
	chain := []*x509.Certificate{e.issuing, e.root}
	for _, test := range []struct {
		name     string
		evidence []byte // nil: none
		level    string
		foreign  int // certificates, lists and answers of elsewhere in the store, the signer's certificate included
	}{
		{"none", nil, "T", 1},
		{"lists", e.evidence(chain, [][]byte{e.rootList, e.list}, nil), "LT", 5},
		{"an answer for the signer", e.evidence(chain, [][]byte{e.rootList}, [][]byte{e.answer}), "LT", 5},
		{"both", e.evidence(chain, [][]byte{e.rootList, e.list}, [][]byte{e.answer}), "LT", 6},
		{"no list for the issuing CA", e.evidence(chain, [][]byte{e.list}, nil), "T", 4},
		{"no root", e.evidence(chain[:1], [][]byte{e.rootList, e.list}, nil), "T", 3},
		{"no issuing CA", e.evidence(chain[1:], [][]byte{e.rootList, e.list}, nil), "T", 1},
		{"a list by another key", e.evidence(chain, [][]byte{e.rootList, e.fake}, nil), "T", 4},
		{"another authority's of the same names", other.evidence([]*x509.Certificate{other.issuing, other.root}, [][]byte{other.rootList, other.list}, [][]byte{other.answer}), "T", 1},
		{"an answer of that authority", e.evidence(chain, [][]byte{e.rootList}, [][]byte{other.answer}), "T", 4},
		{"theirs besides", e.evidence(append(chain, other.issuing, other.root), [][]byte{e.rootList, e.list, other.list, other.rootList}, [][]byte{other.answer}), "LT", 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			var supplied *seal.Evidence
			if test.evidence != nil {
				supplied = must(seal.ReadEvidence(test.evidence))
			}
			x, err := c.ExtendFrom(ctx, c.app, bytes.NewReader(document), int64(len(document)), "LT", supplied)
			if err != nil {
				t.Fatal(err)
			}
			if x.Level != test.level {
				t.Errorf("level %s (%s), want %s", x.Level, x.LevelReason, test.level)
			}
			if named := slices.ContainsFunc(x.Missing, func(s string) bool { return strings.Contains(s, "Other Signer") }); named == (test.level == "LT") || named != (x.LevelReason == seal.LevelNoEvidence) {
				t.Errorf("missing %v, reason %q", x.Missing, x.LevelReason)
			}
			extended := append(bytes.Clone(document), x.Tail...)
			if n := e.storedIn(extended); n != test.foreign {
				t.Errorf("%d of the other authority's in the store, want %d", n, test.foreign)
			}
			if n := other.storedIn(extended); n != 0 {
				t.Errorf("%d of a third authority's in the store", n)
			}
			d := verify.Document{ReaderAt: bytes.NewReader(extended), Size: int64(len(extended))}
			r := must(verify.Verify(ctx, d, verify.Policy{Time: c.clock.now().Add(time.Minute), Anchors: [][]byte{c.ca.Root(), e.root.Raw}}))
			if (r.Verdict == verify.Valid) != (test.level == "LT") || test.level == "LT" && r.Stamps[0].Level != "LT" {
				t.Errorf("verified: %s %v, level %s", r.Verdict, r.Codes(), r.Stamps[0].Level)
			}
		})
	}
}

// storedIn counts what of the authority's stands in a file's store.
func (e *elsewhere) storedIn(document []byte) (n int) {
	doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Limits{}))
	dss := must(doc.DSS(len(doc.Revisions()) - 1))
	for _, der := range slices.Concat(dss.Certs, dss.CRLs, dss.OCSPs) {
		for _, own := range [][]byte{e.root.Raw, e.issuing.Raw, e.leaf.Raw, e.rootList, e.list, e.answer, e.fake} {
			if bytes.Equal(own, der) {
				n++
			}
		}
	}
	return n
}

func TestReadEvidenceRefuses(t *testing.T) {
	many := []byte(`{"crls":["` + strings.Repeat(`","`, 64) + `"]}`)
	for name, test := range map[string]struct {
		raw    []byte
		reason string
		say    string
	}{
		"no JSON":       {[]byte("certificates"), seal.ReasonRequest, "JSON"},
		"no base64":     {[]byte(`{"crls":["%"]}`), seal.ReasonRequest, "base64"},
		"a certificate": {[]byte(`{"certificates":["MAA="]}`), seal.ReasonRequest, "certificate 1"},
		"a list":        {[]byte(`{"crls":["MAA="]}`), seal.ReasonRequest, "revocation list 1"},
		"an answer":     {[]byte(`{"ocsp":["MAA="]}`), seal.ReasonRequest, "OCSP response 1"},
		"65 lists":      {many, seal.ReasonTooLarge, "65 entries"},
		"25 MiB":        {make([]byte, 25<<20), seal.ReasonTooLarge, "octets"},
	} {
		_, err := seal.ReadEvidence(test.raw)
		var no *seal.Refused
		if !errors.As(err, &no) || no.Reason != test.reason || !strings.Contains(no.Detail, test.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := seal.ReadEvidence([]byte(`{}`)); err != nil {
		t.Errorf("nothing: %v", err)
	}
}

func FuzzReadEvidence(f *testing.F) {
	f.Add([]byte(`{"certificates":["MAA="],"crls":[],"ocsp":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if e, err := seal.ReadEvidence(raw); (e == nil) == (err == nil) {
			t.Error("neither evidence nor an error, or both")
		}
	})
}
