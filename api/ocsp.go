// SPDX-License-Identifier: Apache-2.0

package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/govseal/govseal/ca"
)

// maxOCSPAge is how long a cache may keep an answer: a revocation shows at
// once here and must be seen soon elsewhere.
const maxOCSPAge = 5 * time.Minute

// postOCSP is RFC 6960 A.1.1 with the request as body.
func (s *Server) postOCSP(w http.ResponseWriter, r *http.Request) {
	request, ok := readDER(w, r, "application/ocsp-request", ca.MaxOCSPRequest)
	if !ok {
		return
	}
	a := s.answerOCSP(r, request)
	w.Header().Set("Cache-Control", "no-store")
	writeOCSP(w, a.DER)
}

// getOCSP is RFC 6960 A.1.1 with the request in the address, as caches like
// it (RFC 5019 5): base64, its +, / and = escaped or not.
func (s *Server) getOCSP(w http.ResponseWriter, r *http.Request) {
	request, err := ocspFromPath(chi.URLParam(r, "*"))
	if err != nil {
		request = nil // no request either: malformedRequest is the protocol's answer
	}
	a := s.answerOCSP(r, request)
	h := w.Header()
	if a.NextUpdate.IsZero() {
		h.Set("Cache-Control", "no-store")
		writeOCSP(w, a.DER)
		return
	}
	age := max(0, min(maxOCSPAge, a.NextUpdate.Sub(s.c.Now())))
	sum := sha256.Sum256(a.DER)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h.Set("Cache-Control", "public, no-transform, must-revalidate, max-age="+strconv.Itoa(int(age.Seconds())))
	h.Set("Last-Modified", a.ThisUpdate.UTC().Format(http.TimeFormat))
	h.Set("Expires", s.c.Now().Add(age).UTC().Format(http.TimeFormat))
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeOCSP(w, a.DER)
}

func ocspFromPath(escaped string) ([]byte, error) {
	text, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, err
	}
	if base64.StdEncoding.DecodedLen(len(text)) > ca.MaxOCSPRequest+3 {
		return nil, errors.New("too long")
	}
	return base64.StdEncoding.DecodeString(text)
}

// answerOCSP always has an answer of the protocol; what went wrong is logged.
func (s *Server) answerOCSP(r *http.Request, request []byte) ca.OCSPAnswer {
	a, err := s.c.CA.OCSP(r.Context(), request)
	if err != nil {
		s.c.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("request", requestID(r.Context())), slog.Any("error", err))
	}
	return a
}

func writeOCSP(w http.ResponseWriter, der []byte) {
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Header().Set("Content-Length", strconv.Itoa(len(der)))
	_, _ = w.Write(der)
}

// readDER reads a small body of one media type; when it cannot, it has
// answered with a problem.
func readDER(w http.ResponseWriter, r *http.Request, mediaType string, limit int64) ([]byte, bool) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != mediaType {
		newProblem("unsupported-media", "send "+mediaType).write(w, r)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		newProblem("too-large", "at most "+strconv.FormatInt(limit, 10)+" octets").write(w, r)
		return nil, false
	case err != nil:
		newProblem("bad-request", "the body ended early").write(w, r)
		return nil, false
	}
	return body, true
}
