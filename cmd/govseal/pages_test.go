// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/govseal/govseal/api"
)

// The pages show what the JSON routes say, and nothing of the applicant.
func TestPages(t *testing.T) {
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	a, err := c.stampPDF(t.Context(), "key-1", h.request(), permitPDF)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := c.document(t.Context(), a.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	tampered := bytes.Clone(sealed)
	tampered[len(tampered)/10] ^= 1
	code := strings.ReplaceAll(a.Code, "-", "")
	for _, tt := range []struct {
		name, method, path string
		file               []byte
		want               []string
	}{
		{"home", "GET", "/", nil, []string{"<html lang=\"zh"}},
		{"home in English", "GET", "/?lang=en", nil, []string{"<html lang=\"en"}},
		{"a sealed PDF", "POST", "/", sealed, []string{"示例市行政审批局", "data:image/png;base64,"}},
		{"a tampered PDF", "POST", "/", tampered, []string{"示例市行政审批局"}},
		{"an unsealed PDF", "POST", "/", permitPDF, nil},
		{"behind the QR code", "GET", "/s/" + code, nil, []string{a.Code, "示例市行政审批局"}},
		{"the file of this code", "POST", "/s/" + code, sealed, []string{"这份文件与验证码相符"}},
		{"another file", "POST", "/s/" + code, permitPDF, []string{"这份文件不是该验证码对应的文件"}},
		{"a file and an unknown code", "POST", "/s/0000000000000000", sealed, []string{"该验证码不存在"}},
		{"the seal", "GET", "/seal/" + h.seal.ESID, nil, []string{h.seal.ESID, "示例市行政审批局", "印章有效"}},
		{"the seal in a report", "POST", "/", sealed, []string{"/seal/" + h.seal.ESID, "印章现状", "已由可信时间戳证明", "吊销状态", "制章者"}},
		{"documentation", "GET", "/docs", nil, []string{"/v1/stamps"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var contentType string
			var body []byte
			if tt.file != nil {
				contentType, body = formBody(t, "document", string(tt.file))
			}
			res, page := h.call(t, tt.method, tt.path, contentType, body)
			if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
			}
			if !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Error("no content security policy")
			}
			for _, want := range tt.want {
				if !bytes.Contains(page, []byte(want)) {
					t.Errorf("the page does not hold %q", want)
				}
			}
		})
	}
}

func TestTypedCodeLeadsToItsPageOnly(t *testing.T) {
	h := newHouse(t, Config{})
	for typed, want := range map[string]string{
		"code=abcd-efgh-jkmn-pqrs":             "/s/abcdefghjkmnpqrs",
		"code=//evil.example/%0d%0aSet-Cookie": "/s/evilexampleSetCookie",
	} {
		res, _ := h.call(t, "POST", "/code", "application/x-www-form-urlencoded", []byte(typed))
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
			t.Errorf("%s: %d %q, want %q", typed, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
}

func TestMetrics(t *testing.T) {
	h := newHouse(t, Config{})
	s, err := h.server()
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(s.Handler())
	defer front.Close()
	c, err := newClient(front.URL, h.token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.stampDigest(t.Context(), "key-1", api.DigestRequest{StampRequest: h.request(), Digest: sm3Hex(nil)}); err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	s.Metrics().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`govseal_stamps_total{kind="digest",level="T",result="done"} 1`,
		`govseal_http_request_seconds_count{method="POST",route="/v1/stamps/digest",status="201"} 1`,
		"govseal_crl_seconds_left",
	} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

// Whatever is not a seal of this city is the same page, and harmless.
func TestSealPageOfNoSeal(t *testing.T) {
	h := newHouse(t, Config{})
	for _, path := range []string{"/seal/99010000009999", "/seal/%3Cscript%3E", "/seal/" + strings.Repeat("9", 60)} {
		res, page := h.call(t, "GET", path, "", nil)
		if res.StatusCode != http.StatusNotFound || !bytes.Contains(page, []byte("没有这枚印章")) {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// The seals of a withdrawn document stay sound; whoever hands it in is told
// all the same, with or without its code.
func TestWithdrawnDocumentIsNoGoodNews(t *testing.T) {
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	a, err := c.stampPDF(t.Context(), "key-1", h.request(), permitPDF)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := c.document(t.Context(), a.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	contentType, body := formBody(t, "document", string(sealed))
	paths := []string{"/", "/s/" + strings.ReplaceAll(a.Code, "-", "")}
	for _, path := range paths {
		if _, page := h.call(t, "POST", path, contentType, body); bytes.Contains(page, []byte("请勿采信")) {
			t.Errorf("%s before: the page warns", path)
		}
	}
	if _, page := h.call(t, "POST", "/", contentType, body); !bytes.Contains(page, []byte("没有被撤销")) {
		t.Error("the register is not told")
	}
	if err := c.withdraw(t.Context(), a.ID, "示例撤销原因"); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		_, page := h.call(t, "POST", path, contentType, body)
		for _, want := range []string{"请勿采信", "该文件已被签发单位撤销", "示例撤销原因", "class=\"banner bad\""} {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("%s after: no %q", path, want)
			}
		}
	}
}
