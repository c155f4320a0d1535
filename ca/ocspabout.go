// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
)

// OCSPFor returns the DER OCSPResponse that our responder gives about a
// certificate, as it would answer a client; nil when no responder of ours
// speaks for its issuer, as for what a root issued. Like Evidence it places
// the certificate by its issuer's name and key identifier; of one that we never
// issued the answer is unknown.
func (a *Authority) OCSPFor(ctx context.Context, certDER []byte) ([]byte, error) {
	c, err := cert.Parse(certDER)
	if err != nil {
		return nil, fmt.Errorf("ca: certificate to answer for: %w", err)
	}
	is, err := a.issuerOf(c)
	if err != nil || is.signer == nil {
		return nil, nil // another authority's, or its key lies in a safe
	}
	request, err := OCSPRequest(is.der, c.Serial)
	if err != nil {
		return nil, err
	}
	answer, err := a.OCSP(ctx, request)
	if err != nil {
		return nil, err
	}
	return answer.DER, nil
}
