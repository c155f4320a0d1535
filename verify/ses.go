// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ses"
)

// Forms of stamps.
const (
	formSES     = "ses"
	formCMS     = "cms"
	formSeal    = "seal"
	formUnknown = "unknown"
)

// newStamp appends a stamp to the report; nil when there are too many.
func (r *run) newStamp(form string, raw []byte) *Stamp {
	if len(r.report.Stamps) >= r.policy.Limits.Stamps {
		if !r.report.Document.has(CodeLimitExceeded) {
			r.report.Document.unknown(CodeLimitExceeded, fmt.Sprintf("more than %d stamps", r.policy.Limits.Stamps))
		}
		return nil
	}
	r.report.Stamps = append(r.report.Stamps, Stamp{Index: len(r.report.Stamps) + 1, Form: form, SM3: sm3Hex(raw), Level: "B"})
	return &r.report.Stamps[len(r.report.Stamps)-1]
}

// malformed gives a stamp that cannot be read its facts.
func (s *Stamp) malformed(why error) {
	for _, f := range s.facts() {
		if f.Status == "" {
			f.Status = Unknown
		}
	}
	s.Signature.fail(CodeFormatFailure, why.Error())
	s.Ledger.Status = NotApplicable
	s.Issuer.Status = NotApplicable
}

// sesClaim checks an SES_Signature's own signature and returns what it claims.
func (r *run) sesClaim(s *Stamp, sig *ses.Signature) claim {
	for _, what := range sig.Tolerated {
		s.Signature.note(CodeTolerated, what)
	}
	for _, e := range sig.Extensions {
		if e.Critical {
			s.Signature.note(CodeSealExtension, e.ID.String())
		}
	}
	c := claim{claimed: sig.Time, seal: sig.Seal, value: sig.Signature, token: sig.TimeStamp}
	if c.signer = s.Signer.signerFrom(sig.Cert); c.signer == nil {
		s.Signature.unknown(CodeNoSigningCertificate, "")
		return c
	}
	judgeCheck(&s.Signature, checkSES(c.signer.PublicKey, cert.Algorithm{OID: sig.SignAlg}, sig.TBS, sig.Signature), CodeSigCrypto)
	s.Signature.ok()
	return c
}

// matchHash compares a stamp's dataHash with the digest of what it must cover.
func (s *Stamp) matchHash(dataHash []byte, want [32]byte) {
	if !bytes.Equal(dataHash, want[:]) {
		s.Intact.fail(CodeHashFailure, fmt.Sprintf("signed %x, found %x", dataHash[:min(len(dataHash), 64)], want))
	}
	s.Intact.ok()
}

// examineSealSignature: a bare SES_Signature with its content or digest beside it.
func (r *run) examineSealSignature(raw []byte, d Document) error {
	r.report.Issuers.none()
	s := r.newStamp(formSES, raw)
	sig, err := ses.ParseSignature(raw)
	if err != nil {
		r.report.Document.fail(CodeFormatFailure, err.Error())
		s.malformed(err)
		return nil
	}
	r.report.Document.ok()
	beside, err := readBeside(d, nil)
	if err != nil {
		return err
	}
	s.Changes.none()
	s.Issuer.none()
	s.besideHash(beside, sig.DataHash)
	r.judge(s, r.sesClaim(s, sig))
	return nil
}

// examineSeal: a bare SESeal. It is judged at the time of verification: the
// question is whether it is in force now.
func (r *run) examineSeal(raw []byte) {
	r.report.Issuers.none()
	s := r.newStamp(formSeal, raw)
	seal, err := ses.ParseSeal(raw)
	if err != nil {
		r.report.Document.fail(CodeFormatFailure, err.Error())
		s.malformed(err)
		return
	}
	r.report.Document.ok()
	for _, f := range []*Fact{&s.Intact, &s.Coverage.Fact, &s.Changes.Fact, &s.Signature, &s.Issuer} {
		f.none()
	}
	w := when{t: r.now, proven: true}
	s.Time.CheckTime, s.Time.By = r.now, "now"
	s.Time.none()
	r.judgeLedger(s)
	c := claim{seal: seal, signer: s.listedCertificate(seal)}
	if c.signer == nil {
		s.Signer.none() // listed by digest only: nobody to judge
	}
	r.judgeSigner(s, c, w)
	r.judgeSeal(s, c, w)
	r.judgeRevocation(s, c, w)
	s.Signer.ok()
	s.Seal.ok()
	s.Revocation.ok()
}

// listedCertificate returns the first certificate that a seal lists.
func (s *Stamp) listedCertificate(seal *ses.Seal) *cert.Certificate {
	if len(seal.Certs) == 0 {
		return nil
	}
	return s.Signer.signerFrom(seal.Certs[0])
}
