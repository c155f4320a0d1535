// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/ses"
)

// pdfRun is the verification of one PDF.
type pdfRun struct {
	*run
	doc    *pdf.Document
	sigs   []pdf.Signature
	ranges map[int]*tap // SM3 over the byte ranges, by index of the signature
	stamps map[int]int  // index of the signature -> index in the report
	tokens []laterToken // trusted document time-stamps
}

// laterToken is a document time-stamp that proves what lies before it.
type laterToken struct {
	sig int // index of its signature
	poe poe
}

func (r *run) examinePDF(d Document) error {
	r.report.Issuers.none()
	p := &pdfRun{run: r, stamps: map[int]int{}}
	p.open(d)
	if err := p.hash(d); err != nil {
		return err
	}
	if p.doc == nil {
		return nil
	}
	p.collect()
	for i := range p.sigs {
		if isDocumentStamp(&p.sigs[i]) {
			p.documentStamp(i)
		} else if s := r.newStamp(formUnknown, p.sigs[i].Contents); s != nil {
			s.Field = strings.Join(p.sigs[i].Fields, ", ")
			p.stamps[i] = len(r.report.Stamps) - 1
		}
	}
	// Latest first: an earlier signature is as good as those added after it.
	for i := len(p.sigs) - 1; i >= 0; i-- {
		if n, ok := p.stamps[i]; ok {
			p.judgeSignature(i, &r.report.Stamps[n])
		}
	}
	if len(p.sigs) > 0 {
		return nil
	}
	if _, err := p.doc.PageCount(); err != nil { // only a sound file is called unsealed
		r.report.Document.fail(CodeFormatFailure, err.Error())
	}
	return p.searchUnreachable(d)
}

// open reads structure and signatures; what is broken is said in the report.
func (p *pdfRun) open(d Document) {
	f := &p.report.Document
	doc, err := pdf.Open(d.ReaderAt, d.Size, pdf.Limits{Size: p.policy.Limits.Size})
	if err != nil {
		f.fail(CodeFormatFailure, err.Error())
		return
	}
	if doc.Encrypted() {
		f.unknown(CodeEncrypted, "")
		return
	}
	sigs, err := doc.Signatures()
	if err != nil {
		f.fail(CodeFormatFailure, err.Error())
		return
	}
	if most := p.policy.Limits.Stamps; len(sigs) > most {
		f.unknown(CodeLimitExceeded, fmt.Sprintf("%d signatures, more than %d", len(sigs), most))
		sigs = sigs[:most]
	}
	p.doc, p.sigs = doc, sigs
	f.ok()
}

// collect takes certificates and CRLs of all signatures before any is judged:
// a time-stamp may need what an earlier signature carries.
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
		p.pool.add(sd.Certificates, sd.CRLs)
		for j := range sd.Signers {
			p.embeddedRevocation(&sd.Signers[j])
		}
	}
}

func isDocumentStamp(s *pdf.Signature) bool {
	return s.SubFilter == "ETSI.RFC3161" || s.Type == "DocTimeStamp"
}

// documentStamp judges a document time-stamp (ISO 32000-2 12.8.5).
func (p *pdfRun) documentStamp(i int) {
	sig := &p.sigs[i]
	entry := DocumentStamp{Field: strings.Join(sig.Fields, ", ")}
	f := &entry.Fact
	for _, law := range sig.Law {
		f.fail(CodeByteRange, law)
	}
	der, err := cms.Trim(sig.Contents)
	if err != nil {
		f.fail(CodeTimestampInvalid, err.Error())
	}
	if f.Status == "" {
		var content bytes.Buffer
		if err = p.content(i, &content); err != nil {
			f.unknown(CodeTimestampInvalid, err.Error())
		} else if at, ok := p.trustToken(f, der, content.Bytes()); ok {
			at.by = "document-timestamp"
			entry.Time, entry.Authority = moment(at.at), at.authority
			p.tokens = append(p.tokens, laterToken{i, at})
		}
	}
	f.ok()
	p.report.TimeStamps = append(p.report.TimeStamps, entry)
}

// maxContent bounds signed content that must be held in memory: signatures
// without signed attributes and document time-stamps, neither of which govseal
// makes.
const maxContent = 128 << 20

func (p *pdfRun) content(i int, w *bytes.Buffer) error {
	sig := &p.sigs[i]
	var total int64
	for n := 1; n < len(sig.ByteRange); n += 2 {
		total += sig.ByteRange[n]
	}
	if total < 0 || total > maxContent {
		return fmt.Errorf("%d octets of signed content are more than %d", total, maxContent)
	}
	return p.doc.Digest(p.ctx, sig, w)
}

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
	p.judge(s, c)
	p.picture(sig, s, c)
}

// claim reads Contents by its SubFilter (facts/pdf.md 5).
func (p *pdfRun) claim(i int, s *Stamp, der []byte) (claim, bool) {
	sig := &p.sigs[i]
	switch sig.SubFilter {
	case "GM.sm2seal", "GM.SM2":
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
		f.Status = Unknown
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

// searchUnreachable keeps a file from being called unsealed when it holds
// signature data that no form field leads to.
func (p *pdfRun) searchUnreachable(d Document) error {
	const window = 256 << 10
	token := []byte("/ByteRange")
	buf := make([]byte, window)
	for at := int64(0); at < d.Size; at += window - int64(len(token)) {
		n, err := d.ReaderAt.ReadAt(buf[:min(window, d.Size-at)], at)
		if err != nil && err != io.EOF {
			return fmt.Errorf("verify: read document: %w", err)
		}
		if bytes.Contains(buf[:n], token) {
			p.report.Document.unknown(CodeUnreachable, "")
			return nil
		}
	}
	return nil
}
