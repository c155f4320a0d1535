// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/govseal/govseal/ca"
)

// How long caches may keep what is published: a CA certificate does not
// change, a list is followed at once by another when something is revoked.
const (
	maxCertificateAge = 24 * time.Hour
	maxCRLAge         = time.Hour
)

// pki publishes, for every authority, its certificate NAME.crt, its lists
// NAME.crl, NAME.SHARD.crl and NAME.delta.crl, all DER.
func (s *Server) pki(w http.ResponseWriter, r *http.Request) {
	file := chi.URLParam(r, "name")
	var err error
	if name, ok := strings.CutSuffix(file, ".crl"); ok {
		err = s.serveList(w, r, name)
	} else if name, ok := strings.CutSuffix(file, ".crt"); ok && name != "" {
		err = s.serveCertificate(w, r, name)
	} else {
		err = newProblem("not-found", "")
	}
	switch {
	case errors.Is(err, ca.ErrNotFound):
		newProblem("not-found", "").write(w, r)
	case err != nil:
		s.problemOf(r.Context(), err).write(w, r)
	}
}

func (s *Server) serveCertificate(w http.ResponseWriter, r *http.Request, id string) error {
	der, err := s.c.CA.Certificate(id)
	if err == nil {
		serveDER(w, r, "application/pkix-cert", der, time.Time{}, maxCertificateAge)
	}
	return err
}

func (s *Server) serveList(w http.ResponseWriter, r *http.Request, name string) error {
	id, err := s.c.CA.FindList(r.Context(), name)
	if err != nil {
		return err
	}
	list, err := s.c.CA.List(r.Context(), id)
	if err != nil {
		return err
	}
	// A cache may keep a list for an hour, and never past its end.
	now := s.c.Now()
	age := max(0, min(maxCRLAge, list.NextUpdate.Sub(now)))
	w.Header().Set("Expires", now.Add(age).UTC().Format(http.TimeFormat))
	serveDER(w, r, "application/pkix-crl", list.DER, list.ThisUpdate, age)
	return nil
}

// serveDER answers GET and HEAD, parts of a long list, and the question whether
// it changed. The entity tag is the end of the DER, which is signature: no two
// signed objects share it.
func serveDER(w http.ResponseWriter, r *http.Request, mediaType string, der []byte, changed time.Time, age time.Duration) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "public, no-transform, must-revalidate, max-age="+strconv.Itoa(int(age.Seconds())))
	h.Set("ETag", `"`+hex.EncodeToString(der[max(0, len(der)-16):])+`"`)
	http.ServeContent(w, r, "", changed, bytes.NewReader(der))
}
