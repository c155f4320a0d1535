// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

var _ seal.OCSPResponder = authority{}

// responses are the OCSP answers of a file's store.
func responses(t *testing.T, document []byte) (all []*ocsp.Response, dss *pdf.DSS) {
	t.Helper()
	doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Limits{}))
	dss = must(doc.DSS(len(doc.Revisions()) - 1))
	if dss == nil {
		t.Fatal("no document security store")
	}
	for _, der := range dss.OCSPs {
		all = append(all, must(ocsp.ParseResponse(der)))
	}
	return all, dss
}

// storing is a sealed file with material in its store.
func storing(sealed []byte, need pdf.VRI) []byte {
	doc := must(pdf.Open(bytes.NewReader(sealed), int64(len(sealed)), pdf.Limits{}))
	need.Contents = must(doc.Signatures())[0].Contents
	return append(bytes.Clone(sealed), must(doc.AppendDSS(ctx, pdf.DSS{For: []pdf.VRI{need}}))...)
}

// Seal, maker and time-stamp authority have an answer in the store, under the
// signature's own entry, and the verdict can rest on them.
func TestExtendStoresOCSPAnswers(t *testing.T) {
	c := newCity(t)
	c.clock.move(time.Minute)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	c.clock.move(time.Second)
	extended := must(c.Extend(ctx, c.app, sealed, "LT"))
	said, dss := responses(t, extended.PDF)
	if len(said) != 3 || len(dss.CRLs) == 0 || extended.Level != "LT" {
		t.Fatalf("%d answers, %d lists, level %s", len(said), len(dss.CRLs), extended.Level)
	}
	for _, r := range said {
		if r.Basic == nil || len(r.Basic.Singles) != 1 || r.Basic.Singles[0].Status != ocsp.Good {
			t.Errorf("answer %+v", r)
		}
	}
	if n := bytes.Count(extended.Tail, []byte("/OCSP [")); n != 1 {
		t.Errorf("%d entries of signatures name answers, want 1", n)
	}
	at := c.clock.now().Add(time.Minute)
	r := c.judge(extended.PDF, at)
	if r.Verdict != verify.Valid || r.Stamps[0].Level != "LT" {
		t.Errorf("%s %v, level %s", r.Verdict, r.Codes(), r.Stamps[0].Level)
	}

	again := must(c.Extend(ctx, c.app, extended.PDF, "LT"))
	if more, _ := responses(t, again.PDF); len(more) != 3 {
		t.Errorf("extended again at once: %d answers", len(more))
	}
}

// With the root's list alone beside them, the answers make a store suffice;
// without them it does not.
func TestAnswersServeWithoutTheIssuersList(t *testing.T) {
	c := newCity(t)
	c.clock.move(time.Minute)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	c.clock.move(time.Second)
	_, dss := responses(t, must(c.Extend(ctx, c.app, sealed, "LT")).PDF)
	root := must(cert.Parse(c.ca.Root()))
	need := pdf.VRI{Certs: dss.Certs}
	for _, der := range dss.CRLs {
		if must(cert.ParseCRL(der)).Issuer.Equal(root.Subject) {
			need.CRLs = append(need.CRLs, der)
		}
	}
	if len(need.CRLs) == 0 || len(need.CRLs) == len(dss.CRLs) {
		t.Fatalf("%d of %d lists are the root's", len(need.CRLs), len(dss.CRLs))
	}
	at := c.clock.now().Add(time.Minute)
	if r := c.judge(storing(sealed, need), at); r.Verdict != verify.Valid || r.Stamps[0].Level != "T" {
		t.Errorf("without answers: %s %v, level %s, want T", r.Verdict, r.Codes(), r.Stamps[0].Level)
	}
	need.OCSPs = dss.OCSPs
	if r := c.judge(storing(sealed, need), at); r.Verdict != verify.Valid || r.Stamps[0].Level != "LT" {
		t.Errorf("with answers: %s %v, level %s, want LT", r.Verdict, r.Codes(), r.Stamps[0].Level)
	}
}

// A revoked seal's answer is stored too: it says since when.
func TestExtendStoresTheAnswerOfARevokedSeal(t *testing.T) {
	c := newCity(t)
	c.clock.move(time.Minute)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	c.clock.move(time.Hour)
	c.done(c.Cancel(ctx, "operator:test", c.seals[0].ESID, "merged", time.Time{}))
	said, _ := responses(t, must(c.Extend(ctx, c.app, sealed, "LT")).PDF)
	revoked := 0
	for _, r := range said {
		if r.Basic != nil && r.Basic.Singles[0].Status == ocsp.Revoked {
			revoked++
		}
	}
	if revoked != 1 {
		t.Errorf("%d answers say revoked, want the seal's alone", revoked)
	}
}

// responderOf answers as it is told.
type responderOf struct {
	authority
	say func(der []byte) ([]byte, error)
}

func (r responderOf) OCSPFor(_ context.Context, der []byte) ([]byte, error) { return r.say(der) }

// No answer, a refusal, garbage, and an answer about another certificate
// lower nothing and are not written, but logged.
func TestExtendWithoutOCSPAnswers(t *testing.T) {
	c := newCity(t)
	c.clock.move(time.Minute)
	sealed := c.file(must(c.StampPDF(ctx, c.request(0, "k1"), blankPDF(t, 1, nil))))
	other := must(c.ca.OCSPFor(ctx, c.seals[1].Certificate))
	for name, test := range map[string]struct {
		say    func([]byte) ([]byte, error)
		logged bool
	}{
		"outage":    {func([]byte) ([]byte, error) { return nil, errors.New("out of order") }, true},
		"none":      {func([]byte) ([]byte, error) { return nil, nil }, false},
		"later":     {func([]byte) ([]byte, error) { return ocsp.MarshalError(ocsp.TryLater), nil }, true},
		"garbage":   {func([]byte) ([]byte, error) { return []byte("garbage"), nil }, true},
		"another's": {func([]byte) ([]byte, error) { return other, nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			config := c.config(c.db.Seals())
			config.Authority, config.Log = responderOf{authority{c.ca}, test.say}, slog.New(slog.NewTextHandler(&log, nil))
			e := must(must(seal.New(config)).Extend(ctx, c.app, sealed, "LT"))
			said, dss := responses(t, e.PDF)
			if e.Level != "LT" || len(said) != 0 || len(dss.CRLs) == 0 {
				t.Errorf("level %s, %d answers, %d lists", e.Level, len(said), len(dss.CRLs))
			}
			if got := strings.Contains(log.String(), "no OCSP answer"); got != test.logged {
				t.Errorf("logged: %v, want %v: %s", got, test.logged, log.String())
			}
		})
	}
}
