// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"strconv"

	"github.com/govseal/govseal/tsa"
)

// postTSA is RFC 3161 3.4: a TimeStampReq in, a TimeStampResp out. A refusal
// of the protocol is an answer like any other and has status 200.
func (s *Server) postTSA(w http.ResponseWriter, r *http.Request) {
	request, ok := readDER(w, r, "application/timestamp-query", tsa.MaxRequest)
	if !ok {
		return
	}
	der := s.c.TSA.Respond(r.Context(), request)
	if der == nil {
		newProblem("internal", "").write(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/timestamp-reply")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(der)))
	_, _ = w.Write(der)
}
