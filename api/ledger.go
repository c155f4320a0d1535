// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/govseal/govseal/seal"
)

// provable names the facts of a stamp's leaf that a proof lays open. The audit
// entry stays closed.
func provable(st seal.Stamp) []string {
	facts := []string{
		seal.FactDocument, seal.FactOutput, seal.FactSignature, seal.FactSeal, seal.FactCertificate, seal.FactTime, seal.FactCode,
	}
	if st.Rendered != [32]byte{} {
		facts = append(facts, seal.FactRendered)
	}
	if st.RenderedOFD != [32]byte{} {
		facts = append(facts, seal.FactRenderedOFD)
	}
	return facts
}

// checkpoint serves the signed head of the ledger as text.
func (s *Server) checkpoint(w http.ResponseWriter, r *http.Request) {
	note, _, err := s.c.Ledger.Checkpoint(r.Context())
	if err != nil {
		s.problemOf(r.Context(), err).write(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write([]byte(note))
}

// consistency proves that the tree of the first size is a prefix of the second.
func (s *Server) consistency(w http.ResponseWriter, r *http.Request) {
	from, err1 := strconv.ParseUint(chi.URLParam(r, "from"), 10, 63)
	to, err2 := strconv.ParseUint(chi.URLParam(r, "to"), 10, 63)
	if err1 != nil || err2 != nil || from == 0 || from > to {
		newProblem("bad-request", "sizes are positive, the first not above the second").write(w, r)
		return
	}
	hashes, err := s.c.Ledger.Consistency(r.Context(), from, to)
	if err != nil {
		s.problemOf(r.Context(), err).write(w, r)
		return
	}
	encoded := make([]string, len(hashes))
	for i, h := range hashes {
		encoded[i] = base64.StdEncoding.EncodeToString(h)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"from": from, "to": to, "hashes": encoded})
}
