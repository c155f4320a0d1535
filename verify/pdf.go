// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"io"
	"strings"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/tsp"
)

// pdfRun is the verification of one PDF.
type pdfRun struct {
	*run
	doc    *pdf.Document
	sigs   []pdf.Signature
	ranges map[int]*tap // SM3 over the byte ranges, by index of the signature
	stamps map[int]int  // index of the signature -> index in the report
	tokens []laterToken // trusted document time-stamps
	own    pool         // what the signatures carry
	store  *pdf.DSS     // as the end of the file shows it; nil for none
	lone   map[int]*run // with the store's material alone, by revision
}

// laterToken is a document time-stamp that proves what lies before it.
type laterToken struct {
	sig int // index of its signature
	poe poe
}

func (r *run) examinePDF(d Document) error {
	r.report.Issuers.none()
	p := &pdfRun{run: r, stamps: map[int]int{}, lone: map[int]*run{}}
	p.open(d)
	if err := p.hash(d); err != nil {
		return err
	}
	if p.doc == nil {
		return nil
	}
	p.collect()
	for i := range p.sigs {
		if p.sigs[i].Timestamp() {
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
		check := func(t *tsp.Token) ([]byte, error) { return t.VerifyHashed(p.hashOf(i), p.pool.ders()) }
		if at, ok := p.trustTokenOver(f, der, check); ok {
			at.by = "document-timestamp"
			entry.Time, entry.Authority = moment(at.at), at.authority
			p.tokens = append(p.tokens, laterToken{i, at})
		}
	}
	f.ok()
	p.report.TimeStamps = append(p.report.TimeStamps, entry)
}

// hashOf digests the byte ranges of a signature; those by SM3 are at hand.
func (p *pdfRun) hashOf(i int) func(asn1.ObjectIdentifier) ([]byte, error) {
	return func(alg asn1.ObjectIdentifier) ([]byte, error) {
		if t, ok := p.ranges[i]; ok && alg.Equal(gm.OIDSM3) {
			return t.sum[:], nil
		}
		h, err := cms.NewHash(alg)
		if err != nil {
			return nil, err
		}
		if err := p.doc.Digest(p.ctx, &p.sigs[i], h); err != nil {
			return nil, err
		}
		return h.Sum(nil), nil
	}
}

// maxContent bounds signed content that must be held in memory: signatures
// without signed attributes, which govseal does not make.
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
