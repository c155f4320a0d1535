// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"bytes"
	"image"
	"image/png"
	"math"

	"golang.org/x/image/draw"
)

// CentrePicture is an operator's own picture in the middle of a seal: the
// emblem of a state body, whose use is regulated and whose artwork govseal
// does not hold.
type CentrePicture struct{ picture image.Image }

// Bounds of a centre picture, checked before it is decoded.
const (
	MaxCentreFile = 1 << 20 // octets
	maxCentreSide = 2048    // pixels
	minSealDPI    = 300     // [mem], facts/seal-formats.md 8: seals have 300 dpi or more
)

// ReadCentre reads a PNG with transparency. A *PictureError says what is wrong
// with it.
func ReadCentre(file []byte) (*CentrePicture, error) {
	if len(file) > MaxCentreFile {
		return nil, badPicture("larger than %d octets", MaxCentreFile)
	}
	if _, err := readChunks(file, maxCentreSide); err != nil {
		return nil, err
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, badPicture("damaged: %v", err)
	}
	if clear, inked := clearAndInked(picture); clear == 0 || inked == 0 {
		return nil, badPicture("has no transparent ground, or nothing on it")
	}
	return &CentrePicture{picture}, nil
}

// sharp refuses a picture with fewer pixels than its place on paper needs; a
// nil picture is sharp.
func (c *CentrePicture) sharp(mm float64, dpi int) error {
	if c == nil {
		return nil
	}
	b := c.picture.Bounds()
	if need := pixels(mm, min(dpi, minSealDPI)); max(b.Dx(), b.Dy()) < need {
		return badPicture("has %d x %d pixels; %.0f mm need %d", b.Dx(), b.Dy(), mm, need)
	}
	return nil
}

// paint puts the picture into a circle of the given radius in pixels around
// the middle, true to its proportions.
func (c *CentrePicture) paint(out *image.NRGBA, radius float64) {
	b := c.picture.Bounds()
	scale := radius / math.Hypot(float64(b.Dx())/2, float64(b.Dy())/2)
	if near := b.Dx()*10 < b.Dy()*12 && b.Dy()*10 < b.Dx()*12; near { // about square: round artwork fills its box
		scale = 2 * radius / float64(max(b.Dx(), b.Dy()))
	}
	w, h := float64(b.Dx())*scale/2, float64(b.Dy())*scale/2
	x, y := float64(out.Rect.Dx())/2, float64(out.Rect.Dy())/2
	place := image.Rect(int(math.Round(x-w)), int(math.Round(y-h)), int(math.Round(x+w)), int(math.Round(y+h)))
	draw.CatmullRom.Scale(out, place, c.picture, b, draw.Over, nil)
}
