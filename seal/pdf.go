// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/registry"
)

// StampPDF puts the seal on a PDF as an incremental update: every octet of the
// document stays. With DryRun it answers only where the seal would stand
// (Stamp.Answer is an AnswerDryRun); nothing is signed or recorded.
func (s *Service) StampPDF(ctx context.Context, r Request, document []byte) (*Stamp, error) {
	return s.StampPDFFrom(ctx, r, bytes.NewReader(document), int64(len(document)))
}

// StampPDFFrom is StampPDF for a document that need not be in memory: size
// octets, which must not change meanwhile.
func (s *Service) StampPDFFrom(ctx context.Context, r Request, document io.ReaderAt, size int64) (*Stamp, error) {
	p := &pdfPaper{s: s, r: r, document: document, size: size}
	if r.DryRun {
		return p.dryRun(ctx)
	}
	return s.stamp(ctx, r, KindPDF, p)
}

type pdfPaper struct {
	s        *Service
	r        Request
	document io.ReaderAt
	size     int64
	doc      *pdf.Document // nil until read
	digest   *gm.Hash      // running SM3 of document, nil until needed
	at       *spots        // nil until resolved
	broken   error         // why the document could not be read for its digest
}

// read opens the document and refuses what must not be sealed.
func (p *pdfPaper) read(ctx context.Context) error {
	if p.doc != nil {
		return nil
	}
	if p.size > p.s.cfg.MaxDocument {
		return refuse(ReasonTooLarge, "%d octets, at most %d are taken", p.size, p.s.cfg.MaxDocument)
	}
	doc, err := openSound(p.document, p.size, p.s.cfg.MaxDocument, p.s.cfg.Allow)
	if err != nil {
		return err
	}
	p.doc = doc
	return nil
}

// openSound opens a PDF that may be sealed.
func openSound(document io.ReaderAt, size, limit int64, allow []string) (*pdf.Document, error) {
	doc, err := pdf.Open(document, size, pdf.Limits{Size: limit})
	if err != nil {
		return nil, refusedPDF(err)
	}
	if err := doc.Sealable(allow...); err != nil {
		return nil, refusedPDF(err)
	}
	older, err := doc.Signatures()
	if err != nil {
		return nil, refusedPDF(err)
	}
	for _, sig := range older {
		if len(sig.Law) > 0 {
			return nil, refuse(ReasonBroken, "an older signature is not sound: %s", sig.Law[0])
		}
	}
	return doc, nil
}

func (p *pdfPaper) intent(i *Intent) { i.Document = p.running().Digest() }

// running is the SM3 of the document; the ByteRange digest goes on from it.
func (p *pdfPaper) running() *gm.Hash {
	if p.digest == nil {
		p.digest = gm.NewSM3()
		if n, err := io.Copy(p.digest, io.NewSectionReader(p.document, 0, p.size)); err != nil || n < p.size {
			p.broken = fmt.Errorf("seal: read the document: %w", cmp.Or(err, io.ErrUnexpectedEOF))
		}
	}
	return p.digest
}

func (p *pdfPaper) make(ctx context.Context, a *act) (product, error) {
	at, err := p.resolve(ctx, a.seal)
	if err != nil {
		return product{}, err
	}
	c := p.canvas(at)
	c.hashed = p.running()
	if p.broken != nil {
		return product{}, p.broken
	}
	if c.caption, err = p.s.caption(p.r.Caption, a.code, a.time); err != nil {
		return product{}, err
	}
	sealed, err := p.s.signPDF(ctx, a, c)
	if err != nil {
		return product{}, err
	}
	if err := p.raise(ctx, a, sealed); err != nil {
		return product{}, err
	}
	return product{
		outputFrom: sealed.reader(), outputSM3: sealed.sm3, outputType: TypePDF, signature: sealed.contents,
		places: answerPlaces(sealed.boxes), asked: p.r.Place,
	}, nil
}

func (p *pdfPaper) canvas(at *spots) canvas {
	return canvas{
		doc: p.doc, original: p.document, size: p.size, at: *at, allow: p.s.cfg.Allow,
		certify: p.r.Certify, lock: p.r.Lock, profile: p.r.Profile, reason: p.r.Reason,
	}
}

func answerPlaces(boxes []pdf.Box) []AnswerPlace {
	out := make([]AnswerPlace, len(boxes))
	for i, b := range boxes {
		out[i] = AnswerPlace{Page: b.Page, Box: b.Rect}
	}
	return out
}

// dryRun answers the boxes. It asks the same rule as an admission would, but
// promises nothing: no intent is written and the certificate's status is not
// looked at.
func (p *pdfPaper) dryRun(ctx context.Context) (*Stamp, error) {
	if err := p.r.validate(KindPDF); err != nil {
		return nil, err
	}
	rec, err := p.s.mayUse(ctx, p.r)
	if err != nil {
		return nil, err
	}
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	open, err := p.s.opened.open(rec)
	if err != nil {
		return nil, err
	}
	at, err := p.resolve(ctx, open)
	if err != nil {
		return nil, err
	}
	c := p.canvas(at)
	if c.caption, err = p.s.caption(p.r.Caption, strings.Repeat("0", 16), p.s.cfg.Now()); err != nil {
		return nil, err
	}
	laid, err := layOut(ctx, open, c, 1024)
	if err != nil {
		return nil, err
	}
	places := answerPlaces(laid.Boxes())
	raw, err := json.Marshal(AnswerDryRun{AnswerPlace: places[0], Places: places})
	if err != nil {
		return nil, fmt.Errorf("seal: write answer: %w", err)
	}
	return &Stamp{Kind: KindPDF, Seal: rec.ESID, Department: rec.Department, Answer: raw}, nil
}

// mayUse asks registry.Allow outside any transaction, for a dry run.
func (s *Service) mayUse(ctx context.Context, r Request) (Seal, error) {
	rec, err := s.cfg.Store.Seal(ctx, r.Seal)
	if err != nil {
		return rec, err
	}
	grants, err := s.cfg.Registry.Grants(ctx, r.Seal)
	if err != nil {
		return rec, fmt.Errorf("seal: read grants: %w", err)
	}
	use := registry.Use{
		Application: r.Application, Matter: r.Matter, Kind: string(KindPDF), Time: s.cfg.Now(),
		Seal: registry.Standing{
			ESID: rec.ESID, Department: rec.Department, State: string(rec.State),
			NotBefore: rec.ValidFrom, NotAfter: rec.ValidTo, CertificateStatus: "good",
		},
	}
	if r.Officer != "" {
		if use.Officer, err = s.officer(ctx, rec.Department, r.Officer); err != nil {
			return rec, err
		}
	}
	_, err = registry.Allow(use, grants)
	return rec, err
}

// officer finds an officer by ID or by staff number in the seal's department.
func (s *Service) officer(ctx context.Context, department, named string) (*registry.Officer, error) {
	all, err := s.cfg.Registry.Officers(ctx, department)
	if err != nil {
		return nil, fmt.Errorf("seal: read officers: %w", err)
	}
	for _, o := range all {
		if o.ID == named || o.StaffNo == named {
			return &o, nil
		}
	}
	return nil, &registry.Denied{Reason: "officer", Detail: "no such officer in the seal's department"}
}
