// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/image/vector"

	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/pdf"
)

// Sizes of a caption in mm. A QR code needs a quiet zone of four modules
// around it (ISO/IEC 18004, remembered), which stands within its square.
const (
	captionGap   = 1.0
	captionWidth = 34.0
	dateHeight   = 5.0 // of the line; the characters have 4 mm
	dateSize     = 4.0
	qrSide       = 22.0
	captionDPI   = 600
)

const dotsPerMM = captionDPI / 25.4

// caption draws what was asked to stand below the seal; nil when nothing was.
func (s *Service) caption(c Caption, code string, at time.Time) (*pdf.Caption, error) {
	if c == (Caption{}) {
		return nil, nil
	}
	height := 0.0
	if c.Date {
		height += dateHeight
	}
	if c.QR {
		height += qrSide
	}
	m := image.NewGray(image.Rect(0, 0, dots(captionWidth), dots(height)))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	top := 0.0
	if c.Date {
		if err := drawDate(m, at); err != nil {
			return nil, err
		}
		top = dateHeight
	}
	if c.QR {
		if err := s.drawQR(m, top, code); err != nil {
			return nil, err
		}
	}
	return &pdf.Caption{Mask: m, Width: captionWidth, Height: height, Gap: captionGap}, nil
}

func dots(mm float64) int { return int(mm*dotsPerMM + 0.5) }

// china is the time that a date on a paper means.
var china = time.FixedZone("UTC+8", 8*3600)

// drawDate writes the date as official papers do: 2026年11月22日.
func drawDate(m *image.Gray, at time.Time) error {
	at = at.In(china)
	text := fmt.Sprintf("%d年%d月%d日", at.Year(), int(at.Month()), at.Day())
	face := glyph.Regular()
	width := 0
	for _, r := range text {
		width += face.Advance(r)
	}
	em := dateSize * dotsPerMM
	x := (float64(m.Rect.Dx()) - float64(width)*em/glyph.UnitsPerEm) / 2
	z := vector.NewRasterizer(m.Rect.Dx(), m.Rect.Dy())
	for _, r := range text {
		outline, err := face.Outline(r)
		if err != nil {
			return fmt.Errorf("seal: draw the date: %w", err)
		}
		// The em box is centred in the line; its baseline is 0.88 em from its top.
		fill(z, outline.Transform(glyph.Matrix{A: em, D: -em, E: x, F: (dateHeight-dateSize)/2*dotsPerMM + 0.88*em}))
		x += float64(face.Advance(r)) * em / glyph.UnitsPerEm
	}
	z.Draw(m, m.Rect, image.Black, image.Point{})
	return nil
}

func fill(z *vector.Rasterizer, path glyph.Path) {
	for i, s := range path {
		x, y := float32(s.P.X), float32(s.P.Y)
		switch s.Op {
		case glyph.MoveTo:
			if i > 0 {
				z.ClosePath()
			}
			z.MoveTo(x, y)
		case glyph.LineTo:
			z.LineTo(x, y)
		case glyph.QuadTo:
			z.QuadTo(float32(s.C.X), float32(s.C.Y), x, y)
		}
	}
	if len(path) > 0 {
		z.ClosePath()
	}
}

// drawQR draws the address of the page where the stamp is verified.
func (s *Service) drawQR(m *image.Gray, top float64, code string) error {
	if s.cfg.VerifyURL == "" {
		return refuse(ReasonRequest, "this service has no address that a QR code could lead to")
	}
	symbol, err := qr.Encode(strings.TrimRight(s.cfg.VerifyURL, "/")+"/s/"+code, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("seal: draw the QR code: %w", err)
	}
	n := symbol.Bounds().Dx()
	module := dots(qrSide) / (n + 8)
	if module < 1 {
		return refuse(ReasonRequest, "the address is too long for a QR code")
	}
	left, y0 := (m.Rect.Dx()-n*module)/2, dots(top)+(dots(qrSide)-n*module)/2
	for y := range n {
		for x := range n {
			if dark(symbol, x, y) {
				box := image.Rect(left+x*module, y0+y*module, left+(x+1)*module, y0+(y+1)*module)
				draw.Draw(m, box, image.Black, image.Point{}, draw.Src)
			}
		}
	}
	return nil
}

func dark(symbol barcode.Barcode, x, y int) bool {
	return color.GrayModel.Convert(symbol.At(x, y)).(color.Gray).Y < 0x80
}
