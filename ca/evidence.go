// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
)

// Evidence returns the certificates above certDER (anchor included) and the
// CRLs that an offline check needs, nearest issuer first. The certificate is
// placed by its issuer's name and key identifier; whether it is genuine is the
// verifier's question, who believes nothing here before it verifies.
func (a *Authority) Evidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error) {
	c, err := cert.Parse(certDER)
	if err != nil {
		return nil, nil, fmt.Errorf("ca: certificate to find evidence for: %w", err)
	}
	var lists []string
	switch {
	case issuedBy(c, a.issuing.cert):
		chain, lists = [][]byte{a.issuing.der, a.root.der}, []string{IssuingID, RootID}
	case issuedBy(c, a.root.cert):
		chain, lists = [][]byte{a.root.der}, []string{RootID}
	default:
		return nil, nil, fmt.Errorf("%w: it was not issued by this authority", ErrNotFound)
	}
	for _, id := range lists {
		l, err := a.CRL(ctx, id)
		if err != nil {
			return nil, nil, fmt.Errorf("ca: CRL of the %s CA: %w", id, err)
		}
		crls = append(crls, l.DER)
	}
	return chain, crls, nil
}

// issuedBy compares names octet for octet: we wrote both.
func issuedBy(c, issuer *cert.Certificate) bool {
	return bytes.Equal(c.RawIssuer, issuer.RawSubject) && c.AuthorityKeyID != nil && bytes.Equal(c.AuthorityKeyID.KeyID, issuer.SubjectKeyID)
}
