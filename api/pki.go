// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// pki publishes root.crt, issuing.crt, root.crl and issuing.crl as DER.
func (s *Server) pki(w http.ResponseWriter, r *http.Request) {
	name, kind, _ := strings.Cut(chi.URLParam(r, "name"), ".")
	if name != "root" && name != "issuing" {
		newProblem("not-found", "").write(w, r)
		return
	}
	switch kind {
	case "crt":
		der := s.c.CA.Root()
		if name == "issuing" {
			der = s.c.CA.Issuing()
		}
		serveDER(w, "application/pkix-cert", der, 24*time.Hour)
	case "crl":
		list, err := s.c.CA.CRL(r.Context(), name)
		if err != nil {
			s.problemOf(r.Context(), err).write(w, r)
			return
		}
		w.Header().Set("Last-Modified", list.ThisUpdate.UTC().Format(http.TimeFormat))
		serveDER(w, "application/pkix-crl", list.DER, s.crlAge(list.NextUpdate))
	default:
		newProblem("not-found", "").write(w, r)
	}
}

// crlAge lets caches keep a CRL for an hour, and never past its end: a
// revocation is published at once and must be seen soon.
func (s *Server) crlAge(nextUpdate time.Time) time.Duration {
	return max(0, min(time.Hour, nextUpdate.Sub(s.c.Now())))
}

func serveDER(w http.ResponseWriter, mediaType string, der []byte, age time.Duration) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "public, max-age="+strconv.Itoa(int(age.Seconds())))
	w.Header().Set("Content-Length", strconv.Itoa(len(der)))
	_, _ = w.Write(der)
}
