// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"

	"github.com/govseal/govseal/internal/pdfium"
	"github.com/govseal/govseal/seal"
)

// keywordFinder lets the seal service search with PDFium.
type keywordFinder struct{ pdfium.Finder }

// keywords is nil, and placement by keyword refused, unless it is asked for.
func keywords(c SealConfig) seal.Finder {
	if !c.Keywords {
		return nil
	}
	return &keywordFinder{}
}

// Find says of a document that cannot be searched that it cannot be placed on.
func (f *keywordFinder) Find(ctx context.Context, document io.ReaderAt, size int64, pages []int, text string, limit int) ([]seal.Hit, error) {
	found, err := f.Finder.Find(ctx, document, size, pages, text, limit)
	if errors.Is(err, pdfium.ErrSearch) && ctx.Err() == nil {
		return nil, &seal.Refused{Reason: seal.ReasonPlace, Detail: "the text of the document could not be searched, or not in time"}
	}
	if err != nil {
		return nil, err
	}
	hits := make([]seal.Hit, len(found))
	for i, h := range found {
		hits[i] = seal.Hit(h)
	}
	return hits, nil
}
