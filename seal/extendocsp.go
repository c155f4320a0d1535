// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

// OCSPResponder is what an Authority must also be for its OCSP answers to
// stand in extended files.
type OCSPResponder interface {
	// OCSPFor returns a DER OCSPResponse about the certificate, nil when no
	// responder of this authority speaks for its issuer. It is checked before it
	// is written.
	OCSPFor(ctx context.Context, certDER []byte) (response []byte, err error)
}

var errNoAnswer = errors.New("the response does not answer for the certificate")

// answers are those of our responders for a certificate and for those above it.
// One that cannot be had lowers nothing, since the lists answer as well; it is
// logged.
func (x *extending) answers(ctx context.Context, leaf []byte, above [][]byte) (all [][]byte) {
	responder, ok := x.s.cfg.Authority.(OCSPResponder)
	if !ok {
		return nil
	}
	issuers := parseAll(above)
	for _, c := range append(parseAll([][]byte{leaf}), issuers...) {
		if c.SelfIssued() {
			continue // an anchor, or a bridge to one, for which its root's list speaks
		}
		response, err := responder.OCSPFor(ctx, c.Raw)
		if ctx.Err() != nil {
			return all
		}
		if err == nil && response == nil {
			continue
		}
		if err == nil && !answered(response, c, issuers, x.s.cfg.Now()) {
			err = errNoAnswer
		}
		if err != nil {
			x.s.cfg.Log.WarnContext(ctx, "no OCSP answer for an extended document; its revocation lists stay", "certificate", c.Serial.Text(16), "error", err)
			continue
		}
		all = union(all, [][]byte{response})
	}
	return all
}

// answered reports whether a response says good or revoked of the certificate,
// by one of the issuers or by a responder that this issuer certified for it.
// It is asked as of when it was signed: how long it serves is for those to
// judge who will read the file.
func answered(response []byte, c *cert.Certificate, issuers []*cert.Certificate, now time.Time) bool {
	for _, issuer := range issuers {
		if !issuer.Subject.Equal(c.Issuer) {
			continue
		}
		said := chain.NewOCSPAnswers([][]byte{response}, nil, now, 0)
		if _, ok := said.Status(c, issuer, time.Time{}); ok {
			return true
		}
	}
	return false
}

// parseAll reads certificates; what cannot be read could not help.
func parseAll(ders [][]byte) (all []*cert.Certificate) {
	for _, der := range ders {
		if c, err := cert.Parse(der); err == nil {
			all = append(all, c)
		}
	}
	return all
}
