// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"reflect"
	"strings"
)

// Limits in octets. A form's parts are read from memory: what citizens upload
// never touches a disk here.
const (
	maxRequestPart = 64 << 10 // the JSON part "request", and JSON bodies
	maxDecision    = 1 << 20
	maxSide        = 24 << 20 // content, evidence, proof beside a document
	formOverhead   = 16 << 10 // boundaries and part headers
)

// part describes one part of a form: its limit and whether it must be there.
type part struct {
	limit    int64
	required bool
	json     bool
	schema   reflect.Type // of a JSON part, for the OpenAPI document
	doc      string
}

// readForm reads a multipart body strictly: only the parts named, each once,
// each within its limit.
func readForm(contentType string, body []byte, want map[string]part) (map[string][]byte, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return nil, newProblem("unsupported-media", "multipart/form-data is required")
	}
	got := map[string][]byte{}
	for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, newProblem("bad-request", "the multipart body is malformed")
		}
		if err := readPart(p, want, got); err != nil {
			return nil, err
		}
	}
	for name, w := range want {
		if _, ok := got[name]; w.required && !ok {
			return nil, newProblem("invalid-request", "the part "+name+" is missing")
		}
	}
	return got, nil
}

func readPart(p *multipart.Part, want map[string]part, got map[string][]byte) error {
	name := p.FormName()
	w, known := want[name]
	if !known {
		return newProblem("invalid-request", "the form has a part that this route does not know")
	}
	if _, twice := got[name]; twice {
		return newProblem("invalid-request", "the part "+name+" is there twice")
	}
	content, err := io.ReadAll(io.LimitReader(p, w.limit+1))
	if err != nil {
		return newProblem("bad-request", "the multipart body is malformed")
	}
	if int64(len(content)) > w.limit {
		return newProblem("too-large", "the part "+name+" is over its limit")
	}
	got[name] = content
	return nil
}

// readJSON decodes one JSON object into v: unknown members and anything
// behind it are errors. Values are never repeated in the answer.
func readJSON(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if p := domainProblem(err); p != nil { // a placement says itself what is wrong with it
			return p
		}
		return newProblem("invalid-request", "the request object: "+jsonFault(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return newProblem("invalid-request", "something follows the request object")
	}
	return nil
}

// jsonFault says what is wrong without the value that was sent.
func jsonFault(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return "the member " + kind.Field + " has the wrong type"
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "it is not JSON"
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return "it has an unknown member"
	}
	return "it cannot be read"
}
