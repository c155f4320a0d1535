// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/ses"
)

// claim is what a stamp says, whatever format carried it. Nothing of it is
// believed; judge looks into it.
type claim struct {
	claimed time.Time             // by the signer, zero when it claims nothing
	signer  *cert.Certificate     // nil when it was not found or cannot be read
	seal    *ses.Seal             // nil for a signature without a seal
	value   []byte                // the signature value: what a token is over
	digest  asn1.ObjectIdentifier // digest algorithm of a CMS, nil for SM3
	token   []byte                // nil when there is none
	later   []poe                 // trusted proofs that the stamp existed at a time
}

// poe is a proof of existence.
type poe struct {
	at        time.Time
	slack     time.Duration // how much later it may have been
	by        string
	authority string

	certificate *cert.Certificate // the authority's; nil for a ledger
}

// judge establishes everything that does not depend on the format.
func (r *run) judge(s *Stamp, c claim) when {
	w := r.when(s, c)
	path := r.judgeSigner(s, c, w)
	r.judgeAlgorithms(s, c, path, w)
	r.judgeSeal(s, c, w)
	r.judgeRevocation(s, c, w)
	s.Signer.ok()
	s.Seal.ok()
	s.Revocation.ok()
	s.Time.ok()
	return w
}

// signerUsage is what a seal's or signer's certificate must allow: to sign,
// and nothing of a certificate authority.
var signerUsage = chain.Usage{KeyUsage: cert.DigitalSignature | cert.NonRepudiation, EndEntity: true}

func subjects(path []*cert.Certificate) []string {
	var all []string
	for _, c := range path {
		all = append(all, c.Subject.String())
	}
	return all
}

// checkSES verifies a signature value of a seal or seal signature.
func checkSES(pub crypto.PublicKey, alg cert.Algorithm, signed, sig []byte) error {
	alg = sesAlgorithm(alg)
	if isSM2(alg) {
		der, _, err := ses.NormalSignature(sig)
		if err != nil {
			return fmt.Errorf("%w: %w", cert.ErrSignature, err)
		}
		sig = der
	}
	return cert.CheckSignature(pub, alg, signed, sig)
}

// judgeCheck records the outcome of a signature check in a fact.
func judgeCheck(f *Fact, err error, wrong Code) {
	switch {
	case err == nil:
	case errors.Is(err, cert.ErrUnsupportedAlgorithm):
		f.unknown(CodeCryptoConstraints, err.Error())
	default:
		f.fail(wrong, err.Error())
	}
}
