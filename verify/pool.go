// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"crypto/ecdsa"
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// pool holds candidate material: nothing in it is believed before it verifies.
type pool struct {
	certs      []*cert.Certificate
	crls       []*cert.CRL
	ocsps      [][]byte // DER OCSPResponses
	ledgerKeys []*ecdsa.PublicKey
}

// Bounds of the material that documents may add.
const (
	maxPoolCerts = 256
	maxPoolCRLs  = 64
	maxPoolOCSPs = 64
)

// add takes what can be read of a document's own material; the rest is not
// worth a word, since it could not help.
func (p *pool) add(certDERs, crlDERs [][]byte) {
	for _, der := range certDERs {
		known := func(c *cert.Certificate) bool { return bytes.Equal(c.Raw, der) }
		if len(p.certs) >= maxPoolCerts || slices.ContainsFunc(p.certs, known) {
			continue
		}
		if c, err := cert.Parse(der); err == nil {
			p.certs = append(p.certs, c)
		}
	}
	for _, der := range crlDERs {
		known := func(c *cert.CRL) bool { return bytes.Equal(c.Raw, der) }
		if len(p.crls) >= maxPoolCRLs || slices.ContainsFunc(p.crls, known) {
			continue
		}
		if c, err := cert.ParseCRL(der); err == nil {
			p.crls = append(p.crls, c)
		}
	}
}

// addOCSP takes answers of a document; which of them can be used is found out
// when they are asked.
func (p *pool) addOCSP(ders [][]byte) {
	for _, der := range ders {
		known := func(o []byte) bool { return bytes.Equal(o, der) }
		if len(p.ocsps) < maxPoolOCSPs && !slices.ContainsFunc(p.ocsps, known) {
			p.ocsps = append(p.ocsps, der)
		}
	}
}

func (p *pool) ders() [][]byte {
	var all [][]byte
	for _, c := range p.certs {
		all = append(all, c.Raw)
	}
	return all
}
