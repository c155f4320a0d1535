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

// evidence returns what an offline check of the seal's certificate and of its
// maker's needs: the lists of one authority may be several (shards). A maker of
// another authority is the verifier's matter.
func (s *Service) evidence(ctx context.Context, o *openSeal) (chain, crls [][]byte, err error) {
	chain, crls, err = s.cfg.Authority.Evidence(ctx, o.cert.Raw)
	if err != nil {
		return nil, nil, fmt.Errorf("seal: evidence for the seal's certificate: %w", err)
	}
	maker, err := s.makerOf(o)
	if err != nil {
		return nil, nil, err
	}
	if bytes.Equal(o.cert.RawIssuer, maker.RawIssuer) && bytes.Equal(listsOf(o.cert), listsOf(maker)) {
		return chain, crls, nil
	}
	if moreChain, moreCRLs, err := s.cfg.Authority.Evidence(ctx, o.seal.MakerCert); err == nil {
		chain, crls = union(chain, moreChain), union(crls, moreCRLs)
	}
	return chain, crls, nil
}

// makerOf returns the certificate of the seal's maker, who need not be ours of
// today.
func (s *Service) makerOf(o *openSeal) (*cert.Certificate, error) {
	if bytes.Equal(o.seal.MakerCert, s.makerCert.Raw) {
		return s.makerCert, nil
	}
	maker, err := cert.Parse(o.seal.MakerCert)
	if err != nil {
		return nil, fmt.Errorf("seal: certificate of the seal's maker: %w", err)
	}
	return maker, nil
}

// listsOf is where a certificate says that its issuer's list is, as written.
func listsOf(c *cert.Certificate) []byte {
	for _, e := range c.Extensions {
		if e.ID.Equal(cert.OIDCRLDistributionPoints) {
			return e.Value
		}
	}
	return nil
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

// mergeEvidence adds an act's evidence to a decision's file. Of the lists of
// one issuer and scope only the newest stays: it serves the older stamps as well
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
		key := string(c.RawIssuer) + scopeOf(c)
		if c.DeltaBase != nil {
			key = string(der) // a delta stands for itself
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

// scopeOf is the issuing distribution point as written, "" for a complete list.
func scopeOf(c *cert.CRL) string {
	for _, e := range c.Extensions {
		if e.ID.Equal(cert.OIDIssuingDistribution) {
			return string(e.Value)
		}
	}
	return ""
}
