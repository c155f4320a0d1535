// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/tsa"
)

// outside is another body's authority, and three that do not work.
func outside(t *testing.T, p *testpki.PKI) (good string, bad []string) {
	t.Helper()
	a, err := tsa.New(tsa.Config{Signer: p.TSA.Key, Certificate: p.TSA.DER, Policy: []int{2, 999, 2}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	answer := func(respond func([]byte) []byte) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			w.Header().Set("Content-Type", "application/timestamp-reply")
			_, _ = w.Write(respond(query))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	good = answer(func(q []byte) []byte { return a.Respond(t.Context(), q) })
	return good, []string{
		down.URL,
		answer(func([]byte) []byte { return []byte("garbage") }),
		answer(func([]byte) []byte { time.Sleep(400 * time.Millisecond); return nil }),
	}
}

func TestOutsideTimeStamps(t *testing.T) {
	h := newHouse(t, Config{})
	p := testpki.New(t)
	good, bad := outside(t, p)
	for _, c := range []struct {
		name   string
		config TSAConfig
		theirs bool
	}{
		{"ours alone", TSAConfig{}, false},
		{"ours first", TSAConfig{URLs: []string{good}}, false},
		{"theirs first", TSAConfig{URLs: []string{good}, First: "outside", Digest: "sha256"}, true},
		{"the fourth of theirs", TSAConfig{URLs: append(bad, good), First: "outside", Wait: 200 * time.Millisecond}, true},
		{"theirs do not work", TSAConfig{URLs: bad, First: "outside", Wait: 200 * time.Millisecond}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.config.validate(); err != nil {
				t.Fatal(err)
			}
			h.config.TSA = c.config
			stamper, err := h.stamper()
			if err != nil {
				t.Fatal(err)
			}
			der, err := stamper.Stamp(t.Context(), []byte("data"))
			if err != nil {
				t.Fatal(err)
			}
			token, err := tsp.ParseToken(der)
			if err != nil {
				t.Fatal(err)
			}
			by, err := token.Verify([]byte("data"), nil)
			if err != nil || bytes.Equal(by, p.TSA.DER) != c.theirs {
				t.Errorf("theirs: %v, %v", !c.theirs, err)
			}
		})
	}
	for name, bad := range map[string]TSAConfig{
		"order": {First: "mine"}, "digest": {Digest: "md5"}, "wait": {Wait: time.Hour}, "address": {URLs: []string{"ftp://x"}}, "login": {URLs: []string{"https://a:b@example.cn"}},
	} {
		if bad.validate() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
