// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/interop"
	"github.com/govseal/govseal/internal/pdf"
)

// pageShapes are pages that are shown otherwise than their MediaBox says.
func pageShapes() map[string]string {
	shapes := map[string]string{"crop": "/CropBox[100 200 500 700]", "unit": "/UserUnit 2", "offset": "/CropBox[-50 -50 400 2000]"}
	for _, r := range []int{0, 90, 180, 270, -90} {
		shapes[fmt.Sprint("rotate", r)] = fmt.Sprintf("/Rotate %d", r)
		shapes[fmt.Sprint("crop-rotate", r)] = fmt.Sprintf("/Rotate %d/CropBox[100 200 500 700]", r)
	}
	return shapes
}

// drawers are the readers that draw pages for us, at 72 dots an inch.
var drawers = map[string]func(t *testing.T, b []byte, page int) image.Image{
	"poppler": func(t *testing.T, b []byte, page int) image.Image {
		if _, err := exec.LookPath("pdftoppm"); err != nil {
			t.Skip("pdftoppm is not installed")
		}
		return drawPage(t, b, fmt.Sprint("page", page), page)
	},
	"PDFium": func(t *testing.T, b []byte, page int) image.Image {
		p := interop.OpenPDFium(t, b)
		defer p.Close()
		return p.Draw(page, 72)
	},
}

// TestSealStandsWhereAsked has poppler and PDFium draw sealed pages and looks
// for the seal's red: 30 mm from the left and 20 mm from the top of the page as
// displayed, 42 mm wide, upright.
func TestSealStandsWhereAsked(t *testing.T) {
	for name, shape := range pageShapes() {
		sealed := seal(t, newFile().table(simple(shape)).b, stampAt(1, 30, 20))
		for reader, draw := range drawers {
			t.Run(name+"/"+reader, func(t *testing.T) { sealStands(t, draw(t, sealed, 1), name == "unit") })
		}
	}
}

// sealStands is told whether the page has a unit of 1/36 inch: both readers
// draw a unit as 1/72 inch whatever /UserUnit says.
func sealStands(t *testing.T, m image.Image, halved bool) {
	t.Helper()
	box := reds(m)
	const mm = 72 / 25.4
	want := [4]float64{30 * mm, 20 * mm, 72 * mm, 62 * mm}
	for i := range want {
		if halved {
			want[i] /= 2
		}
		if math.Abs(box[i]-want[i]) > 3 {
			t.Fatalf("red from %v, want %v", box, want)
		}
	}
	// The picture's mark reaches from its middle to its top.
	if x := int(want[0]+want[2]) / 2; !red(m, x, int(want[1]+want[3])/2-20) || red(m, x, int(want[1]+want[3])/2+20) {
		t.Error("the seal does not stand upright")
	}
}

func draw(t *testing.T, b []byte, name string) image.Image { return drawPage(t, b, name, 1) }

func drawPage(t *testing.T, b []byte, name string, page int) image.Image {
	t.Helper()
	dir := t.TempDir()
	if keep := os.Getenv("GOVSEAL_KEEP"); keep != "" {
		dir = keep
	}
	in := filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(in, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-png", "-r", "72", "-cropbox", "-singlefile", "-f", fmt.Sprint(page), in, filepath.Join(dir, name)).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	f, err := os.ReadFile(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func red(m image.Image, x, y int) bool {
	r, g, b, _ := m.At(x, y).RGBA()
	return r > 0x8000 && g < 0x4000 && b < 0x4000
}

func reds(m image.Image) (box [4]float64) {
	box = [4]float64{1e9, 1e9, -1, -1}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if red(m, x, y) {
				box = [4]float64{min(box[0], float64(x)), min(box[1], float64(y)), max(box[2], float64(x+1)), max(box[3], float64(y+1))}
			}
		}
	}
	return box
}

func TestPlaceIsClampedToThePage(t *testing.T) {
	d, err := open(newFile().table(simple("/CropBox[100 200 500 700]")).b)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range [][2]float64{{1e6, 1e6}, {-1e6, -5}, {0, 1000}} {
		p, err := d.Prepare(context.Background(), stampAt(1, at[0], at[1]))
		if err != nil {
			t.Fatal(err)
		}
		if b := p.Box(); b[0] < 100 || b[1] < 200 || b[2] > 500.001 || b[3] > 700.001 {
			t.Errorf("at %v: box %v leaves the page", at, b)
		}
	}
	for _, s := range []pdf.Stamp{stampAt(2, 0, 0), stampAt(0, 0, 0), wide(stampAt(1, 0, 0), 200), wide(stampAt(1, 0, 0), -1), stampAt(1, math.NaN(), 0)} {
		var r *pdf.Refusal
		if _, err := d.Prepare(context.Background(), s); !errors.As(err, &r) || r.Reason != pdf.ReasonPlace {
			t.Errorf("page %d, width %g: %v", s.Page, s.Width, err)
		}
	}
}

func wide(s pdf.Stamp, w float64) pdf.Stamp {
	s.Width = w
	return s
}
