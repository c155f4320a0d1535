// SPDX-License-Identifier: Apache-2.0

package pdf

// widgetFlags are Print and Locked (ISO 32000-1 12.5.3); PDF/A demands Print.
const widgetFlags = 132

// drawnPlace is a place and the form XObject that is shown there.
type drawnPlace struct {
	placed
	form Ref
}

// draw writes the forms: every place shows the same image.
func (u *update) draw(s Stamp, seals, captions []placed) []drawnPlace {
	var out []drawnPlace
	img := u.picture(s)
	for _, p := range seals {
		out = append(out, drawnPlace{p, u.sealForm(img, p)})
	}
	if len(captions) > 0 {
		stencil := u.stencil(s.Caption.Mask)
		for _, p := range captions {
			out = append(out, drawnPlace{p, u.captionForm(stencil, p)})
		}
	}
	return out
}

// newField writes the field and its widgets, and hangs the widgets on their
// pages. With one widget both are one dictionary; with several, the field has
// them as kids: one field, one signature, however many places.
func (u *update) newField(s Stamp, name string, value Ref, shown []drawnPlace) (Ref, error) {
	dict := Dict{"FT": Name("Sig"), "T": Text(name), "V": value}
	if s.Lock != nil {
		dict["Lock"] = u.add(s.Lock.dict("SigFieldLock"))
	}
	onPage := map[Ref][]Ref{}
	var pages []Ref
	hang := func(page, widget Ref) {
		if onPage[page] == nil {
			pages = append(pages, page)
		}
		onPage[page] = append(onPage[page], widget)
	}
	field := Ref{}
	if len(shown) == 1 {
		for k, o := range shown[0].widget() {
			dict[k] = o
		}
		field = u.add(dict)
		hang(shown[0].ref, field)
	} else {
		field = u.alloc()
		kids := make(Array, 0, len(shown))
		for _, p := range shown {
			w := p.widget()
			w["Parent"] = field
			ref := u.add(w)
			kids = append(kids, ref)
			hang(p.ref, ref)
		}
		dict["Kids"] = kids
		u.object(field, dict)
	}
	for _, page := range pages {
		if err := u.addToPage(page, onPage[page]); err != nil {
			return field, err
		}
	}
	return field, nil
}

func (p drawnPlace) widget() Dict {
	d := Dict{"Type": Name("Annot"), "Subtype": Name("Widget"), "P": p.ref,
		"Rect": Array{p.rect[0], p.rect[1], p.rect[2], p.rect[3]}, "F": widgetFlags, "AP": Dict{"N": p.form}}
	if p.rotate != 0 {
		d["MK"] = Dict{"R": p.rotate}
	}
	return d
}
