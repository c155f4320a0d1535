// SPDX-License-Identifier: Apache-2.0

// Package verify answers one question about a document: who sealed it, when,
// has it changed since, and was the seal in force? It has no network, no disk,
// no clock and no database of its own; time, trust and material are inputs. It
// is the same code behind the API, the page, the command line and the browser.
//
// A Report holds facts that are established one by one and never folded into
// each other; the verdict is derived from them in one place (verdict.go). An
// invalid signature is a result; an error means "could not look".
package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

// Document is what is to be verified, and what lies beside it.
type Document struct {
	ReaderAt io.ReaderAt
	Size     int64 // octets

	// Content is what a bare seal signature or detached CMS signs; Digest is
	// its SM3 digest, for those who do not hand the content out. With both,
	// they must agree.
	Content io.Reader
	Digest  []byte
	// Evidence is a side file with certificates, CRLs and OCSP answers (JSON, as
	// GET /v1/stamps/{id}/evidence answers). Nothing in it is believed before
	// it verifies.
	Evidence []byte
	// Proof is a ledger proof (JSON, as GET /v1/stamps/{id}/proof answers).
	Proof []byte
}

// Errors that a caller branches on.
var (
	// ErrNoTime: the policy names no time of verification.
	ErrNoTime = errors.New("verify: the time of verification is not given")
	// ErrEmpty: there is no document.
	ErrEmpty = errors.New("verify: the document is empty")
	// ErrTooLarge: the document exceeds the policy's limit.
	ErrTooLarge = errors.New("verify: the document is larger than the limit")
	// ErrUnknownKind: the document is of no kind that can be verified.
	ErrUnknownKind = errors.New("verify: neither a decision, a PDF, an OFD, a seal, a seal signature nor a CMS")
)

// Verify examines the document under the policy. The error is not nil when it
// could not be looked at: no time or a broken policy, an unreadable or empty
// document, one of unknown kind, or an ended context.
func Verify(ctx context.Context, d Document, p Policy) (*Report, error) {
	r, err := newRun(ctx, p)
	if err != nil {
		return nil, err
	}
	if d.Size <= 0 {
		return nil, ErrEmpty
	}
	if d.Size > r.policy.Limits.Size {
		return nil, fmt.Errorf("%w of %d octets", ErrTooLarge, r.policy.Limits.Size)
	}
	kind, err := sniff(d)
	if err != nil {
		return nil, err
	}
	r.report.Kind, r.report.Size = kind, d.Size
	r.readEvidence(d.Evidence)
	r.proof.raw = d.Proof
	if err := r.examine(kind, d); err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	r.conclude()
	return &r.report, nil
}

func (r *run) examine(kind Kind, d Document) error {
	if kind == KindPDF {
		return r.examinePDF(d)
	}
	if kind == KindOFD {
		return r.examineOFD(d)
	}
	raw, err := r.readAll(d)
	if err != nil {
		return err
	}
	switch kind {
	case KindDecision:
		r.examineDecision(raw)
		return nil
	case KindSeal:
		r.examineSeal(raw)
		return nil
	case KindSealSignature:
		return r.examineSealSignature(raw, d)
	default:
		return r.examineCMS(raw, d)
	}
}

// run is one verification.
type run struct {
	ctx    context.Context
	policy Policy
	arc    cert.Arc
	now    time.Time
	report Report
	digest [32]byte // SM3 of the document

	anchors, makerAnchors []*cert.Certificate
	pool                  pool
	proof                 provenLeaf
	paths                 map[question]*chain.Result
	checked               chain.Checked
	err                   error // the first error of a path validation: the context ended
}

func (r *run) keep(err error) {
	if err != nil && r.err == nil {
		r.err = err
	}
}
