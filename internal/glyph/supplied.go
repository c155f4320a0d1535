// SPDX-License-Identifier: Apache-2.0

package glyph

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"math"
)

// PictureError says why a picture that an operator supplied is not taken.
type PictureError struct{ Reason string }

func (e *PictureError) Error() string { return "picture: " + e.Reason }

func badPicture(format string, args ...any) error {
	return &PictureError{fmt.Sprintf(format, args...)}
}

// Bounds of a whole seal picture. Every stamp carries the file.
const (
	MaxPictureFile = 1 << 20 // octets
	maxPictureSide = 2048    // pixels: 80 mm at 650 dpi
)

// ReadPicture checks a whole seal picture that the operator supplies: a PNG of
// the declared size in millimetres, at 300 dpi or more, on transparent ground.
// It returns the file without what is not picture (texts, times, profiles) and
// with its physical size; the samples stay as they are. Everything that bounds
// the work is checked before anything is decoded. Errors are *PictureError.
func ReadPicture(file []byte, widthMM, heightMM int) ([]byte, error) {
	if len(file) > MaxPictureFile {
		return nil, badPicture("larger than %d octets", MaxPictureFile)
	}
	if widthMM < minSide || heightMM < minSide || widthMM > maxDiameter || heightMM > maxDiameter {
		return nil, badPicture("declared as %d x %d mm; seals measure %d to %g mm", widthMM, heightMM, minSide, maxDiameter)
	}
	c, err := readChunks(file, maxPictureSide)
	if err != nil {
		return nil, err
	}
	if err := c.checkSize(float64(widthMM), float64(heightMM)); err != nil {
		return nil, err
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, badPicture("damaged: %v", err)
	}
	if err := checkGround(picture); err != nil {
		return nil, err
	}
	return c.picture(float64(widthMM)), nil
}

// checkSize holds pixels, declared millimetres and the file's own statement of
// its size to each other.
func (c *chunks) checkSize(widthMM, heightMM float64) error {
	across, down := float64(c.width)/widthMM*25.4, float64(c.height)/heightMM*25.4
	switch {
	case math.Round(across) < minSealDPI || math.Round(down) < minSealDPI:
		return badPicture("%d x %d pixels on %g x %g mm are %.0f x %.0f dpi; %d are needed", c.width, c.height, widthMM, heightMM, across, down, minSealDPI)
	case math.Abs(across/down-1) > 0.02:
		return badPicture("%d x %d pixels do not have the proportions of %g x %g mm", c.width, c.height, widthMM, heightMM)
	case c.perMetre != [2]uint32{}:
		w, h := 1000*float64(c.width)/float64(c.perMetre[0]), 1000*float64(c.height)/float64(c.perMetre[1])
		if math.Abs(w/widthMM-1) > 0.03 || math.Abs(h/heightMM-1) > 0.03 {
			return badPicture("says that it measures %.1f x %.1f mm, and is declared as %g x %g mm", w, h, widthMM, heightMM)
		}
	}
	return nil
}

// checkGround refuses a picture without transparent ground, which would hide
// the text that a seal stands on, and an empty one.
func checkGround(picture image.Image) error {
	b := picture.Bounds()
	all := b.Dx() * b.Dy()
	clear, inked := clearAndInked(picture)
	switch {
	case clear < all/10:
		return badPicture("has no transparent ground: less than a tenth of it is clear")
	case inked < all/200:
		return badPicture("shows next to nothing")
	}
	return nil
}

// clearAndInked counts pixels that are quite transparent, and quite opaque.
func clearAndInked(picture image.Image) (clear, inked int) {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			switch _, _, _, a := picture.At(x, y).RGBA(); {
			case a == 0:
				clear++
			case a > 0x7fff:
				inked++
			}
		}
	}
	return clear, inked
}

// picture writes the chunks that are picture, with a pHYs chunk behind the
// header if there was none.
func (c *chunks) picture(widthMM float64) []byte {
	out := bytes.Clone(pngSignature)
	for _, k := range c.kept {
		out = append(out, k...)
	}
	if c.perMetre == [2]uint32{} {
		out = withPhysicalSize(out, int(math.Round(float64(c.width)/widthMM*25.4)))
	}
	return out
}

var pngSignature = []byte("\x89PNG\r\n\x1a\n")

// chunks is a PNG file taken apart, undecoded.
type chunks struct {
	width, height int
	perMetre      [2]uint32 // pHYs; zero when absent
	kept          [][]byte  // length to checksum, of the chunks that are picture
}

// readChunks walks the chunks of a PNG (PNG 5.3): one header within bounds, 8
// bits a sample or less, an end, and nothing behind it.
func readChunks(file []byte, maxSide int) (*chunks, error) {
	rest, ok := bytes.CutPrefix(file, pngSignature)
	if !ok {
		return nil, badPicture("not a PNG")
	}
	c := &chunks{}
	for n := 0; ; n++ {
		if len(rest) < 12 || uint64(binary.BigEndian.Uint32(rest)) > uint64(len(rest)-12) {
			return nil, badPicture("ends early")
		}
		size := int(binary.BigEndian.Uint32(rest)) + 12
		kind, body := string(rest[4:8]), rest[8:size-4]
		if err := c.take(n, kind, body, rest[:size], maxSide); err != nil {
			return nil, err
		}
		rest = rest[size:]
		if kind == "IEND" {
			break
		}
	}
	if len(rest) > 0 {
		return nil, badPicture("%d octets follow its end", len(rest))
	}
	return c, nil
}

func (c *chunks) take(n int, kind string, body, whole []byte, maxSide int) error {
	switch {
	case (n == 0) != (kind == "IHDR"):
		return badPicture("does not begin with its header")
	case kind == "acTL":
		return badPicture("moves: an animation is no seal")
	case kind == "IHDR":
		if len(body) != 13 {
			return badPicture("damaged header")
		}
		w, h := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
		if w == 0 || h == 0 || w > uint32(maxSide) || h > uint32(maxSide) {
			return badPicture("%d x %d pixels; each side may have 1 to %d", w, h, maxSide)
		}
		if body[8] > 8 {
			return badPicture("%d bits a sample; use 8", body[8])
		}
		c.width, c.height = int(w), int(h)
	case kind == "pHYs":
		if len(body) != 9 || c.perMetre != [2]uint32{} {
			return badPicture("damaged statement of its size")
		}
		if body[8] != 1 { // no unit: says proportions only
			return nil
		}
		c.perMetre = [2]uint32{binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])}
		if c.perMetre[0] == 0 || c.perMetre[1] == 0 {
			return badPicture("damaged statement of its size")
		}
	}
	switch kind {
	case "IHDR", "PLTE", "tRNS", "pHYs", "IDAT", "IEND":
		c.kept = append(c.kept, whole)
	}
	return nil
}
