// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/pdf"
)

// Bounds of the search in a caller's evidence: signature checks of one
// extension, and certificates above each other.
const (
	maxSupplyChecks = 1000
	maxSupplyPath   = 10
)

// supply is a caller's evidence in one extension. A nil supply has nothing.
type supply struct {
	*Evidence
	now    time.Time
	checks int // signature checks so far
	issued map[[2]string]bool
	signed map[signedList]bool
}

type signedList struct {
	list *cert.CRL
	by   string // the certificate, DER
}

func newSupply(e *Evidence, now time.Time) *supply {
	if e == nil {
		return nil
	}
	return &supply{Evidence: e, now: now, issued: map[[2]string]bool{}, signed: map[signedList]bool{}}
}

// add writes what is proven to bear on a certificate to what a signature
// needs, and reports whether that leads to a root with an answer at each step.
func (y *supply) add(leaf *cert.Certificate, need *pdf.VRI) (whole bool) {
	if y == nil || y.issuedBy(leaf, leaf) {
		return false
	}
	w := climb{supply: y, among: append(parseAll(need.Certs), y.certs...), need: need, whole: map[string]bool{}}
	return w.up(leaf, maxSupplyPath)
}

// climb is one way up from a certificate.
type climb struct {
	*supply
	among []*cert.Certificate // candidates: the evidence's, and those in the signature
	need  *pdf.VRI
	whole map[string]bool // of certificates looked at, by DER
}

func (w *climb) up(c *cert.Certificate, room int) bool {
	if whole, looked := w.whole[string(c.Raw)]; looked {
		return whole
	}
	if w.issuedBy(c, c) {
		return true
	}
	w.whole[string(c.Raw)] = false // meanwhile: a ring of bridges leads nowhere
	if room == 0 {
		return false
	}
	whole := false
	for _, issuer := range w.among {
		if !w.issuedBy(c, issuer) {
			continue
		}
		w.need.Certs = union(w.need.Certs, [][]byte{issuer.Raw})
		status := w.status(c, issuer)
		if w.up(issuer, room-1) && status {
			whole = true
		}
	}
	w.whole[string(c.Raw)] = whole
	return whole
}

// status adds the issuer's lists and what answers for the certificate, and
// reports whether there was any. Whether a list is fresh, and of the right
// scope, is for those to judge who will read the file.
func (w *climb) status(c, issuer *cert.Certificate) (found bool) {
	for _, list := range w.crls {
		if w.listBy(list, issuer) {
			w.need.CRLs = union(w.need.CRLs, [][]byte{list.Raw})
			found = found || list.DeltaBase == nil
		}
	}
	for _, r := range w.answers {
		if mentions(r, c) && w.check() && answered(r.Raw, c, []*cert.Certificate{issuer}, w.now) {
			w.need.OCSPs = union(w.need.OCSPs, [][]byte{r.Raw})
			found = true
		}
	}
	return found
}

// mentions spares the work for answers about other certificates.
func mentions(r *ocsp.Response, c *cert.Certificate) bool {
	if r.Basic == nil {
		return false
	}
	for i := range r.Basic.Singles {
		if r.Basic.Singles[i].ID.Serial.Cmp(c.Serial) == 0 {
			return true
		}
	}
	return false
}

// issuedBy compares names and checks the signature; each pair once.
func (y *supply) issuedBy(c, issuer *cert.Certificate) bool {
	if !issuer.Subject.Equal(c.Issuer) {
		return false
	}
	pair := [2]string{string(c.Raw), string(issuer.Raw)}
	is, known := y.issued[pair]
	if !known {
		is = y.check() && c.CheckSignature(issuer.PublicKey) == nil
		y.issued[pair] = is
	}
	return is
}

func (y *supply) listBy(list *cert.CRL, issuer *cert.Certificate) bool {
	if !list.Issuer.Equal(issuer.Subject) || list.ThisUpdate.After(y.now) {
		return false
	}
	key := signedList{list, string(issuer.Raw)}
	is, known := y.signed[key]
	if !known {
		is = y.check() && list.CheckSignature(issuer.PublicKey) == nil
		y.signed[key] = is
	}
	return is
}

// check takes one signature check; with none left nothing more is found.
func (y *supply) check() bool {
	y.checks++
	return y.checks <= maxSupplyChecks
}
