// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// Stamp describes a new visible signature field.
type Stamp struct {
	Page                   int     // 1 is the first
	X, Y, Width, Height    float64 // mm, from the top left of the page as displayed
	Picture                *image.NRGBA
	Field                  string // name; empty picks a free one
	Filter, SubFilter      string
	Time                   time.Time // /M; left out when zero
	Name, Reason, Location string
	Reserve                int      // octets kept for Contents, default 16 KiB
	Allow                  []string // names of hazards that the deployment puts up with
	Hashed                 *gm.Hash // running SM3 of the whole file, if the caller has it; not changed
}

const (
	defaultReserve = 16 << 10
	maxReserve     = 8 << 20
	maxPixels      = 16 << 20
)

func (s *Stamp) check() error {
	switch {
	case s.Picture == nil || s.Picture.Rect.Empty():
		return fmt.Errorf("prepare PDF: no picture")
	case s.Picture.Rect.Dx() > maxPixels/s.Picture.Rect.Dy():
		return fmt.Errorf("prepare PDF: a picture of more than %d pixels", maxPixels)
	case s.Filter == "" || s.SubFilter == "":
		return fmt.Errorf("prepare PDF: no Filter or SubFilter")
	case s.Reserve < 0 || s.Reserve > maxReserve:
		return fmt.Errorf("prepare PDF: %d octets cannot be kept for Contents", s.Reserve)
	case strings.Contains(s.Field, "."):
		return fmt.Errorf("prepare PDF: a field name with a full stop")
	}
	if s.Reserve == 0 {
		s.Reserve = defaultReserve
	}
	return nil
}

// appearance writes image, soft mask and form XObject. The picture multiplies
// with what lies below it, as ink does: text shows through.
func (u *update) appearance(pic *image.NRGBA, p placed) Ref {
	w, h := pic.Rect.Dx(), pic.Rect.Dy()
	rgb, alpha := make([]byte, 0, 3*w*h), make([]byte, 0, w*h)
	for y := range h {
		row := pic.Pix[y*pic.Stride:][:4*w]
		for x := 0; x < 4*w; x += 4 {
			rgb = append(rgb, row[x:x+3]...)
			alpha = append(alpha, row[x+3])
		}
	}
	base := func(space string) Dict {
		return Dict{"Type": Name("XObject"), "Subtype": Name("Image"), "Width": w, "Height": h,
			"ColorSpace": Name(space), "BitsPerComponent": 8}
	}
	mask := u.stream(base("DeviceGray"), alpha)
	dict := base("DeviceRGB")
	dict["SMask"] = mask
	img := u.stream(dict, rgb)
	content, err := appendReal([]byte("q /Blend gs "), p.width)
	if err == nil {
		content, err = appendReal(append(content, " 0 0 "...), p.height)
	}
	if u.err == nil {
		u.err = err
	}
	return u.stream(Dict{"Type": Name("XObject"), "Subtype": Name("Form"), "FormType": 1,
		"BBox": Array{0, 0, p.width, p.height}, "Matrix": p.matrix(),
		"Resources": Dict{"XObject": Dict{"Seal": img},
			"ExtGState": Dict{"Blend": Dict{"Type": Name("ExtGState"), "BM": Name("Multiply")}}},
	}, append(content, " 0 0 cm /Seal Do Q"...))
}

// widget is field and annotation in one dictionary.
func (s Stamp) widget(name string, page, value, form Ref, p placed) Dict {
	d := Dict{"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Sig"), "T": Text(name), "V": value,
		"P": page, "Rect": Array{p.rect[0], p.rect[1], p.rect[2], p.rect[3]},
		"F":  132, // Print and Locked
		"AP": Dict{"N": form}}
	if p.rotate != 0 {
		d["MK"] = Dict{"R": p.rotate}
	}
	return d
}

// byteRangeWidth is the room for "[0 a b c]" with three 64-bit numbers.
const byteRangeWidth = 64

// signature writes the signature dictionary and returns where, in the update,
// the ByteRange and the Contents token stand.
func (u *update) signature(ref Ref, s Stamp) (byteRange, contents int) {
	u.begin(ref)
	b := fmt.Appendf(u.buf, "%d %d obj\n<</Type/Sig/Filter", ref.Num, ref.Gen)
	b = append(appendName(b, Name(s.Filter)), "/SubFilter"...)
	b = appendName(b, Name(s.SubFilter))
	for _, e := range []struct{ key, text string }{{"Name", s.Name}, {"Reason", s.Reason}, {"Location", s.Location}} {
		if e.text != "" {
			b = appendString(append(appendName(b, Name(e.key)), ' '), Text(e.text))
		}
	}
	if !s.Time.IsZero() {
		b = appendString(append(b, "/M "...), String(formatDate(s.Time)))
	}
	b = append(b, "/ByteRange "...)
	byteRange = len(b)
	b = append(b, strings.Repeat(" ", byteRangeWidth)...)
	b = append(b, "/Contents "...)
	contents = len(b)
	b = append(append(append(b, '<'), strings.Repeat("0", 2*s.Reserve)...), '>')
	u.buf = append(b, ">>\nendobj\n"...)
	return byteRange, contents
}
