// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"cmp"
	"image"
)

// Packed is a picture compressed as a PDF holds it, for a caller who stamps
// with the same picture again and again: compressing it was three quarters of
// sealing a short document (docs/performance.md). The picture must not change
// any more. It is safe for concurrent use.
type Packed struct {
	Picture    *image.NRGBA
	rgb, alpha []byte
}

// Pack compresses a picture.
func Pack(pic *image.NRGBA) (*Packed, error) {
	w, h := pic.Rect.Dx(), pic.Rect.Dy()
	rgb, alpha := make([]byte, 0, 3*w*h), make([]byte, 0, w*h)
	for y := range h {
		row := pic.Pix[y*pic.Stride:][:4*w]
		for x := 0; x < 4*w; x += 4 {
			rgb = append(rgb, row[x:x+3]...)
			alpha = append(alpha, row[x+3])
		}
	}
	p := &Packed{Picture: pic}
	var err error
	if p.rgb, err = deflate(rgb); err == nil {
		p.alpha, err = deflate(alpha)
	}
	return p, err
}

// picture writes the seal's image with its soft mask, once for all places.
func (u *update) picture(s Stamp) Ref {
	packed := s.Packed
	if packed == nil || packed.Picture != s.Picture {
		var err error
		packed, err = Pack(s.Picture)
		u.err = cmp.Or(u.err, err)
	}
	base := func(space string) Dict {
		return Dict{"Type": Name("XObject"), "Subtype": Name("Image"), "Width": s.Picture.Rect.Dx(), "Height": s.Picture.Rect.Dy(),
			"ColorSpace": Name(space), "BitsPerComponent": 8}
	}
	mask := u.deflated(base("DeviceGray"), packed.alpha)
	dict := base("DeviceRGB")
	dict["SMask"] = mask
	return u.deflated(dict, packed.rgb)
}

// stencil writes a caption's mask, one bit a sample: 0 is painted
// (ISO 32000-1 8.9.6.2).
func (u *update) stencil(mask *image.Gray) Ref {
	w, h := mask.Rect.Dx(), mask.Rect.Dy()
	stride := (w + 7) / 8
	bits := make([]byte, stride*h)
	for y := range h {
		row := mask.Pix[y*mask.Stride:][:w]
		for x, v := range row {
			if v >= 0x80 {
				bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return u.stream(Dict{"Type": Name("XObject"), "Subtype": Name("Image"), "Width": w, "Height": h,
		"ImageMask": true, "BitsPerComponent": 1}, bits)
}

// sealForm draws the picture where the place says. It multiplies with what
// lies below, as ink does: text shows through.
func (u *update) sealForm(img Ref, p placed) Ref {
	return u.form("q /Blend gs ", p, " cm /Seal Do Q", Dict{"XObject": Dict{"Seal": img},
		"ExtGState": Dict{"Blend": Dict{"Type": Name("ExtGState"), "BM": Name("Multiply")}}})
}

func (u *update) captionForm(stencil Ref, p placed) Ref {
	return u.form("q 0 g ", p, " cm /Caption Do Q", Dict{"XObject": Dict{"Caption": stencil}})
}

// form writes a form XObject whose box is the place's; the box clips.
func (u *update) form(before string, p placed, after string, resources Dict) Ref {
	content := []byte(before)
	for i, f := range [6]float64{p.image[0], 0, 0, p.image[1], p.image[2], p.image[3]} {
		if i > 0 {
			content = append(content, ' ')
		}
		var err error
		content, err = appendReal(content, f)
		u.err = cmp.Or(u.err, err)
	}
	return u.stream(Dict{"Type": Name("XObject"), "Subtype": Name("Form"), "FormType": 1,
		"BBox": Array{0, 0, p.width, p.height}, "Matrix": p.matrix(), "Resources": resources,
	}, append(content, after...))
}
