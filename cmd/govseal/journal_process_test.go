// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/seal"
)

// order is one request of an application. The same order is the same octets
// in every process: what is repeated after a crash must be the same request.
type order struct {
	App int `json:"app"`
	N   int `json:"n"`
}

func (o order) key() string { return fmt.Sprintf("app-%d-order-%d", o.App, o.N) }

// kinds of orders, in turn.
var orderKinds = []seal.Kind{seal.KindDigest, seal.KindDigest, seal.KindPDF, seal.KindDigest, seal.KindDecision}

func (o order) kind() seal.Kind { return orderKinds[(o.App+o.N)%len(orderKinds)] }

// request returns path, content type and body.
func (o order) request(t *testing.T, esID string) (path, contentType string, body []byte) {
	r := api.StampRequest{Seal: esID, Matter: demoMatter, CaseRef: o.key()}
	switch o.kind() {
	case seal.KindDigest:
		path, contentType = "/v1/stamps/digest", "application/json"
		body = mustJSON(t, api.DigestRequest{StampRequest: r, Digest: sm3Hex([]byte(o.key()))})
	case seal.KindPDF:
		path = "/v1/stamps"
		contentType, body = o.form(t, mustJSON(t, r), permitPDF)
	default:
		path = "/v1/decisions"
		contentType, body = o.form(t, mustJSON(t, r), o.decision(t))
	}
	return path, contentType, body
}

func (o order) decision(t *testing.T) []byte {
	return mustJSON(t, map[string]any{
		"number": "示审批〔2026〕" + fmt.Sprint(o.App*1_000_000+o.N+1) + "号", "caseNumber": o.key(), "matterCode": demoMatter, "matterName": "食品经营许可（示例）",
		"applicant":   map[string]string{"name": "示例市虚构食品有限公司", "creditCode": "11990100000000003U"},
		"outcome":     "approved",
		"departments": []any{map[string]string{"creditCode": townCreditCode, "name": "示例市行政审批局"}},
		"legalBasis":  []string{"《示例市食品经营许可管理办法（虚构）》第十二条"},
		"date":        "2026-03-02", "title": "准予行政许可决定书", "text": []string{"经审查，决定准予许可。"},
	})
}

// form is multipart with a fixed boundary.
func (o order) form(t *testing.T, request, document []byte) (contentType string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := w.SetBoundary("order-of-a-process-test")
	for _, part := range []struct {
		name    string
		content []byte
	}{{"request", request}, {"document", document}} {
		if err == nil {
			f, e := w.CreateFormFile(part.name, part.name)
			if err = e; err == nil {
				_, err = f.Write(part.content)
			}
		}
	}
	if err != nil {
		t.Error(err)
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

func mustJSON(t *testing.T, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return raw
}

// place sends the order once.
func (o order) place(ctx context.Context, t *testing.T, c *client, esID string) (answer []byte, err error) {
	path, contentType, body := o.request(t, esID)
	answer, _, err = c.once(ctx, http.MethodPost, path, o.key(), contentType, body)
	return answer, err
}

// receipt is one acknowledged order: what the application may rely on.
type receipt struct {
	order
	ID     string `json:"id"`
	Code   string `json:"code"`
	Output string `json:"output"`
	Answer []byte `json:"answer"` // as it came
}

func newReceipt(o order, raw []byte) (receipt, error) {
	var a seal.Answer
	err := json.Unmarshal(raw, &a)
	return receipt{order: o, ID: a.ID, Code: a.Code, Output: a.Output, Answer: raw}, err
}

// journal is an application's own memory: each receipt is on disk before the
// next order goes out.
type journal struct{ f *os.File }

func openJournal(t *testing.T, dir string, app int) *journal {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("app-%d.jsonl", app)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return &journal{f}
}

func (j *journal) write(r receipt) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := j.f.Write(append(raw, '\n')); err != nil {
		return err
	}
	return j.f.Sync()
}

// readJournals returns every receipt of every application.
func readJournals(t *testing.T, dir string) []receipt {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "app-*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []receipt
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var r receipt
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		f.Close()
		if lines.Err() != nil {
			t.Fatal(lines.Err())
		}
	}
	return all
}

// customers is the applications at work. Each sends one order at a time.
type customers struct {
	town     *town
	journals string // folder
	next     [customerApps]int
}

// work has every application place orders until the server is gone or ctx
// ends. It returns the orders that were sent and never answered.
func (w *customers) work(ctx context.Context, t *testing.T, s *server) (open []order) {
	t.Helper()
	lost := make(chan order, customerApps)
	for app := range customerApps {
		c, j := w.town.client(t, s, app), openJournal(t, w.journals, app)
		go func() {
			defer j.f.Close()
			lost <- w.one(ctx, t, app, c, j)
		}()
	}
	for range customerApps {
		if o := <-lost; o.N >= 0 {
			open = append(open, o)
		}
	}
	return open
}

// one application: the order that got no answer, or one with N < 0.
func (w *customers) one(ctx context.Context, t *testing.T, app int, c *client, j *journal) order {
	for ctx.Err() == nil {
		o := order{App: app, N: w.next[app]}
		w.next[app]++
		raw, err := o.place(context.WithoutCancel(ctx), t, c, w.town.seal)
		if err != nil {
			if _, refused := err.(*apiError); refused { //nolint:errorlint // once returns it bare
				t.Errorf("%s: %v", o.key(), err)
			}
			return o
		}
		r, err := newReceipt(o, raw)
		if err == nil {
			err = j.write(r)
		}
		if err != nil {
			t.Errorf("%s: %v", o.key(), err)
		}
	}
	return order{App: app, N: -1}
}
