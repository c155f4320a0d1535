// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
)

// evidence returns what an offline check of the seal's and the maker's
// certificate needs. A maker of another authority is the verifier's matter.
func (s *Service) evidence(ctx context.Context, c *cert.Certificate) (chain, crls [][]byte, err error) {
	chain, crls, err = s.cfg.Authority.Evidence(ctx, c.Raw)
	if err != nil {
		return nil, nil, fmt.Errorf("seal: evidence for the seal's certificate: %w", err)
	}
	if bytes.Equal(c.RawIssuer, s.makerCert.RawIssuer) {
		return chain, crls, nil
	}
	if moreChain, moreCRLs, err := s.cfg.Authority.Evidence(ctx, s.makerCert.Raw); err == nil {
		chain, crls = union(chain, moreChain), union(crls, moreCRLs)
	}
	return chain, crls, nil
}

// union appends what is not there yet.
func union(have, more [][]byte) [][]byte {
	have = slices.Clip(have)
	for _, m := range more {
		if !slices.ContainsFunc(have, func(h []byte) bool { return bytes.Equal(h, m) }) {
			have = append(have, m)
		}
	}
	return have
}

// mergeEvidence adds an act's evidence to a decision's file. Of the full lists
// of one issuer only the newest stays: it serves the older stamps as well
// (design.md section 6: a CRL serves T if issued after T), and the file does
// not grow by a list for every department.
func mergeEvidence(e *decision.Evidence, chain, crls [][]byte) (*decision.Evidence, error) {
	if e == nil {
		e = &decision.Evidence{}
	}
	merged := &decision.Evidence{Certificates: union(e.Certificates, chain), OCSP: e.OCSP}
	newest := map[string]*cert.CRL{}
	var order []string
	for _, der := range union(e.CRLs, crls) {
		c, err := cert.ParseCRL(der)
		if err != nil {
			return nil, fmt.Errorf("seal: read a CRL of the evidence: %w", err)
		}
		key := string(c.RawIssuer)
		if c.IDP != nil || c.DeltaBase != nil {
			key = string(der) // partial lists stand for themselves
		}
		old, seen := newest[key]
		if !seen {
			order = append(order, key)
		}
		if !seen || c.ThisUpdate.After(old.ThisUpdate) {
			newest[key] = c
		}
	}
	for _, key := range order {
		merged.CRLs = append(merged.CRLs, newest[key].Raw)
	}
	return merged, nil
}
