// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"fmt"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/ses"
)

// judgeSignature establishes the facts of one signature.
func (p *pdfRun) judgeSignature(i int, s *Stamp) {
	sig := &p.sigs[i]
	s.Issuer.none()
	p.coverage(sig, s)
	p.changes(i, s)
	der, err := cms.Trim(sig.Contents)
	if err != nil {
		s.malformed(err)
		return
	}
	s.SM3 = sm3Hex(der)
	c, ok := p.claim(i, s, der)
	if !ok {
		return
	}
	for _, t := range p.tokens {
		if p.sigs[t.sig].Revision > sig.Revision {
			c.later = append(c.later, t.poe)
		}
	}
	w := p.judge(s, c)
	p.picture(sig, s, c)
	p.level(i, s, c, w)
}

// claim reads Contents by its SubFilter (facts/pdf.md 5).
func (p *pdfRun) claim(i int, s *Stamp, der []byte) (claim, bool) {
	sig := &p.sigs[i]
	switch sig.SubFilter {
	case "GM.sm2seal":
		s.Form = formSES
		stamp, err := ses.ParseSignature(der)
		if err != nil {
			s.malformed(err)
			return claim{}, false
		}
		if sum, ok := p.rangeDigest(i, s); ok {
			s.matchHash(stamp.DataHash, sum)
		}
		return p.sesClaim(s, stamp), true
	case "adbe.pkcs7.detached", "ETSI.CAdES.detached", "GM.sm2cms.detached":
		s.Form = formCMS
		sd, err := cms.Parse(der)
		if err == nil && len(sd.Signers) != 1 {
			err = fmt.Errorf("%d signers instead of one", len(sd.Signers))
		}
		if err != nil {
			s.malformed(err)
			return claim{}, false
		}
		if sig.SubFilter == "GM.sm2cms.detached" && !sd.Detached {
			return p.dianjuClaim(i, s, sd), true
		}
		return p.detachedClaim(i, s, sd), true
	}
	s.unsupported("SubFilter " + sig.SubFilter)
	return claim{}, false
}

// unsupported: there is a signature, but of a kind that cannot be judged.
func (s *Stamp) unsupported(what string) {
	for _, f := range []*Fact{&s.Intact, &s.Signature, &s.Signer.Fact, &s.Seal.Fact, &s.Revocation.Fact, &s.Time.Fact} {
		if f.Status == "" {
			f.Status = Unknown
		}
	}
	s.Ledger.none()
	s.Signature.unknown(CodeUnsupported, what)
}

// detachedClaim: the CMS is over the byte ranges and carries no content.
func (p *pdfRun) detachedClaim(i int, s *Stamp, sd *cms.SignedData) claim {
	sig, si := &p.sigs[i], &sd.Signers[0]
	if !sd.Detached {
		s.Signature.fail(CodeSigConstraints, "a detached signature that encapsulates content")
	}
	var content []byte
	if si.SignedRaw == nil {
		var b bytes.Buffer
		if err := p.content(i, &b); err != nil {
			s.Intact.unknown(CodeNoSignedData, err.Error())
		} else {
			content = b.Bytes()
			s.Intact.ok()
		}
	} else if sum, ok := p.cmsRangeDigest(i, s, si); ok {
		s.cmsDigest(si, sum)
	}
	return p.cmsClaim(s, sd, content, sig.Time)
}

// dianjuClaim: despite the name, eContent is the SM3 digest of the byte ranges.
func (p *pdfRun) dianjuClaim(i int, s *Stamp, sd *cms.SignedData) claim {
	digest, text := dianjuContent(sd.EContent)
	if text {
		s.Signature.note(CodeTolerated, "eContent is the base64 text of the digest")
	}
	if sum, ok := p.rangeDigest(i, s); ok {
		s.matchHash(digest, sum)
	}
	s.attachedDigest(sd)
	return p.cmsClaim(s, sd, sd.EContent, p.sigs[i].Time)
}

// picture compares what the widget shows with the seal's picture: the picture
// of one seal over the signature of another is caught here.
func (p *pdfRun) picture(sig *pdf.Signature, s *Stamp, c claim) {
	if c.seal == nil {
		return
	}
	f := &s.Seal.Fact
	want, err := decodePicture(c.seal.Picture)
	if err != nil {
		f.unknown(CodeSealImageUnchecked, err.Error())
		return
	}
	shown, err := p.doc.Appearance(sig)
	switch {
	case err != nil && s.Form == formSES:
		f.unknown(CodeSealImageUnchecked, err.Error())
	case err != nil:
		f.fail(CodeSealImageMismatch, err.Error())
	case !samePicture(shown, want):
		f.fail(CodeSealImageMismatch, "")
	}
}
