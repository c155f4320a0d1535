// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/render"
)

// AddDecisionStamp adds a further department's stamp to a decision: to its
// JSON, and as a further incremental signature to its PDF. Departments may
// come at the same time: one that finds the decision changed signs again.
func (s *Service) AddDecisionStamp(ctx context.Context, r Request, decisionID string) (*Stamp, error) {
	return s.stamp(ctx, r, KindDecision, &furtherStamp{s: s, id: decisionID})
}

type furtherStamp struct {
	s   *Service
	id  string
	was *DecisionRecord // as first read; what intent and fingerprint speak of
}

// read finds the decision. A withdrawn one is refused only in make, after the
// admission: a repeated request must get its first answer.
func (p *furtherStamp) read(ctx context.Context) error {
	if p.was != nil {
		return nil
	}
	rec, err := p.s.cfg.Store.Decision(ctx, p.id)
	if err != nil {
		return err
	}
	p.was = &rec
	return nil
}

func (p *furtherStamp) intent(i *Intent) {
	i.Decision = p.id
	if p.was != nil {
		i.Document = gm.SM3(p.was.Signed)
	}
}

func (p *furtherStamp) make(ctx context.Context, a *act) (product, error) {
	rec, err := p.s.cfg.Store.Decision(ctx, p.id)
	if err != nil {
		return product{}, err
	}
	if !rec.Withdrawn.IsZero() {
		return product{}, refuse(ReasonWithdrawn, "")
	}
	a.code = rec.Code
	sh, err := p.s.load(ctx, &rec)
	if err != nil {
		return product{}, err
	}
	return p.s.stampFile(ctx, a, sh)
}

// load reads file and PDF of a decision back and holds them to its record.
func (s *Service) load(ctx context.Context, rec *DecisionRecord) (sheet, error) {
	raw, err := s.readBlob(ctx, rec.File)
	if err != nil {
		return sheet{}, fmt.Errorf("seal: read the stamped decision: %w", err)
	}
	f, err := decision.Parse(raw)
	if err != nil {
		return sheet{}, fmt.Errorf("seal: read the stamped decision: %w", err)
	}
	signed, err := f.SignedBytes()
	if err != nil {
		return sheet{}, fmt.Errorf("seal: read the stamped decision: %w", err)
	}
	if !bytes.Equal(signed, rec.Signed) {
		return sheet{}, errors.New("seal: the kept decision is not the recorded one")
	}
	sealed, err := s.readBlob(ctx, rec.PDF)
	if err != nil {
		return sheet{}, fmt.Errorf("seal: read the decision's PDF: %w", err)
	}
	laid, err := s.layOutDecision(f, render.PDF, render.Options{})
	if err != nil {
		return sheet{}, err
	}
	sh := sheet{file: f, record: rec, pdf: sealed, places: laid.Seals}
	if rec.OFD != [32]byte{} {
		if sh.ofd, err = s.readBlob(ctx, rec.OFD); err != nil {
			return sheet{}, fmt.Errorf("seal: read the decision's OFD: %w", err)
		}
	}
	return sh, nil
}

// readBlob reads a kept file whole and compares its digest.
func (s *Service) readBlob(ctx context.Context, digest [32]byte) ([]byte, error) {
	file, err := s.cfg.Blobs.Open(ctx, digest)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	octets, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	if gm.SM3(octets) != digest {
		return nil, errors.New("the kept file was changed")
	}
	return octets, nil
}
