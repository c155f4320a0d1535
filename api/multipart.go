// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Limits in octets. What citizens upload to be checked is held in memory and
// never touches a disk here; what applications send to be sealed may be put
// into a temporary file (spool.go).
const (
	maxRequestPart = 64 << 10 // the JSON part "request", and JSON bodies
	maxDecision    = 1 << 20
	maxInMemory    = 50 << 20 // a document that is only to be checked
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

// Upload is the body of a form, which the handler reads as it comes in.
type Upload struct {
	body   io.Reader
	length int64 // as the client declares it; negative for unknown
}

// Resolve is called by huma before the handler.
func (u *Upload) Resolve(ctx huma.Context) []error {
	u.body, u.length = ctx.BodyReader(), -1
	if n, err := strconv.ParseInt(ctx.Header("Content-Length"), 10, 64); err == nil {
		u.length = n
	}
	return nil
}

// received is a form that was read.
type received struct {
	parts    map[string][]byte
	document *paper // the part "document", when the form spools it
}

// formReader reads a multipart body strictly: only the parts named, each once,
// each within its limit.
type formReader struct {
	want  map[string]part
	spool *spool // of the part "document"; nil keeps it in memory, too
	most  int64  // octets that any part can have: the body's length, if known
}

// readForm reads a body that is in memory already, or small.
func readForm(contentType string, body io.Reader, want map[string]part) (map[string][]byte, error) {
	f, err := (&formReader{want: want, most: -1}).read(contentType, body)
	if err != nil {
		return nil, err
	}
	return f.parts, nil
}

// receive reads the form of a route that seals or extends. The caller closes
// the document.
func (s *Server) receive(contentType string, u *Upload, want map[string]part) (*received, error) {
	return (&formReader{want: s.withDocument(want), spool: &s.spool, most: u.length}).read(contentType, u.body)
}

// receiveInMemory reads the form of a public route.
func (s *Server) receiveInMemory(contentType string, body io.Reader, length int64, want map[string]part) (map[string][]byte, error) {
	want = s.withDocument(want)
	d := want["document"]
	d.limit = min(d.limit, maxInMemory)
	want["document"] = d
	f, err := (&formReader{want: want, most: length}).read(contentType, body)
	if err != nil {
		return nil, err
	}
	return f.parts, nil
}

func (fr *formReader) read(contentType string, body io.Reader) (_ *received, err error) {
	if fr.most == 0 {
		return nil, newProblem("bad-request", "the request has no body")
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return nil, newProblem("unsupported-media", "multipart/form-data is required")
	}
	got := &received{parts: map[string][]byte{}}
	defer func() {
		if err != nil {
			got.document.Close()
		}
	}()
	for r := multipart.NewReader(fr.bounded(body), params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF { // as it is: a body that is cut wraps it
			break
		}
		if err != nil {
			return nil, malformed(err)
		}
		if err := fr.part(p, got); err != nil {
			return nil, err
		}
	}
	for name, w := range fr.want {
		if _, ok := got.parts[name]; w.required && !ok {
			return nil, newProblem("invalid-request", "the part "+name+" is missing")
		}
	}
	return got, nil
}

// bounded lets no more of the body in than the parts may have together.
func (fr *formReader) bounded(body io.Reader) io.Reader {
	total := int64(formOverhead)
	for _, w := range fr.want {
		total += w.limit
	}
	return &bodyLimit{body, total}
}

type bodyLimit struct {
	r    io.Reader
	left int64
}

func (b *bodyLimit) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, tooLarge()
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// malformed tells a body that is cut or garbled from one that is too large.
func malformed(err error) error {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge()
	}
	return newProblem("bad-request", "the multipart body is malformed")
}

func (fr *formReader) part(p *multipart.Part, got *received) error {
	name := p.FormName()
	w, known := fr.want[name]
	if !known {
		return newProblem("invalid-request", "the form has a part that this route does not know")
	}
	if _, twice := got.parts[name]; twice {
		return newProblem("invalid-request", "the part "+name+" is there twice")
	}
	if name == "document" && fr.spool != nil {
		document, err := fr.spool.receive(p, w.limit)
		if err != nil {
			var broken *fs.PathError
			if errors.As(err, &broken) {
				return err // our disk, not the body
			}
			return malformed(err)
		}
		got.document, got.parts[name] = document, nil
		return nil
	}
	// Room for all of it at once: a buffer that grows holds the part twice.
	content := bytes.NewBuffer(make([]byte, 0, max(0, min(w.limit, fr.most))+bytes.MinRead))
	if _, err := content.ReadFrom(io.LimitReader(p, w.limit+1)); err != nil {
		return malformed(err)
	}
	if int64(content.Len()) > w.limit {
		return newProblem("too-large", "the part "+name+" is over its limit")
	}
	got.parts[name] = content.Bytes()
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
