// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// PDFium is what PDFium, the reader of Chrome and many others, makes of a
// file: the second opinion of tests in other packages, too.
type PDFium struct {
	t        testing.TB
	document references.FPDF_DOCUMENT
}

// one sandbox for all tests of a process: to compile it takes seconds.
var sandbox struct {
	sync.Mutex
	pdfium.Pdfium
}

// OpenPDFium opens a file; one that PDFium refuses ends the test. Only one
// test at a time holds it, until it ends.
func OpenPDFium(t testing.TB, file []byte) *PDFium {
	t.Helper()
	sandbox.Lock()
	if sandbox.Pdfium == nil {
		p, err := startPDFium()
		if err != nil {
			sandbox.Unlock()
			t.Fatal(err)
		}
		sandbox.Pdfium = p
	}
	size := int64(len(file))
	opened, err := sandbox.FPDF_LoadCustomDocument(&requests.FPDF_LoadCustomDocument{Reader: bytes.NewReader(file), Size: size})
	if err != nil {
		sandbox.Unlock()
		t.Fatalf("PDFium: %v", err)
	}
	return &PDFium{t, opened.Document}
}

func startPDFium() (pdfium.Pdfium, error) {
	pool, err := webassembly.Init(webassembly.Config{
		Context: context.Background(), MaxIdle: 1, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling),
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	return pool.GetInstance(time.Minute)
}

// Close lets the next test have PDFium.
func (p *PDFium) Close() {
	p.t.Helper()
	_, err := sandbox.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: p.document})
	sandbox.Unlock()
	if err != nil {
		p.t.Errorf("PDFium: %v", err)
	}
}

// Signatures is how many PDFium counts.
func (p *PDFium) Signatures() int {
	p.t.Helper()
	n, err := sandbox.FPDF_GetSignatureCount(&requests.FPDF_GetSignatureCount{Document: p.document})
	if err != nil {
		p.t.Fatalf("PDFium: %v", err)
	}
	return n.Count
}

// Draw draws a page (1 is the first), annotations included.
func (p *PDFium) Draw(page, dpi int) image.Image {
	p.t.Helper()
	const annotations = 1 // FPDF_ANNOT; it leaves out widgets, which belong to the form
	drawn, err := sandbox.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: requests.Page{ByIndex: &requests.PageByIndex{Document: p.document, Index: page - 1}},
		DPI:  dpi, RenderFlags: annotations, RenderForm: true, Document: &p.document,
	})
	if err != nil {
		p.t.Fatalf("PDFium: draw page %d: %v", page, err)
	}
	defer drawn.Cleanup()
	m, ok := drawn.Result.RenderedImage.(*image.RGBA)
	if !ok {
		p.t.Fatalf("PDFium draws %T", drawn.Result.RenderedImage)
	}
	kept := *m // the sandbox takes the samples back
	kept.Pix = slices.Clone(m.Pix)
	return &kept
}

// JudgeByPDFium opens a file, looks for that many signatures (it counts empty
// fields for them, too), and draws its first page.
func JudgeByPDFium(t testing.TB, file []byte, signatures int) {
	t.Helper()
	p := OpenPDFium(t, file)
	defer p.Close()
	if got := p.Signatures(); got < signatures {
		t.Errorf("PDFium counts %d signatures, not %d", got, signatures)
	}
	p.Draw(1, 72)
}
