// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"errors"
	"image"
	"math"
)

// annotation flags that keep a widget from being shown (ISO 32000-1 12.5.3).
const hiddenFlags = 1<<0 | 1<<1 | 1<<5 // Invisible, Hidden, NoView

// Appearance returns the samples of the one image that the field shows, with
// alpha; ErrNoImage when it shows anything else. It accepts what Prepare
// writes: widgets that each draw the same image, whole or in strips that make
// it up, and black captions beside it. An image is plain RGB samples with a
// plain soft mask. Whatever could hide, crop, mirror or recolour the picture
// is refused.
func (d *Document) Appearance(s *Signature) (*image.NRGBA, error) {
	v := d.newest()
	if len(s.widgets) == 0 || len(s.widgets) > maxPlaces || s.Removed {
		return nil, ErrNoImage
	}
	m, err := v.appearance(s.widgets)
	var b *Error
	if errors.As(err, &b) && !b.Limit {
		return nil, ErrNoImage // something unreadable is not the seal's picture
	}
	return m, err
}

func (v view) appearance(widgets []widget) (*image.NRGBA, error) {
	var t tiling
	for _, w := range widgets {
		s, err := v.showing(w.dict)
		if err != nil {
			return nil, err
		}
		if !t.add(s) {
			return nil, ErrNoImage
		}
	}
	if !t.complete() {
		return nil, ErrNoImage
	}
	img, err := v.stream(t.image)
	if err != nil {
		return nil, err
	}
	return v.samples(img)
}

// showing is what one widget shows.
type showing struct {
	page    Ref // its /P; zero when that is no reference
	rect    [4]float64
	image   Object     // the reference, or the stream of a caption
	caption bool       // a stencil in black, not the seal
	part    [4]float64 // of the image: left, bottom, right, top, in 0 to 1
	exact   bool       // the form is shown in its own size
}

func (v view) showing(widget Dict) (s showing, err error) {
	flags, err := v.integer(widget["F"], "/F of a widget")
	if err != nil {
		return s, err
	}
	if s.rect, err = v.rect(widget["Rect"], "/Rect of a widget"); err != nil {
		return s, err
	}
	_, layered := widget["OC"]
	if flags&hiddenFlags != 0 || layered || s.rect[0] >= s.rect[2] || s.rect[1] >= s.rect[3] {
		return s, ErrNoImage
	}
	s.page, _ = widget["P"].(Ref)
	ap, err := v.dict(widget["AP"], "/AP of a widget")
	if err != nil {
		return s, err
	}
	form, err := v.stream(ap["N"])
	if err != nil {
		return s, err
	}
	return s, v.shownBy(form, &s)
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

// shownBy checks the form XObject and notes which part of which image it draws.
func (v view) shownBy(form *Stream, s *showing) error {
	f := form.Dict
	if f["Subtype"] != Name("Form") ||
		!only(f, "Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length", "Filter", "DecodeParms") {
		return ErrNoImage
	}
	box, err := v.rect(f["BBox"], "/BBox")
	if err != nil {
		return err
	}
	turn := [6]float64{1, 0, 0, 1, 0, 0}
	if o, ok := f["Matrix"]; ok {
		if turn, err = v.matrix(o); err != nil || !rightAngled(turn) {
			return ErrNoImage
		}
	}
	s.exact = sameSize(box, turn, s.rect)
	res, err := v.dict(f["Resources"], "/Resources")
	if err != nil {
		return err
	}
	if !only(res, "XObject", "ExtGState", "ProcSet") {
		return ErrNoImage
	}
	content, err := v.d.decode(form, 4096, &v)
	if err != nil {
		return err
	}
	draw, err := parsePlacement(content, v.d.lim.Depth)
	if err != nil {
		return err
	}
	var ok bool
	if s.part, ok = draw.part(box); !ok {
		return ErrNoImage
	}
	return v.drawn(res, draw, s)
}

// drawn checks graphics state and image: the seal's, or a caption's stencil.
func (v view) drawn(res Dict, draw placement, s *showing) error {
	if draw.state != "" {
		states, err := v.dict(res["ExtGState"], "/ExtGState")
		if err != nil {
			return err
		}
		gs, err := v.dict(states[draw.state], "a graphics state")
		if err != nil {
			return err
		}
		if bm := gs["BM"]; gs == nil || !only(gs, "Type", "BM") || bm != nil && bm != Name("Multiply") && bm != Name("Normal") {
			return ErrNoImage
		}
	}
	images, err := v.dict(res["XObject"], "/XObject")
	if err != nil {
		return err
	}
	s.image = images[draw.image]
	img, err := v.stream(s.image)
	if err != nil {
		return err
	}
	if s.caption = img.Dict["ImageMask"] == true; !s.caption {
		if draw.black {
			return ErrNoImage
		}
		return nil
	}
	whole := s.part == [4]float64{0, 0, 1, 1}
	if !whole || !draw.black || draw.state != "" ||
		!only(img.Dict, "Type", "Subtype", "Width", "Height", "ImageMask", "BitsPerComponent", "Length", "Filter", "DecodeParms") {
		return ErrNoImage
	}
	return nil
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

// sameSize reports whether the rectangle has the size of the turned box.
func sameSize(box [4]float64, m [6]float64, rect [4]float64) bool {
	w, h := box[2]-box[0], box[3]-box[1]
	if m[0] == 0 {
		w, h = h, w
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= 0.01 }
	return near(math.Max(math.Abs(m[0]), math.Abs(m[1])), 1) && near(w, rect[2]-rect[0]) && near(h, rect[3]-rect[1])
}
