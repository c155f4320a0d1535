// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"errors"
	"image"
	"math"
)

// annotation flags that keep a widget from being shown (ISO 32000-1 12.5.3).
const hiddenFlags = 1<<0 | 1<<1 | 1<<5 // Invisible, Hidden, NoView

// Appearance returns the samples of the one image that the field's widget
// shows, with alpha; ErrNoImage when the appearance is anything else. It
// accepts what Prepare writes: a form XObject that draws one image over its
// whole box and nothing else, an image of plain RGB samples with a plain soft
// mask. Whatever could hide, crop, mirror or recolour the picture is refused.
func (d *Document) Appearance(s *Signature) (*image.NRGBA, error) {
	v := d.newest()
	if len(s.widgets) != 1 || s.Removed {
		return nil, ErrNoImage
	}
	m, err := v.appearance(s.widgets[0].dict)
	var b *Error
	if errors.As(err, &b) && !b.Limit {
		return nil, ErrNoImage // something unreadable is not the seal's picture
	}
	return m, err
}

func (v view) appearance(widget Dict) (*image.NRGBA, error) {
	flags, err := v.integer(widget["F"], "/F of a widget")
	if err != nil {
		return nil, err
	}
	r, err := v.rect(widget["Rect"], "/Rect of a widget")
	if err != nil {
		return nil, err
	}
	_, layered := widget["OC"]
	if flags&hiddenFlags != 0 || layered || r[0] >= r[2] || r[1] >= r[3] {
		return nil, ErrNoImage
	}
	ap, err := v.dict(widget["AP"], "/AP of a widget")
	if err != nil {
		return nil, err
	}
	form, err := v.stream(ap["N"])
	if err != nil {
		return nil, err
	}
	return v.imageOf(form)
}

func (v view) stream(o Object) (*Stream, error) {
	o, err := v.resolve(o)
	if err != nil {
		return nil, err
	}
	if st, ok := o.(*Stream); ok {
		return st, nil
	}
	return nil, ErrNoImage
}

// only reports whether the dictionary has no other keys than these.
func only(d Dict, keys ...Name) bool {
	n := 0
	for _, k := range keys {
		if _, ok := d[k]; ok {
			n++
		}
	}
	return n == len(d)
}

// imageOf checks the form XObject and returns the image that it draws.
func (v view) imageOf(form *Stream) (*image.NRGBA, error) {
	f := form.Dict
	if f["Subtype"] != Name("Form") ||
		!only(f, "Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length", "Filter", "DecodeParms") {
		return nil, ErrNoImage
	}
	box, err := v.rect(f["BBox"], "/BBox")
	if err != nil {
		return nil, err
	}
	if o, ok := f["Matrix"]; ok {
		m, err := v.matrix(o)
		if err != nil || !rightAngled(m) {
			return nil, ErrNoImage
		}
	}
	res, err := v.dict(f["Resources"], "/Resources")
	if err != nil {
		return nil, err
	}
	if !only(res, "XObject", "ExtGState", "ProcSet") {
		return nil, ErrNoImage
	}
	content, err := v.d.decode(form, 4096, &v)
	if err != nil {
		return nil, err
	}
	draw, err := parsePlacement(content, v.d.lim.Depth)
	if err != nil {
		return nil, err
	}
	if !draw.fills(box) {
		return nil, ErrNoImage
	}
	return v.drawn(res, draw)
}

func (v view) drawn(res Dict, draw placement) (*image.NRGBA, error) {
	if draw.state != "" {
		states, err := v.dict(res["ExtGState"], "/ExtGState")
		if err != nil {
			return nil, err
		}
		gs, err := v.dict(states[draw.state], "a graphics state")
		if err != nil {
			return nil, err
		}
		if bm := gs["BM"]; gs == nil || !only(gs, "Type", "BM") || bm != nil && bm != Name("Multiply") && bm != Name("Normal") {
			return nil, ErrNoImage
		}
	}
	images, err := v.dict(res["XObject"], "/XObject")
	if err != nil {
		return nil, err
	}
	img, err := v.stream(images[draw.image])
	if err != nil {
		return nil, err
	}
	return v.samples(img)
}

func (v view) matrix(o Object) (m [6]float64, err error) {
	a, err := v.array(o, "a matrix")
	if err != nil || len(a) != 6 {
		return m, ErrNoImage
	}
	for i := range m {
		f, ok := asNumber(a[i])
		if !ok {
			return m, ErrNoImage
		}
		m[i] = f
	}
	return m, nil
}

// rightAngled accepts turns by multiples of 90 degrees with one scale for
// both directions, and no mirroring.
func rightAngled(m [6]float64) bool {
	a, b, c, d := m[0], m[1], m[2], m[3]
	turn := a == d && b == -c && (a == 0) != (b == 0)
	return turn && !math.IsNaN(a+b)
}

// samples reads an image of 8-bit RGB with an 8-bit soft mask of its size.
func (v view) samples(img *Stream) (*image.NRGBA, error) {
	if !only(img.Dict, "Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "SMask", "Length", "Filter", "DecodeParms") {
		return nil, ErrNoImage
	}
	rgb, w, h, err := v.plane(img, "DeviceRGB", 3)
	if err != nil {
		return nil, err
	}
	mask, err := v.stream(img.Dict["SMask"])
	if err != nil {
		return nil, err
	}
	if !only(mask.Dict, "Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "Length", "Filter", "DecodeParms") {
		return nil, ErrNoImage
	}
	alpha, mw, mh, err := v.plane(mask, "DeviceGray", 1)
	if err != nil {
		return nil, err
	}
	if mw != w || mh != h {
		return nil, ErrNoImage
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range alpha {
		copy(m.Pix[4*i:], rgb[3*i:3*i+3])
		m.Pix[4*i+3] = alpha[i]
	}
	return m, nil
}

func (v view) plane(st *Stream, space Name, colours int64) (data []byte, w, h int, err error) {
	wide, ok1 := st.Dict["Width"].(int64)
	high, ok2 := st.Dict["Height"].(int64)
	if st.Dict["Subtype"] != Name("Image") || st.Dict["ColorSpace"] != space || st.Dict["BitsPerComponent"] != int64(8) ||
		!ok1 || !ok2 || wide < 1 || high < 1 || wide > maxPixels/high {
		return nil, 0, 0, ErrNoImage
	}
	if data, err = v.d.decode(st, wide*high*colours, &v); err != nil {
		return nil, 0, 0, err
	}
	if int64(len(data)) != wide*high*colours {
		return nil, 0, 0, ErrNoImage
	}
	return data, int(wide), int(high), nil
}
