// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

var update = flag.Bool("update", false, "write golden files anew")

// house is a city with one department, one seal and one application, behind
// its real handler.
type house struct {
	*city
	http  *httptest.Server
	app   registry.Application
	dept  registry.Department
	seal  seal.Seal
	token string
	log   *bytes.Buffer
}

func newHouse(t *testing.T, config Config) *house {
	t.Helper()
	ctx := t.Context()
	config.Name, config.URL = "示例市", "https://seal.example"
	c, err := createCity(ctx, founding{
		dir: filepath.Join(t.TempDir(), "city"), config: config, actor: "operator:test",
		passphrase: []byte("a passphrase for tests"), rootPassphrase: []byte("another one for the root"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	h := &house{city: c, log: &bytes.Buffer{}}
	c.log = slog.New(slog.NewJSONHandler(h.log, nil))
	h.settle(ctx, t)
	s, err := c.server()
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(s.Handler())
	t.Cleanup(h.http.Close)
	return h
}

func (h *house) settle(ctx context.Context, t *testing.T) {
	t.Helper()
	var err error
	if h.dept, err = h.registry.AddDepartment(ctx, "operator:test", registry.Department{Name: "示例市行政审批局", CreditCode: "11990100000000001M", AreaCode: demoArea}); err != nil {
		t.Fatal(err)
	}
	if h.seal, err = h.seals.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: h.dept.ID}); err != nil {
		t.Fatal(err)
	}
	h.app, h.token = h.newApp(ctx, t, "示例市审批平台")
}

// newApp registers an application and grants it the house's seal.
func (h *house) newApp(ctx context.Context, t *testing.T, name string) (registry.Application, string) {
	t.Helper()
	app, token, err := h.registry.AddApplication(ctx, "operator:test", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.registry.AddGrant(ctx, "operator:test", registry.Grant{
		Application: app.ID, Seal: h.seal.ESID, Matters: []string{demoMatter}, Kinds: []string{"pdf", "ofd", "decision", "digest"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
	}); err != nil {
		t.Fatal(err)
	}
	return app, token
}

func (h *house) client(t *testing.T, token string) *client {
	t.Helper()
	c, err := newClient(h.http.URL, token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) request() api.StampRequest {
	return api.StampRequest{Seal: h.seal.ESID, Matter: demoMatter, CaseRef: "SL-1"}
}

// call makes one plain request and returns status, headers and body.
func (h *house) call(t *testing.T, method, path, contentType string, body []byte, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.http.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, answer
}

func formBody(t *testing.T, parts ...string) (contentType string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		p, err := w.CreateFormFile(parts[i], parts[i])
		if err == nil {
			_, err = io.WriteString(p, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// problem reads a problem answer and holds it to RFC 9457's form.
func problem(t *testing.T, res *http.Response, body []byte) api.Problem {
	t.Helper()
	if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q, want application/problem+json; body %s", got, body)
	}
	var p api.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if p.Status != res.StatusCode || p.Title == "" {
		t.Errorf("problem %+v under status %d", p, res.StatusCode)
	}
	return p
}

// Each way to ask wrongly has its own answer, and none repeats what was sent.
func TestHTTPRefusals(t *testing.T) {
	h := newHouse(t, Config{Serve: ServeConfig{MaxDocument: 200 << 10}})
	bearer := "Bearer " + h.token
	request := `{"seal":"` + h.seal.ESID + `","matter":"` + demoMatter + `"}`
	formType, form := formBody(t, "request", request, "document", string(permitPDF))
	wrongType, wrongForm := formBody(t, "request", request, "document", "x", "extra", "secret-value-7")
	bigType, big := formBody(t, "request", request, "document", strings.Repeat("x", 201<<10))
	unknownType, unknownForm := formBody(t, "request", `{"seal":"`+h.seal.ESID+`","secretvalue7":1}`, "document", "x")
	brokenType, broken := formBody(t, "request", request, "document", string(permitPDF[:1000]))
	for _, tt := range []struct {
		name, method, path, contentType string
		body                            []byte
		header                          []string
		status                          int
		kind                            string
	}{
		{"no token", "POST", "/v1/stamps", formType, form, []string{"Idempotency-Key", "k"}, 401, "unauthenticated"},
		{"wrong token", "POST", "/v1/stamps", formType, form, []string{"Idempotency-Key", "k", "Authorization", "Bearer gsv_secret-value-7"}, 401, "unauthenticated"},
		{"no such route", "GET", "/v1/secret-value-7", "", nil, nil, 404, "not-found"},
		{"wrong method", "DELETE", "/v1/stamps", "", nil, nil, 405, "method-not-allowed"},
		{"no idempotency key", "POST", "/v1/stamps", formType, form, []string{"Authorization", bearer}, 400, "idempotency-key"},
		{"unprintable key", "POST", "/v1/stamps", formType, form, []string{"Authorization", bearer, "Idempotency-Key", "印"}, 400, "idempotency-key"},
		{"not multipart", "POST", "/v1/stamps", "application/json", []byte("{}"), []string{"Authorization", bearer, "Idempotency-Key", "k"}, 415, "unsupported-media"},
		{"unknown part", "POST", "/v1/stamps", wrongType, wrongForm, []string{"Authorization", bearer, "Idempotency-Key", "k"}, 422, "invalid-request"},
		{"unknown member", "POST", "/v1/stamps", unknownType, unknownForm, []string{"Authorization", bearer, "Idempotency-Key", "k"}, 422, "invalid-request"},
		{"document over the limit", "POST", "/v1/stamps", bigType, big, []string{"Authorization", bearer, "Idempotency-Key", "k"}, 413, "too-large"},
		{"body over the limit", "POST", "/v1/stamps/digest", "application/json", bytes.Repeat([]byte(" "), 65<<10), []string{"Authorization", bearer, "Idempotency-Key", "k"}, 413, "too-large"},
		{"broken PDF", "POST", "/v1/stamps", brokenType, broken, []string{"Authorization", bearer, "Idempotency-Key", "k"}, 422, "refused"},
		{"digest too short", "POST", "/v1/stamps/digest", "application/json", []byte(`{"seal":"x","digest":"00"}`), []string{"Authorization", bearer, "Idempotency-Key", "k"}, 422, "invalid-request"},
		{"not JSON", "POST", "/v1/stamps/digest", "application/json", []byte(`secret-value-7`), []string{"Authorization", bearer, "Idempotency-Key", "k"}, 422, "invalid-request"},
		{"two JSON values", "POST", "/v1/stamps/digest", "application/json", []byte(`{} {}`), []string{"Authorization", bearer, "Idempotency-Key", "k"}, 422, "invalid-request"},
		{"unknown seal", "POST", "/v1/stamps/digest", "application/json", []byte(`{"seal":"99010000009999","digest":"` + sm3Hex(nil) + `"}`), []string{"Authorization", bearer, "Idempotency-Key", "k2"}, 404, "not-found"},
		{"matter not granted", "POST", "/v1/stamps/digest", "application/json", []byte(`{"seal":"` + h.seal.ESID + `","matter":"OTHER","digest":"` + sm3Hex(nil) + `"}`), []string{"Authorization", bearer, "Idempotency-Key", "k3"}, 403, "denied"},
		{"unknown stamp", "GET", "/v1/stamps/secret-value-7", "", nil, []string{"Authorization", bearer}, 404, "not-found"},
		{"unknown code", "GET", "/v1/verifications/0000-0000-0000-0000", "", nil, nil, 404, "not-found"},
		{"malformed code", "GET", "/v1/verifications/secret-value-7", "", nil, nil, 404, "not-found"},
		{"empty upload", "POST", "/v1/verifications", "", nil, nil, 400, "bad-request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, body := h.call(t, tt.method, tt.path, tt.contentType, tt.body, tt.header...)
			p := problem(t, res, body)
			if res.StatusCode != tt.status || p.Type != "urn:govseal:problem:"+tt.kind {
				t.Errorf("got %d %s, want %d %s; %s", res.StatusCode, p.Type, tt.status, tt.kind, body)
			}
			if bytes.Contains(body, []byte("secret")) {
				t.Errorf("the answer repeats what was sent: %s", body)
			}
			if res.Header.Get("X-Request-Id") == "" {
				t.Error("no request id")
			}
		})
	}
	if log := h.log.String(); strings.Contains(log, "secret") || strings.Contains(log, h.token) {
		t.Error("the log holds a path, a value or a token")
	}
}

func TestHTTPTitlesFollowTheLanguage(t *testing.T) {
	h := newHouse(t, Config{})
	for lang, want := range map[string]string{"zh-CN,zh;q=0.9": "没有找到", "en": "There is nothing here"} {
		res, body := h.call(t, "GET", "/nothing", "", nil, "Accept-Language", lang)
		if p := problem(t, res, body); p.Title != want {
			t.Errorf("%s: got %q, want %q", lang, p.Title, want)
		}
	}
}

func TestHTTPLifeOfAStamp(t *testing.T) {
	h := newHouse(t, Config{})
	ctx := t.Context()
	c := h.client(t, h.token)
	a, err := c.stampPDF(ctx, "key-1", h.request(), permitPDF)
	if err != nil {
		t.Fatal(err)
	}
	if a.Level != "T" || !a.ContentSeen || a.Kind != seal.KindPDF {
		t.Errorf("record %+v", a)
	}
	again, err := c.stampPDF(ctx, "key-1", h.request(), permitPDF)
	if err != nil || again.ID != a.ID {
		t.Errorf("repetition: got %s, %v, want %s", again.ID, err, a.ID)
	}
	other := h.request()
	other.Reason = "something else"
	_, err = c.stampPDF(ctx, "key-1", other, permitPDF)
	wantProblem(t, err, 422, "key-reused")

	sealed, err := c.document(ctx, a.ID, "")
	if err != nil || !bytes.HasPrefix(sealed, permitPDF) || sm3Hex(sealed) != a.Output {
		t.Fatalf("document: %d octets, %v", len(sealed), err)
	}
	if verdict := h.verdict(t, "/v1/verifications", sealed); verdict != "valid" {
		t.Errorf("the sealed PDF is %s", verdict)
	}
	if raw, err := c.proof(ctx, a.ID); err != nil || !json.Valid(raw) {
		t.Errorf("proof: %v", err)
	}
	_, stranger := h.newApp(ctx, t, "示例市另一平台")
	_, err = h.client(t, stranger).document(ctx, a.ID, "")
	wantProblem(t, err, 404, "not-found")

	h.checkCode(t, a.Code, "in-force")
	if err := c.withdraw(ctx, a.ID, "示例撤销"); err != nil {
		t.Fatal(err)
	}
	h.checkCode(t, strings.ToLower(strings.ReplaceAll(a.Code, "-", "")), "withdrawn")
	if err := h.registry.SuspendApplication(ctx, "operator:test", h.app.ID, "test"); err != nil {
		t.Fatal(err)
	}
	_, err = c.stampPDF(ctx, "key-2", h.request(), permitPDF)
	wantProblem(t, err, 401, "unauthenticated")
}

func wantProblem(t *testing.T, err error, status int, kind string) {
	t.Helper()
	var e *apiError
	if !errors.As(err, &e) || e.problem.Status != status || e.problem.Type != "urn:govseal:problem:"+kind {
		t.Errorf("got %v, want %d %s", err, status, kind)
	}
}

// A report about a document of this service names its leaf in the ledger.
func TestHTTPReportHoldsTheProof(t *testing.T) {
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
	for name, tt := range map[string]struct {
		document []byte
		want     verify.Status
	}{"as given back": {sealed, verify.OK}, "another file": {bytes.Replace(sealed, []byte("%PDF-1.4"), []byte("%PDF-1.5"), 1), verify.NotApplicable}} {
		contentType, body := formBody(t, "document", string(tt.document))
		_, answer := h.call(t, "POST", "/v1/verifications", contentType, body)
		var r verify.Report
		if err := json.Unmarshal(answer, &r); err != nil || len(r.Stamps) != 1 || r.Stamps[0].Ledger.Status != tt.want {
			t.Errorf("%s: %v %s, want the ledger fact %s", name, err, answer, tt.want)
		}
	}
}

func (h *house) verdict(t *testing.T, path string, document []byte) string {
	t.Helper()
	contentType, body := formBody(t, "document", string(document))
	res, answer := h.call(t, "POST", path, contentType, body)
	var r struct{ Verdict string }
	if err := json.Unmarshal(answer, &r); err != nil || res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, answer)
	}
	return r.Verdict
}

func (h *house) checkCode(t *testing.T, code, want string) {
	t.Helper()
	res, body := h.call(t, "GET", "/v1/verifications/"+code, "", nil)
	var st api.CodeStatus
	if err := json.Unmarshal(body, &st); err != nil || res.StatusCode != 200 || st.State != want {
		t.Errorf("code %s: %d %s, want %s", code, res.StatusCode, body, want)
	}
}

// Unknown and malformed codes must look alike, to the octet.
func TestHTTPUnknownCodesLookAlike(t *testing.T) {
	h := newHouse(t, Config{})
	_, unknown := h.call(t, "GET", "/v1/verifications/0000000000000000", "", nil)
	_, malformed := h.call(t, "GET", "/v1/verifications/xyz", "", nil)
	if !bytes.Equal(unknown, malformed) {
		t.Errorf("unknown: %s\nmalformed: %s", unknown, malformed)
	}
	_, unknown = h.call(t, "GET", "/s/0000000000000000", "", nil)
	_, malformed = h.call(t, "GET", "/s/xyz", "", nil)
	if !bytes.Equal(unknown, malformed) {
		t.Error("the pages of an unknown and a malformed code differ")
	}
}

func TestHTTPLookUpsAreLimited(t *testing.T) {
	h := newHouse(t, Config{})
	for i := range 40 {
		res, body := h.call(t, "GET", "/v1/verifications/0000000000000000", "", nil)
		if res.StatusCode == http.StatusTooManyRequests {
			if p := problem(t, res, body); p.Type != "urn:govseal:problem:rate-limited" || i < 20 {
				t.Errorf("%s after %d", p.Type, i)
			}
			return
		}
	}
	t.Error("forty look-ups a minute were allowed")
}

func TestHTTPPublications(t *testing.T) {
	h := newHouse(t, Config{})
	for path, want := range map[string]string{
		"/pki/root.crt": "application/pkix-cert", "/pki/issuing.crt": "application/pkix-cert",
		"/pki/root.crl": "application/pkix-crl", "/pki/issuing.crl": "application/pkix-crl",
		"/ledger/checkpoint": "text/plain; charset=utf-8", "/ledger/consistency/1/2": "application/json",
		"/openapi.json": "application/openapi+json", "/healthz": "text/plain; charset=utf-8", "/readyz": "application/json",
		"/v1/seals/" + h.seal.ESID: "application/json", "/": "text/html; charset=utf-8", "/docs": "text/html; charset=utf-8",
	} {
		res, body := h.call(t, "GET", path, "", nil)
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != want || len(body) == 0 {
			t.Errorf("%s: %d %s, want 200 %s", path, res.StatusCode, res.Header.Get("Content-Type"), want)
		}
	}
	for _, path := range []string{"/pki/other.crt", "/pki/root", "/ledger/consistency/0/1", "/ledger/consistency/2/1", "/ledger/consistency/1/999999"} {
		if res, body := h.call(t, "GET", path, "", nil); res.StatusCode < 400 || res.StatusCode >= 500 {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}

// A contract change shows in review: the served document is a golden file.
func TestOpenAPIGolden(t *testing.T) {
	h := newHouse(t, Config{})
	_, got := h.call(t, "GET", "/openapi.json", "", nil)
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	const golden = "../../docs/openapi.json"
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Error("the served OpenAPI document differs from docs/openapi.json; if that is meant, run go test ./cmd/govseal -run OpenAPI -update")
	}
}

// When the database vanishes sealing stops and says so, and verification goes on.
func TestHTTPVanishedDatabase(t *testing.T) {
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
	if err := os.Rename(filepath.Join(h.dir, databaseFile), filepath.Join(h.dir, "elsewhere.db")); err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"seal":"` + h.seal.ESID + `","matter":"` + demoMatter + `","digest":"` + sm3Hex(nil) + `"}`)
	res, answer := h.call(t, "POST", "/v1/stamps/digest", "application/json", body, "Authorization", "Bearer "+h.token, "Idempotency-Key", "key-2")
	if p := problem(t, res, answer); p.Type != "urn:govseal:problem:sealing-unavailable" || res.Header.Get("Retry-After") == "" {
		t.Errorf("got %d %s", res.StatusCode, answer)
	}
	if verdict := h.verdict(t, "/v1/verifications", sealed); verdict != "valid" {
		t.Errorf("verification without the database: %s", verdict)
	}
	if res, _ := h.call(t, "GET", "/readyz", "", nil); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz: %d", res.StatusCode)
	}
}
