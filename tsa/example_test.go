// SPDX-License-Identifier: Apache-2.0

package tsa_test

import (
	"crypto"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/govseal/govseal/tsa"
)

// A time-stamp authority behind HTTP, as RFC 3161 3.4 has it. Respond answers
// refusals, too: there is no error to handle.
func ExampleAuthority_Respond() {
	var signer crypto.Signer // the authority's key, opened by reference
	var certificate []byte   // DER, with the critical timeStamping usage
	authority, err := tsa.New(tsa.Config{
		Signer: signer, Certificate: certificate, Policy: []int{2, 999, 1, 3, 1}, Now: time.Now,
	})
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /tsa", func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, tsa.MaxRequest))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(authority.Respond(r.Context(), query))
	})
}
