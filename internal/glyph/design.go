// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"errors"
	"fmt"
	"image"
	"unicode/utf8"
)

// Shape of a seal's frame.
type Shape string

// The shapes. A personal-name seal is a small square with a name alone.
const (
	Round     Shape = "round"
	Oval      Shape = "oval"
	Square    Shape = "square"
	Rectangle Shape = "rectangle"
	Personal  Shape = "personal"
)

// Carving says whether characters stand in red (阳文) or white in a red field
// (阴文).
type Carving string

// The carvings; the empty one is Relief.
const (
	Relief   Carving = "relief"
	Intaglio Carving = "intaglio"
)

// Design says how a seal of any shape looks. What a shape has no place for is
// refused, never left out.
type Design struct {
	Shape      Shape          // "" means Round
	Name       string         // arc, columns or rows
	Middle     string         // line through the middle; ovals only, in place of the star
	Horizontal string         // line under the centre, or the last row
	Serial     string         // lower arc, or a small last row; round, oval, rectangle
	Width      float64        // mm; 0 means the shape's usual size
	Height     float64        // mm; 0 means the usual size, or the width where both are alike
	Centre     *CentrePicture // round and oval
	NoStar     bool
	Carving    Carving // square and personal
	DPI        int     // 0 means 600
}

// Limits of the other shapes' texts and sizes.
const (
	MaxPersonal = 8 // characters of a personal name
	minSide     = 10
)

var usualSize = map[Shape][2]float64{
	Round: {42, 42}, Oval: {45, 30}, Square: {40, 40}, Rectangle: {50, 20}, Personal: {20, 20},
}

// Size is the design's width and height in millimetres, defaults applied.
func (d Design) Size() (width, height float64) {
	d = d.withDefaults()
	return d.Width, d.Height
}

// Draw returns the picture with transparent ground. A *MissingError refuses
// characters without a glyph, a *PictureError the centre picture.
func (d Design) Draw() (*image.NRGBA, error) {
	d = d.withDefaults()
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.Shape == Round {
		return d.round().Draw()
	}
	var out drawing
	var err error
	switch d.Shape {
	case Oval:
		out, err = d.oval()
	case Rectangle:
		out, err = d.rows()
	default:
		out, err = d.columns()
	}
	if err != nil {
		return nil, err
	}
	return out.paint(pixels(d.Width, d.DPI), pixels(d.Height, d.DPI)), nil
}

// PNG returns Draw's picture as PNG with its physical size.
func (d Design) PNG() ([]byte, error) {
	picture, err := d.Draw()
	if err != nil {
		return nil, err
	}
	return encode(picture, d.withDefaults().DPI, d.Centre == nil)
}

func (d Design) round() SealPicture {
	return SealPicture{Name: d.Name, Horizontal: d.Horizontal, Serial: d.Serial, Diameter: d.Width, DPI: d.DPI, Centre: d.Centre, NoStar: d.NoStar}
}

func (d Design) withDefaults() Design {
	if d.Shape == "" {
		d.Shape = Round
	}
	usual := usualSize[d.Shape]
	if d.Height == 0 {
		d.Height = usual[1]
		if d.Width != 0 && usual[0] == usual[1] {
			d.Height = d.Width
		}
	}
	if d.Width == 0 {
		d.Width = usual[0]
	}
	if d.Carving == "" {
		d.Carving = Relief
	}
	if d.DPI == 0 {
		d.DPI = 600
	}
	return d
}

func (d Design) check() error {
	if _, known := usualSize[d.Shape]; !known {
		return fmt.Errorf("seal shape %q: there are round, oval, square, rectangle and personal", d.Shape)
	}
	if !(d.Width >= minSide && d.Width <= maxDiameter && d.Height >= minSide && d.Height <= maxDiameter) {
		return fmt.Errorf("seal size must be %d to %g mm", minSide, maxDiameter)
	}
	if d.DPI < minDPI || d.DPI > maxDPI {
		return fmt.Errorf("seal resolution must be %d to %d dpi", minDPI, maxDPI)
	}
	if d.Carving != Relief && d.Carving != Intaglio {
		return fmt.Errorf("seal carving %q: there are relief and intaglio", d.Carving)
	}
	if err := checkTexts(texts{d.Name, d.Middle, d.Horizontal, d.Serial}); err != nil {
		return err
	}
	return d.fitsShape()
}

// fitsShape refuses what the shape has no place for.
func (d Design) fitsShape() error {
	angular := d.Shape == Square || d.Shape == Personal
	switch {
	case d.Width != d.Height && (d.Shape == Round || angular):
		return fmt.Errorf("a %s seal is as wide as high", d.Shape)
	case d.Shape == Oval && (d.Width < d.Height || d.Width > 2*d.Height):
		return errors.New("an oval seal is wider than high, at most twice")
	case d.Shape == Rectangle && (d.Width < d.Height || d.Width > 6*d.Height):
		return errors.New("a rectangular seal is wider than high, at most six times")
	case d.Middle != "" && (d.Shape != Oval || d.Centre != nil):
		return errors.New("only an oval seal without a centre picture has a line through the middle")
	case d.Centre != nil && d.Shape != Round && d.Shape != Oval:
		return fmt.Errorf("a %s seal has no place for a centre picture", d.Shape)
	case d.Serial != "" && angular:
		return fmt.Errorf("a %s seal has no place for a serial number", d.Shape)
	case d.Carving == Intaglio && !angular:
		return fmt.Errorf("a %s seal is not carved in white", d.Shape)
	case d.Shape == Personal:
		return checkPersonal(d.Name, d.Horizontal)
	}
	return nil
}

// texts are name, middle, horizontal and serial.
type texts [4]string

func checkTexts(t texts) error {
	if t[0] == "" {
		return errors.New("seal has no name")
	}
	all := ""
	for i, s := range []struct {
		what string
		max  int
	}{{"name", MaxName}, {"middle line", MaxSerial}, {"line", MaxHorizontal}, {"serial", MaxSerial}} {
		if len(t[i]) > 4*s.max || utf8.RuneCountInString(t[i]) > s.max {
			return fmt.Errorf("seal %s has more than %d characters", s.what, s.max)
		}
		if !utf8.ValidString(t[i]) {
			return fmt.Errorf("seal %s is not UTF-8", s.what)
		}
		all += t[i]
	}
	return Check(all)
}
