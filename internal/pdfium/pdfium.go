// SPDX-License-Identifier: Apache-2.0

// Package pdfium finds text on the pages of a PDF with PDFium, which runs as
// WebAssembly in a sandbox: no files, no network, bounded memory and time. It
// serves the placement of seals by keyword and nothing else; no signature and
// no verdict depends on it. Nothing is loaded before the first search.
package pdfium

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// Limits of a search.
const (
	DefaultWait = 20 * time.Second
	compileWait = 25 * time.Second // more for the first search, which compiles the module: 4 s, 22 s on a crowded machine
	memoryPages = 8192             // of 64 KiB: 512 MiB
	maxMatches  = 100_000          // counted over all pages
)

// Finder searches documents. The zero value is ready; it is safe for
// concurrent use, and searches one document at a time.
type Finder struct {
	Wait time.Duration // for one search; 0 means DefaultWait

	mu    sync.Mutex
	cache wazero.CompilationCache // of the compiled module, from the first search on
}

// Hit is one place of a text: left, bottom, right, top in the default user
// space of its page.
type Hit struct {
	Page int
	Box  [4]float64
}

// ErrSearch is the error for a document that PDFium cannot read, or not in time.
var ErrSearch = errors.New("pdfium: the text of the document could not be searched")

// Find looks for text, letter case included, on these pages in order.
func (f *Finder) Find(ctx context.Context, document io.ReaderAt, size int64, pages []int, text string, limit int) (hits []Hit, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	wait := f.Wait
	if wait <= 0 {
		wait = DefaultWait
	}
	if f.cache == nil && f.Wait == 0 {
		wait += compileWait
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	defer func() {
		if r := recover(); r != nil { // a module that was stopped in the middle
			hits, err = nil, fmt.Errorf("%w: %v", ErrSearch, r)
		}
	}()
	pool, err := f.start(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSearch, err)
	}
	defer pool.Close() //nolint:errcheck // nothing is kept in it
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSearch, err)
	}
	s := search{ctx: ctx, pdf: instance, text: text, limit: limit}
	if err := s.run(io.NewSectionReader(document, 0, size), size, pages); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSearch, err)
	}
	return s.hits, nil
}

// start makes a sandbox that ends with the context. Another search begins
// with fresh memory; only the compiled code is kept.
func (f *Finder) start(ctx context.Context) (pdfium.Pool, error) {
	if f.cache == nil {
		f.cache = wazero.NewCompilationCache()
	}
	return webassembly.Init(webassembly.Config{
		Context: ctx, MinIdle: 0, MaxIdle: 1, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), // no files
		Stdout:   io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().WithCompilationCache(f.cache).WithCloseOnContextDone(true).
			WithMemoryLimitPages(memoryPages).
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling),
	})
}

// search is one search through one document.
type search struct {
	ctx     context.Context
	pdf     pdfium.Pdfium
	text    string
	limit   int
	matches int
	hits    []Hit
}

func (s *search) run(document io.ReadSeeker, size int64, pages []int) error {
	opened, err := s.pdf.FPDF_LoadCustomDocument(&requests.FPDF_LoadCustomDocument{Reader: document, Size: size})
	if err != nil {
		return err
	}
	for _, n := range pages {
		if len(s.hits) >= s.limit {
			return nil
		}
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if err := s.page(opened.Document, n); err != nil {
			return fmt.Errorf("page %d: %w", n, err)
		}
	}
	return nil
}

func (s *search) page(document references.FPDF_DOCUMENT, number int) error {
	page, err := s.pdf.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: document, Index: number - 1})
	if err != nil {
		return err
	}
	defer s.pdf.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page}) //nolint:errcheck // the sandbox ends anyway
	text, err := s.pdf.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: requests.Page{ByReference: &page.Page}})
	if err != nil {
		return err
	}
	defer s.pdf.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage}) //nolint:errcheck // as above
	found, err := s.pdf.FPDFText_FindStart(&requests.FPDFText_FindStart{TextPage: text.TextPage, Find: s.text, Flags: requests.FPDFText_FindStartFlag_MATCHCASE})
	if err != nil {
		return err
	}
	defer s.pdf.FPDFText_FindClose(&requests.FPDFText_FindClose{Search: found.Search}) //nolint:errcheck // as above
	for len(s.hits) < s.limit {
		next, err := s.pdf.FPDFText_FindNext(&requests.FPDFText_FindNext{Search: found.Search})
		if err != nil || !next.GotMatch {
			return err
		}
		if s.matches++; s.matches > maxMatches {
			return fmt.Errorf("more than %d matches", maxMatches)
		}
		if err := s.match(text.TextPage, found.Search, number); err != nil {
			return err
		}
	}
	return nil
}

// match adds the box around all characters of a match: the first rectangle of
// one that runs over a line's end.
func (s *search) match(text references.FPDF_TEXTPAGE, found references.FPDF_SCHHANDLE, page int) error {
	at, err := s.pdf.FPDFText_GetSchResultIndex(&requests.FPDFText_GetSchResultIndex{Search: found})
	if err != nil {
		return err
	}
	count, err := s.pdf.FPDFText_GetSchCount(&requests.FPDFText_GetSchCount{Search: found})
	if err != nil {
		return err
	}
	boxes, err := s.pdf.FPDFText_CountRects(&requests.FPDFText_CountRects{TextPage: text, StartIndex: at.Index, Count: count.Count})
	if err != nil || boxes.Count < 1 {
		return err
	}
	r, err := s.pdf.FPDFText_GetRect(&requests.FPDFText_GetRect{TextPage: text, Index: 0})
	if err != nil {
		return err
	}
	s.hits = append(s.hits, Hit{Page: page, Box: [4]float64{r.Left, r.Bottom, r.Right, r.Top}})
	return nil
}
