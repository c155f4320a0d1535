// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/render"
)

func mustOFD(t *testing.T, f *decision.File) *render.Rendered {
	t.Helper()
	r, err := render.OFD(f, render.Options{VerifyURL: "https://seal.example"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func openOFD(t *testing.T, file []byte) *ofd.Package {
	t.Helper()
	p, err := ofd.Open(bytes.NewReader(file), int64(len(file)), ofd.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Both formats are painted from the same marks: the same pages, the same
// places for the seals, the same characters in the same order.
func TestOFDIsThePaperOfThePDF(t *testing.T) {
	for n := range 5 {
		f := sample(n + 1)
		r, paper := mustOFD(t, f), mustRender(t, f)
		if fmt.Sprint(r.Seals) != fmt.Sprint(paper.Seals) {
			t.Errorf("%d departments: seals at %v, in the PDF at %v", n+1, r.Seals, paper.Seals)
		}
		if again := mustOFD(t, f); !bytes.Equal(again.File, r.File) {
			t.Errorf("%d departments: two renderings differ", n+1)
		}
		p := openOFD(t, r.File)
		if notes := p.Tolerated(); len(notes) > 0 {
			t.Errorf("our own package needs tolerance: %v", notes)
		}
		text := solid(ofdText(t, p))
		for _, want := range append([]string{f.Decision.Title, f.Decision.Number, decision.FormatCode(f.Code)}, f.Decision.Text...) {
			// A paragraph may go over to the next page, with a foot between.
			want = string([]rune(want)[:min(10, len([]rune(want)))])
			if !strings.Contains(text, solid(want)) {
				t.Errorf("%d departments: the text lacks %q", n+1, want)
			}
		}
	}
}

// ofdText is the text of all pages in drawing order.
func ofdText(t *testing.T, p *ofd.Package) string {
	t.Helper()
	var out strings.Builder
	for i := 0; ; i++ {
		content, err := p.Read(fmt.Sprintf("Doc_0/Pages/Page_%d/Content.xml", i))
		if err != nil {
			if i == 0 {
				t.Fatal(err)
			}
			return out.String()
		}
		inCode := false
		for d := xml.NewDecoder(bytes.NewReader(content)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				inCode = token.Name.Local == "TextCode"
			case xml.EndElement:
				inCode = false
			case xml.CharData:
				if inCode {
					out.Write(token)
				}
			}
		}
	}
}

// The embedded fonts stand on their own: a font program finds every character
// that the pages show.
func TestOFDFonts(t *testing.T) {
	p := openOFD(t, mustOFD(t, sample(2)).File)
	raw, err := p.Read("Doc_0/Res/FR.ttf")
	if err != nil {
		t.Fatal(err)
	}
	face, err := sfnt.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	var b sfnt.Buffer
	for _, r := range "示例申请人" {
		if gid, err := face.GlyphIndex(&b, r); err != nil || gid == 0 {
			t.Errorf("%c: glyph %d, %v", r, gid, err)
		}
	}
}

func TestOFDRefusesMissingGlyphs(t *testing.T) {
	f := sample(1)
	f.Decision.Text = []string{"缺字😀"}
	var missing *glyph.MissingError
	if _, err := render.OFD(f, render.Options{}); !errors.As(err, &missing) || missing.Characters[0] != '😀' {
		t.Errorf("got %v", err)
	}
}

// To look at: GOVSEAL_PAGES=folder go test -run OFDPages ./internal/render
func TestOFDPages(t *testing.T) {
	dir := os.Getenv("GOVSEAL_PAGES")
	if dir == "" {
		t.Skip("GOVSEAL_PAGES names no folder for the pages")
	}
	for n := range 3 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("decision%d.ofd", n+1)), mustOFD(t, sample(n+1)).File, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
