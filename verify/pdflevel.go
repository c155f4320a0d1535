// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"slices"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/cms"
)

// Levels of a stamp (ETSI EN 319 142-1 as remembered; what is meant stands
// here): each needs what the one before it needs.
const (
	levelB   = "B"   // the time is only claimed
	levelT   = "T"   // the time is proven
	levelLT  = "LT"  // the file's security store suffices to judge it
	levelLTA = "LTA" // a trusted document time-stamp covers that store
)

// collect takes certificates, CRLs and OCSP answers of all signatures and of
// the document security store before any is judged: a time-stamp may need what
// an earlier signature carries.
func (p *pdfRun) collect() {
	for i := range p.sigs {
		der, err := cms.Trim(p.sigs[i].Contents)
		if err != nil {
			continue
		}
		sd, err := cms.Parse(der)
		if err != nil {
			continue // a seal signature, or said where it is judged
		}
		p.own.add(sd.Certificates, sd.CRLs)
		for j := range sd.Signers {
			p.ownOf(&sd.Signers[j])
		}
	}
	p.pool.join(p.own)
	if store, err := p.doc.DSS(len(p.doc.Revisions()) - 1); err == nil && store != nil {
		p.store = store
		p.pool.add(store.Certs, store.CRLs)
		p.pool.addOCSP(store.OCSPs)
	}
}

// ownOf takes what a signer carries in attributes.
func (p *pdfRun) ownOf(si *cms.SignerInfo) {
	if value, ok, err := cms.Find(si.Signed, cms.OIDRevocationInfo); ok && err == nil {
		if crls, ocsps, err := cms.ParseRevocationInfo(value); err == nil {
			p.own.add(nil, crls)
			p.own.addOCSP(ocsps)
		}
	}
	if token, ok, err := cms.Find(si.Unsigned, cms.OIDTimeStampToken); ok && err == nil {
		if sd, err := cms.Parse(token); err == nil {
			p.own.add(sd.Certificates, sd.CRLs)
		}
	}
}

func (p *pool) join(other pool) {
	for _, c := range other.certs {
		p.add([][]byte{c.Raw}, nil)
	}
	for _, c := range other.crls {
		p.add(nil, [][]byte{c.Raw})
	}
	p.addOCSP(other.ocsps)
}

// level says LT or LTA only when it is true: the questions of the verdict are
// asked again, with the security store's answers alone.
func (p *pdfRun) level(i int, s *Stamp, c claim, w when) {
	by := s.Time.By == "tsa" || s.Time.By == "document-timestamp"
	if !by || s.Level != levelT || s.conclude(p.policy.Revocation == RevocationOptional) != Valid {
		return
	}
	newest := len(p.doc.Revisions()) - 1
	if p.store == nil || !p.suffices(newest, c, w) {
		return
	}
	s.Level = levelLT
	for _, t := range p.tokens {
		at := p.sigs[t.sig].Revision
		if at > p.sigs[i].Revision && p.suffices(at, c, w) {
			s.Level = levelLTA
			return
		}
	}
}

// suffices asks whether the store as a revision shows it answers for signer,
// seal maker and time-stamp authority.
func (p *pdfRun) suffices(revision int, c claim, w when) bool {
	r := p.alone(revision)
	if r == nil || c.signer == nil || w.proof.certificate == nil {
		return false
	}
	if r.path(c.signer, r.anchors, w.t, signerUsage, chain.RevocationRequired).Code != chain.OK {
		return false
	}
	if c.seal != nil && !r.makerSuffices(c, w) {
		return false
	}
	var said Fact
	strict := *r
	strict.policy.Revocation = RevocationRequired
	return strict.trustAuthority(&said, w.proof.certificate, w.proof.at)
}

func (r *run) makerSuffices(c claim, w when) bool {
	maker, err := cert.Parse(c.seal.MakerCert)
	if err != nil {
		return false
	}
	at := w.t
	if at.After(maker.NotAfter) {
		at = c.seal.Created
	}
	anchors, usage := r.makerTrust(maker, at)
	return anchors != nil && r.path(maker, anchors, at, usage, chain.RevocationRequired).Code == chain.OK
}

// alone is this run with no material but the store's at a revision, and the
// certificates in signatures; nil when there is no store. Revocation lists in
// a signature are as old as it is, and do not count.
func (p *pdfRun) alone(revision int) *run {
	if r, known := p.lone[revision]; known {
		return r
	}
	store, err := p.doc.DSS(revision)
	if err != nil || store == nil {
		p.lone[revision] = nil
		return nil
	}
	r := *p.run
	r.paths = map[question]*chain.Result{}
	r.pool = pool{certs: slices.Clone(p.own.certs)}
	r.pool.add(store.Certs, store.CRLs)
	r.pool.addOCSP(store.OCSPs)
	p.lone[revision] = &r
	return &r
}
