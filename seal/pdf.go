// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/registry"
)

// StampPDF puts the seal on a PDF as an incremental update: every octet of the
// document stays. With DryRun it answers only where the seal would stand
// (Stamp.Answer is an AnswerPlace); nothing is signed or recorded.
func (s *Service) StampPDF(ctx context.Context, r Request, document []byte) (*Stamp, error) {
	p := &pdfPaper{s: s, r: r, document: document}
	if r.DryRun {
		return p.dryRun(ctx)
	}
	return s.stamp(ctx, r, KindPDF, p)
}

type pdfPaper struct {
	s        *Service
	r        Request
	document []byte
	doc      *pdf.Document // nil until read
	digest   *gm.Hash      // running SM3 of document, nil until needed
}

// read opens the document and refuses what must not be sealed.
func (p *pdfPaper) read(context.Context) error {
	if p.doc != nil {
		return nil
	}
	if int64(len(p.document)) > p.s.cfg.MaxDocument {
		return refuse(ReasonTooLarge, "%d octets, at most %d are taken", len(p.document), p.s.cfg.MaxDocument)
	}
	doc, err := openSound(p.document, p.s.cfg.MaxDocument)
	if err != nil {
		return err
	}
	p.doc = doc
	return nil
}

// openSound opens a PDF that may be sealed.
func openSound(document []byte, limit int64) (*pdf.Document, error) {
	doc, err := pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Limits{Size: limit})
	if err != nil {
		return nil, refusedPDF(err)
	}
	if err := doc.Sealable(); err != nil {
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
		p.digest.Write(p.document)
	}
	return p.digest
}

func (p *pdfPaper) make(ctx context.Context, a *act) (product, error) {
	page, x, y, err := p.place()
	if err != nil {
		return product{}, err
	}
	sealed, err := p.s.signPDF(ctx, a, canvas{
		doc: p.doc, octets: p.document, hashed: p.running(), page: page, x: x, y: y,
		profile: p.r.Profile, reason: p.r.Reason,
	})
	if err != nil {
		return product{}, err
	}
	return product{
		output: sealed.octets, outputSM3: sealed.sm3, outputType: TypePDF, signature: sealed.contents,
		place: &AnswerPlace{Page: page, Box: sealed.box},
	}, nil
}

// Where a seal stands when nothing is said: the lower right of an A4 page.
const defaultX, defaultY = 138, 215

func (p *pdfPaper) place() (page int, x, y float64, err error) {
	count, err := p.doc.PageCount()
	if err != nil {
		return 0, 0, 0, refusedPDF(err)
	}
	at := Place{Page: -1, X: defaultX, Y: defaultY}
	if p.r.Place != nil {
		at = *p.r.Place
	}
	if at.Page == -1 {
		at.Page = count
	}
	if at.Page < 1 || at.Page > count {
		return 0, 0, 0, refuse(ReasonPlace, "there is no page %d; the document has %d", at.Page, count)
	}
	return at.Page, at.X, at.Y, nil
}

// dryRun answers the box. It asks the same rule as an admission would, but
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
	page, x, y, err := p.place()
	if err != nil {
		return nil, err
	}
	laid, err := layOut(ctx, open, canvas{doc: p.doc, octets: p.document, page: page, x: x, y: y}, 1024)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(AnswerPlace{Page: page, Box: laid.Box()})
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
