// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

func (h *house) decision(validTo string, more ...string) []byte {
	d := map[string]any{
		"number": "示审批〔2026〕1号", "caseNumber": "SL-1", "matterCode": demoMatter, "matterName": "示例事项",
		"applicant": map[string]string{"name": "示例市虚构食品有限公司"}, "outcome": "approved",
		"departments": []any{map[string]string{"creditCode": h.dept.CreditCode, "name": h.dept.Name}},
		"legalBasis":  []string{"《示例办法》"}, "date": "2026-01-05", "validFrom": "2026-01-05", "validTo": validTo,
		"title": "准予行政许可决定书", "text": []string{"准予许可。"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		d[more[i]] = more[i+1]
	}
	raw, _ := json.Marshal(d)
	return raw
}

// What a code says of a decision follows its own validity and its stamps.
func TestHTTPDecisionStates(t *testing.T) {
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	for _, tt := range []struct{ key, validTo, want string }{
		{"k1", "2199-12-31", "in-force"},
		{"k2", "2026-02-01", "expired"},
	} {
		a, err := c.stampDecision(t.Context(), tt.key, h.request(), h.decision(tt.validTo))
		if err != nil {
			t.Fatal(err)
		}
		h.checkCode(t, a.Code, tt.want)
		stamped, err := c.document(t.Context(), a.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if verdict := h.verdict(t, "/v1/verifications", stamped); verdict != "valid" {
			t.Errorf("%s: the decision is %s", tt.want, verdict)
		}
	}
}

// Every way in which a decision can be wrong is refused before a key is
// touched, and says what and where.
func TestHTTPWrongDecisions(t *testing.T) {
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	good := h.decision("2030-01-01")
	for name, raw := range map[string][]byte{
		"empty":             nil,
		"truncated":         good[:len(good)/2],
		"unknown member":    h.decision("2030-01-01", "extra", "x"),
		"duplicate member":  bytes.Replace(good, []byte(`{"`), []byte(`{"number":"x","`), 1),
		"a number":          bytes.Replace(good, []byte(`"approved"`), []byte(`1`), 1),
		"invalid UTF-8":     bytes.Replace(good, []byte("准予许可"), []byte("\xff\xfe"), 1),
		"bidirectional":     bytes.Replace(good, []byte("准予许可"), []byte("准\u202e予"), 1),
		"not listed":        bytes.Replace(good, []byte(h.dept.CreditCode), []byte("11990100000000002Q"), 1),
		"wrong check digit": bytes.Replace(good, []byte(h.dept.CreditCode), []byte("119901000000000010"), 1),
		"no glyph":          bytes.Replace(good, []byte("准予许可"), []byte("准😀可"), 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.stampDecision(t.Context(), "key-"+name, h.request(), raw)
			wantProblem(t, err, 422, "refused")
		})
	}
	if n := len(mustFind(t, h)); n != 0 {
		t.Errorf("%d stamps were recorded", n)
	}
}

func mustFind(t *testing.T, h *house) []string {
	t.Helper()
	var acts []string
	entries, err := h.db.Ledger().Entries(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == "stamp" {
			acts = append(acts, e.Act)
		}
	}
	return acts
}
