// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
)

// question is what a certification path was asked for. The stamps of one
// document share maker, time-stamp authority and issuers, so most questions
// come more than once, and signatures are what answering them costs.
type question struct {
	leaf   [32]byte // SM3
	makers bool     // under the anchors for makers
	at     time.Time
	eku    string
	mode   chain.Mode

	certs, crls, ocsps int // size of the pool, which only grows
}

// path asks for a certification path.
func (r *run) path(leaf *cert.Certificate, anchors []*cert.Certificate, at time.Time, u chain.Usage, mode chain.Mode) *chain.Result {
	q := question{
		leaf: gm.SM3(leaf.Raw), makers: len(anchors) > 0 && len(r.makerAnchors) > 0 && &anchors[0] == &r.makerAnchors[0],
		at: at, eku: u.ExtKeyUsage.String(), mode: mode, certs: len(r.pool.certs), crls: len(r.pool.crls), ocsps: len(r.pool.ocsps),
	}
	if known, ok := r.paths[q]; ok {
		return known
	}
	if mode == chain.RevocationOff {
		// A path that is good with revocation is good without.
		full := q
		full.mode = chain.RevocationRequired
		if known, ok := r.paths[full]; ok && known.Code == chain.OK {
			return known
		}
		if res := r.validate(leaf, anchors, at, u, chain.RevocationRequired); res.Code == chain.OK {
			r.paths[full] = res
			return res
		}
	}
	res := r.validate(leaf, anchors, at, u, mode)
	r.paths[q] = res
	return res
}

func (r *run) validate(leaf *cert.Certificate, anchors []*cert.Certificate, at time.Time, u chain.Usage, mode chain.Mode) *chain.Result {
	res, err := chain.Validate(r.ctx, chain.Request{
		Leaf: leaf, Untrusted: r.pool.certs, Anchors: anchors, Time: at, ProofTime: r.now,
		CRLs: r.pool.crls, Status: r.answers(), Revocation: mode, Usage: u, FreshFor: r.policy.FreshFor,
		Checked: &r.checked,
	})
	if err != nil {
		r.keep(fmt.Errorf("verify: %w", err))
		return &chain.Result{Code: chain.NoPath, Detail: "the validation ended early"}
	}
	return res
}

// answers are the OCSP answers at hand as a source for chain, nil for none.
func (r *run) answers() chain.StatusSource {
	if len(r.pool.ocsps) == 0 {
		return nil
	}
	return chain.NewOCSPAnswers(r.pool.ocsps, r.pool.certs, r.now, r.policy.FreshFor)
}
