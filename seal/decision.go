// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/render"
)

// StampDecision starts a decision with its first stamp; raw is the decision
// object. The verification code is drawn before anything is signed, and every
// stamp signs the same octets: the JCS of schema, code and decision. What is
// given back is the stamped JSON and, as Rendered, the sealed PDF.
func (s *Service) StampDecision(ctx context.Context, r Request, raw []byte) (*Stamp, error) {
	return s.stamp(ctx, r, KindDecision, &newDecision{s: s, raw: raw, id: newID(s.cfg.Now())})
}

type newDecision struct {
	s        *Service
	raw      []byte
	id       string
	decision *decision.Decision // nil until read
}

func (p *newDecision) read(context.Context) error {
	if p.decision != nil {
		return nil
	}
	if int64(len(p.raw)) > p.s.cfg.MaxDocument {
		return refuse(ReasonTooLarge, "%d octets, at most %d are taken", len(p.raw), p.s.cfg.MaxDocument)
	}
	d, err := decision.ParseDecision(p.raw)
	if err != nil {
		return refuse(ReasonNotADecision, "%v", err)
	}
	if err := d.Validate(); err != nil {
		return refuse(ReasonNotADecision, "%v", err)
	}
	p.decision = d
	return nil
}

// The id of the decision to be stays out of the intent: it is drawn anew for
// every attempt, and the fingerprint must not depend on it.
func (p *newDecision) intent(i *Intent) { i.Document = gm.SM3(p.raw) }

func (p *newDecision) make(ctx context.Context, a *act) (product, error) {
	f := &decision.File{Schema: decision.Schema, Code: a.code, Decision: *p.decision}
	signed, err := f.SignedBytes()
	if err != nil {
		return product{}, refuse(ReasonNotADecision, "%v", err)
	}
	laid, err := p.s.layOutDecision(f, render.PDF, render.Options{NoArchive: !a.fitsArchive(p.s.tokenRoom.Load(), len(f.Decision.Departments))})
	if err != nil {
		return product{}, err
	}
	paper, err := p.s.layOutDecision(f, render.OFD, render.Options{})
	if err != nil {
		return product{}, err
	}
	rec := &DecisionRecord{ID: p.id, Code: a.code, Number: f.Decision.Number, Signed: signed, Created: a.time}
	return p.s.stampFile(ctx, a, sheet{file: f, record: rec, pdf: laid.File, ofd: paper.File, places: laid.Seals})
}

// layOutDecision renders the decision itself, without stamps and evidence, so
// that every department finds the same places.
func (s *Service) layOutDecision(f *decision.File, format func(*decision.File, render.Options) (*render.Rendered, error), o render.Options) (*render.Rendered, error) {
	bare := &decision.File{Schema: f.Schema, Code: f.Code, Decision: f.Decision}
	o.VerifyURL = s.cfg.VerifyURL
	laid, err := format(bare, o)
	var missing *glyph.MissingError
	if errors.As(err, &missing) {
		return nil, refuseCharacters("the decision", missing.Characters)
	}
	return laid, err
}

// archiveMargin is kept for each department that stamps later: the lists are
// longer by then.
const archiveMargin = 1 << 10

// fitsArchive reports whether the act's signature fits into a PDF/A file, and
// leaves room to grow for those of the other departments. A large picture or
// long revocation lists cost a decision that claim; they must not keep it from
// being stamped.
func (a *act) fitsArchive(token int64, departments int) bool {
	return a.room(token)+(departments-1)*archiveMargin <= pdf.MaxArchiveString
}

// sheet is a decision as far as it has come: file, record, and the paper as
// PDF and as OFD.
type sheet struct {
	file   *decision.File
	record *DecisionRecord
	pdf    []byte
	ofd    []byte // nil when the decision was begun without one
	places []render.Place
}

// stampFile adds the act's stamp to JSON, PDF and OFD.
func (s *Service) stampFile(ctx context.Context, a *act, sh sheet) (product, error) {
	n, err := s.turnOf(a, sh.file)
	if err != nil {
		return product{}, err
	}
	signature, err := s.signSES(ctx, a, gm.SM3(sh.record.Signed), PropertyDecision)
	if err != nil {
		return product{}, err
	}
	sh.file.Stamps = append(sh.file.Stamps, signature)
	if sh.file.Evidence, err = mergeEvidence(sh.file.Evidence, a.chain, a.crls); err != nil {
		return product{}, err
	}
	octets, err := sh.file.Marshal()
	if err != nil {
		return product{}, err
	}
	missing, err := missingStamps(sh.file)
	if err != nil {
		return product{}, err
	}
	rendered, err := s.stampRendered(ctx, a, sh.pdf, sh.places[n])
	if err != nil {
		return product{}, err
	}
	paper, err := s.stampPaper(ctx, a, sh.ofd, sh.places[n], len(missing) == 0)
	if err != nil {
		return product{}, err
	}
	return product{
		output: octets, outputType: TypeDecision, rendered: rendered, paperOFD: paper,
		signature: signature, decision: sh.record, missing: missing,
	}, nil
}

// stampRendered puts the act's seal in its place on the PDF.
func (s *Service) stampRendered(ctx context.Context, a *act, file []byte, place render.Place) ([]byte, error) {
	doc, err := openSound(bytes.NewReader(file), int64(len(file)), 0, nil)
	if err != nil {
		return nil, err
	}
	sealed, err := s.signPDF(ctx, a, canvas{
		doc: doc, original: bytes.NewReader(file), size: int64(len(file)),
		allow: []string{pdf.HazardPDFA}, // a later department's large seal costs the claim, not the decision
		at:    spots{places: []pdf.Place{{Page: place.Page, X: place.X, Y: place.Y}}},
	})
	if err != nil {
		return nil, err
	}
	return sealed.octets()
}

// stampPaper puts the act's seal in its place on the OFD. The last department
// locks it: a decision cannot gain a party (design.md section 5).
func (s *Service) stampPaper(ctx context.Context, a *act, paper []byte, place render.Place, last bool) ([]byte, error) {
	if paper == nil {
		return nil, nil
	}
	pkg, err := openPackage(ctx, bytes.NewReader(paper), int64(len(paper)), nil)
	if err != nil {
		return nil, err
	}
	signed, err := s.signOFD(ctx, a, pkg, ofd.Spec{Type: ofd.TypeSeal, Lock: last, Places: []ofd.Place{{
		Page: place.Page, X: place.X, Y: place.Y,
		Width: float64(a.seal.seal.Picture.Width), Height: float64(a.seal.seal.Picture.Height),
	}}})
	if err != nil {
		return nil, err
	}
	return signed.Octets()
}
