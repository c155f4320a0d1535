// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// raise brings a sealed PDF to the level that was asked for before it is given
// back, as an extension would later. What cannot be had costs the level, never
// the stamp.
func (p *pdfPaper) raise(ctx context.Context, a *act, sealed *sealedPDF) error {
	if p.r.Level != LevelLT && p.r.Level != LevelLTA {
		return nil
	}
	x := &extending{s: p.s, file: *sealed, wait: time.Until(a.tokensBy), hashed: gm.NewSM3()}
	if err := x.reopen(); err != nil {
		return err
	}
	if err := x.hash(); err != nil {
		return err
	}
	e := &Extension{Level: LevelT}
	if err := x.raise(ctx, e, p.r.Level); err != nil {
		return err
	}
	digest := x.hashed.Digest()
	sealed.tail, sealed.sm3 = x.file.tail, &digest
	if e.Level != p.r.Level && a.levelReason == "" {
		a.levelReason = e.LevelReason
	}
	// A document time-stamp makes up for a token that could not be had.
	a.lowered, a.level = e.Level == LevelB, e.Level
	return nil
}
