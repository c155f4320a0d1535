// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/render"
)

const lookDPI = 80

// For people who want to look at the pages, seals in place, after a change of
// the layout:
//
//	GOVSEAL_PAGES=/tmp/pages go test -run TestPages ./internal/render
func TestPages(t *testing.T) {
	dir := os.Getenv("GOVSEAL_PAGES")
	if dir == "" {
		t.Skip("GOVSEAL_PAGES is not set")
	}
	for name, f := range samples() {
		r, err := render.PDF(f, options)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Join(dir, name)
		if err := os.WriteFile(base+".pdf", r.File, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("pdftoppm", "-png", "-r", fmt.Sprint(lookDPI), base+".pdf", base).CombinedOutput(); err != nil {
			t.Fatalf("pdftoppm: %v %s", err, out)
		}
		files, _ := filepath.Glob(base + "-[0-9]*.png")
		for page, file := range files {
			stampPicture(t, file, page+1, f, r.Seals)
		}
	}
}

// stampPicture draws the page's seals over its picture.
func stampPicture(t *testing.T, file string, page int, f *decision.File, seals []render.Place) {
	t.Helper()
	raw, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(raw)
	raw.Close()
	if err != nil {
		t.Fatal(err)
	}
	sheet := image.NewRGBA(picture.Bounds())
	draw.Draw(sheet, sheet.Bounds(), picture, image.Point{}, draw.Src)
	for i, place := range seals {
		if place.Page != page {
			continue
		}
		seal, err := glyph.SealPicture{Name: f.Decision.Departments[i].Name, Horizontal: "审批专用章", DPI: lookDPI}.Draw()
		if err != nil {
			t.Fatal(err)
		}
		at := image.Pt(int(place.X*lookDPI/25.4), int(place.Y*lookDPI/25.4))
		draw.Draw(sheet, seal.Bounds().Add(at), seal, image.Point{}, draw.Over)
	}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := png.Encode(out, sheet); err != nil {
		t.Fatal(err)
	}
}
