// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/seal"
)

// client speaks the sign API, as any approval system does.
type client struct {
	base  string
	token string
	http  *http.Client
}

const (
	clientTries   = 6
	clientTimeout = 3 * time.Minute
	maxAnswer     = 256 << 20
)

func newClient(base, token string) (*client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usagef("%q is not an address like https://seal.example", base)
	}
	return &client{base: strings.TrimSuffix(base, "/"), token: token, http: &http.Client{Timeout: clientTimeout}}, nil
}

// apiError is a problem that the service answered.
type apiError struct{ problem api.Problem }

// byRule reports whether the service looked and said no: no grant, or a document
// that must not be sealed.
func (e *apiError) byRule() bool {
	kind := e.problem.Type[strings.LastIndex(e.problem.Type, ":")+1:]
	return kind == "denied" || kind == "refused"
}

func (e *apiError) Error() string {
	text := "the service refused: " + e.problem.Title
	for _, more := range []string{e.problem.Reason, e.problem.Detail} {
		if more != "" {
			text += "; " + more
		}
	}
	for _, f := range e.problem.Errors {
		text += "; " + f.Location + ": " + f.Message
	}
	return text
}

// newIdempotencyKey draws a key for one stamp; its repetitions carry the same.
func newIdempotencyKey() string { return "cli-" + rand.Text() }

// post sends a body until it is answered for good: a broken connection, a
// request still running and a service that is stopped are tried again with the
// same key, which cannot stamp twice.
func (c *client) post(ctx context.Context, path, key string, p payload) ([]byte, error) {
	for try := 1; ; try++ {
		answer, wait, err := c.send(ctx, http.MethodPost, path, key, p)
		if err == nil || wait == 0 || try == clientTries {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-time.After(wait):
		}
	}
}

func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	answer, _, err := c.send(ctx, http.MethodGet, path, "", payload{})
	return answer, err
}

// once makes one request with a body in memory.
func (c *client) once(ctx context.Context, method, path, key, contentType string, body []byte) (answer []byte, wait time.Duration, err error) {
	return c.send(ctx, method, path, key, inMemory(contentType, body))
}

func (c *client) request(ctx context.Context, method, path string, p payload) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	p.attach(req)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// send makes one request; wait says after what time it may be tried again, 0
// for never.
func (c *client) send(ctx context.Context, method, path, key string, p payload) (answer []byte, wait time.Duration, err error) {
	req, err := c.request(ctx, method, path, p)
	if err != nil {
		return nil, 0, err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, time.Second, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, time.Second, fmt.Errorf("read the answer: %w", err)
	}
	if res.StatusCode < 300 {
		return answer, 0, nil
	}
	return nil, retryAfter(res), problemFrom(res, answer)
}

func retryAfter(res *http.Response) time.Duration {
	switch res.StatusCode {
	case http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds >= 0 && seconds <= 60 {
			return time.Duration(max(seconds, 1)) * time.Second
		}
	}
	return 0
}

func problemFrom(res *http.Response, body []byte) error {
	e := &apiError{}
	if json.Unmarshal(body, &e.problem) != nil || e.problem.Type == "" {
		return fmt.Errorf("the service answered %s", res.Status)
	}
	return e
}

// stampPDF and its kin return the record.
func (c *client) stampPDF(ctx context.Context, key string, r api.StampRequest, document []byte) (seal.Answer, error) {
	return c.stampPDFFrom(ctx, key, r, octets(document))
}

func (c *client) stampPDFFrom(ctx context.Context, key string, r api.StampRequest, document source) (seal.Answer, error) {
	return c.stampForm(ctx, "/v1/stamps", key, r, document, "application/pdf")
}

// dryRunPDF asks where the seal would stand.
func (c *client) dryRunPDF(ctx context.Context, r api.StampRequest, document source) (seal.AnswerDryRun, error) {
	var a seal.AnswerDryRun
	body, err := documentForm(r, document, "application/pdf")
	if err != nil {
		return a, err
	}
	raw, err := c.post(ctx, "/v1/stamps", "", body)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("the service's answer cannot be read: %w", err)
	}
	return a, nil
}

func (c *client) stampOFD(ctx context.Context, key string, r api.StampRequest, document []byte) (seal.Answer, error) {
	r.Kind = seal.KindOFD
	return c.stampForm(ctx, "/v1/stamps", key, r, octets(document), seal.TypeOFD)
}

func (c *client) stampDecision(ctx context.Context, key string, r api.StampRequest, document []byte) (seal.Answer, error) {
	return c.stampForm(ctx, "/v1/decisions", key, r, octets(document), "application/json")
}

func (c *client) addDecisionStamp(ctx context.Context, key, decision string, r api.StampRequest) (seal.Answer, error) {
	return c.stampJSON(ctx, "/v1/decisions/"+url.PathEscape(decision)+"/stamps", key, r)
}

func (c *client) stampDigest(ctx context.Context, key string, r api.DigestRequest) (seal.Answer, error) {
	return c.stampJSON(ctx, "/v1/stamps/digest", key, r)
}

func documentPath(stamp, form string) string {
	path := "/v1/stamps/" + url.PathEscape(stamp) + "/document"
	if form != "" {
		path += "?form=" + url.QueryEscape(form)
	}
	return path
}

// document fetches what a stamp gave back into memory; download streams it.
func (c *client) document(ctx context.Context, stamp, form string) ([]byte, error) {
	return c.get(ctx, documentPath(stamp, form))
}

func (c *client) proof(ctx context.Context, stamp string) ([]byte, error) {
	return c.get(ctx, "/v1/stamps/"+url.PathEscape(stamp)+"/proof")
}

func (c *client) evidence(ctx context.Context, stamp string) ([]byte, error) {
	return c.get(ctx, "/v1/stamps/"+url.PathEscape(stamp)+"/evidence")
}

func (c *client) withdraw(ctx context.Context, stamp, reason string) error {
	body, err := json.Marshal(api.WithdrawRequest{Reason: reason})
	if err != nil {
		return err
	}
	_, err = c.post(ctx, "/v1/stamps/"+url.PathEscape(stamp)+"/withdraw", "", inMemory("application/json", body))
	return err
}

func (c *client) stampJSON(ctx context.Context, path, key string, request any) (seal.Answer, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return seal.Answer{}, err
	}
	return readAnswer(c.post(ctx, path, key, inMemory("application/json", body)))
}

func (c *client) stampForm(ctx context.Context, path, key string, r api.StampRequest, document source, mediaType string) (seal.Answer, error) {
	body, err := documentForm(r, document, mediaType)
	if err != nil {
		return seal.Answer{}, err
	}
	return readAnswer(c.post(ctx, path, key, body))
}

func readAnswer(raw []byte, err error) (seal.Answer, error) {
	var a seal.Answer
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("the service's answer cannot be read: %w", err)
	}
	return a, nil
}
