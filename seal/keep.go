// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/govseal/govseal/internal/gm"
)

// keep writes the files before the record that names them.
func (s *Service) keep(ctx context.Context, st *Stamp, p *product) (err error) {
	if p.inRecord {
		st.Output = gm.SM3(p.output)
		return nil
	}
	if p.outputFrom != nil {
		st.Output, err = s.putFrom(ctx, p.outputFrom, p.outputSM3)
	} else {
		st.Output, err = s.put(ctx, p.output, p.outputSM3)
	}
	if err != nil {
		return err
	}
	if p.rendered != nil {
		if st.Rendered, err = s.put(ctx, p.rendered, nil); err != nil {
			return err
		}
	}
	if p.paperOFD != nil {
		if st.RenderedOFD, err = s.put(ctx, p.paperOFD, nil); err != nil {
			return err
		}
	}
	if p.decision != nil {
		p.decision.File, p.decision.PDF, p.decision.OFD = st.Output, st.Rendered, st.RenderedOFD
	}
	return nil
}

// put keeps a file; known is its digest, if somebody has it.
func (s *Service) put(ctx context.Context, content []byte, known *[32]byte) (digest [32]byte, err error) {
	named, ok := s.cfg.Blobs.(interface {
		PutAs(ctx context.Context, digest [32]byte, content []byte) error
	})
	if ok && known != nil {
		digest, err = *known, named.PutAs(ctx, *known, content)
	} else {
		digest, err = s.cfg.Blobs.Put(ctx, content)
	}
	if err != nil && ctx.Err() == nil {
		return digest, fmt.Errorf("seal: keep the sealed file: %w: %w", ErrUnavailable, err)
	}
	return digest, err
}

// putFrom keeps a file that is not in memory as a whole, where the store can
// take it so.
func (s *Service) putFrom(ctx context.Context, content *io.SectionReader, known *[32]byte) ([32]byte, error) {
	streaming, ok := s.cfg.Blobs.(interface {
		PutFrom(ctx context.Context, digest [32]byte, content io.Reader, size int64) error
	})
	if !ok || known == nil {
		all := make([]byte, content.Size())
		if _, err := io.ReadFull(content, all); err != nil {
			return [32]byte{}, fmt.Errorf("seal: read the sealed file: %w", err)
		}
		return s.put(ctx, all, known)
	}
	err := streaming.PutFrom(ctx, *known, content, content.Size())
	if err != nil && ctx.Err() == nil {
		return *known, fmt.Errorf("seal: keep the sealed file: %w: %w", ErrUnavailable, err)
	}
	return *known, err
}

// fail ends the attempt so that the key may be used again at once. It works
// for a caller who has hung up; when it cannot be written either, the lease
// runs out. Nothing of the attempt was released.
func (s *Service) fail(ctx context.Context, i Intent, admission Admission, cause error) {
	if errors.Is(cause, ErrLeaseLost) {
		return // another attempt holds the intent now
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWait)
	defer cancel()
	why := errorText(cause)
	e := failureEvent(i, admission, why, s.cfg.Now())
	if err := s.cfg.Store.RecordFailure(ctx, admission.Stamp, admission.Attempt, why, e); err != nil {
		s.cfg.Log.WarnContext(ctx, "record of a failed stamp not written; its lease will run out",
			"stamp", admission.Stamp, "error", err)
	}
}
