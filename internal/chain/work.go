// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"errors"

	"github.com/govseal/govseal/internal/cert"
)

// The work allowed for one question. A signature check costs one unit and one
// more for each 32 KiB that must be hashed, so that a crafted set of
// certificates and large CRLs ends within a second or two.
const (
	workUnits = 4096
	unitSize  = 32 << 10
)

var errWork = errors.New("too much work: the limit of signature checks is reached")

// work counts what a question has cost and remembers signatures checked.
type work struct {
	units       int
	comparisons int
	searches    int
	paths       int
	steps       int
	checked     map[signaturePair]error
}

type signaturePair struct {
	object any // *cert.Certificate or *cert.CRL
	key    string
}

// Checked remembers which signatures were found good or bad, for questions
// about the same parsed certificates and CRLs: signer, maker and time-stamp
// authority of one stamp share their issuers and their lists. The zero value
// is ready; it is not safe for concurrent use.
type Checked struct{ known map[signaturePair]error }

func newWork(c *Checked) work {
	if c == nil {
		c = &Checked{}
	}
	if c.known == nil {
		c.known = map[signaturePair]error{}
	}
	return work{units: workUnits, comparisons: maxComparisons, searches: maxSearches, paths: maxPaths, steps: maxSteps, checked: c.known}
}

func (w *work) exhausted() bool {
	return w.units <= 0 || w.comparisons <= 0 || w.paths <= 0 || w.steps <= 0
}

// compare takes one comparison of names; false means that there are none left.
func (w *work) compare() bool {
	w.comparisons--
	return w.comparisons > 0
}

func (w *work) signature(object any, size int, signer *cert.Certificate, check func() error) error {
	key := signaturePair{object, string(signer.RawSPKI)}
	if err, known := w.checked[key]; known {
		return err
	}
	if w.exhausted() {
		return errWork
	}
	w.units -= 1 + size/unitSize
	err := check()
	w.checked[key] = err
	return err
}

// certificate checks that c is signed by the key of issuer.
func (w *work) certificate(c, issuer *cert.Certificate) error {
	return w.signature(c, len(c.RawTBS), issuer, func() error { return c.CheckSignature(issuer.PublicKey) })
}

// crl checks that the CRL is signed by the key of signer.
func (w *work) crl(c *cert.CRL, signer *cert.Certificate) error {
	return w.signature(c, len(c.RawTBS), signer, func() error { return c.CheckSignature(signer.PublicKey) })
}
