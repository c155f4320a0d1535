// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"strings"
	"unicode"
)

const (
	maxTextFields = 10_000
	flagPassword  = 1 << 13 // of a text field (ISO 32000-1 table 228)
)

// formValues looks for text fields that show another text than they hold: a
// program reads the value, a person the appearance, and the seal covers both.
// A field whose appearance cannot be read as text is left out.
func (h *hazards) formValues() error {
	fields, err := h.v.fields()
	if err != nil {
		return err
	}
	looked := 0
	for _, f := range fields {
		if f.kind != "Tx" {
			continue
		}
		if looked++; looked > maxTextFields {
			return tooMuch(h.v.d.src.size, "more than %d text fields", maxTextFields)
		}
		flags, err := h.v.integer(f.dict["Ff"], "/Ff of a field")
		if err != nil || flags&flagPassword != 0 {
			continue
		}
		value, err := h.v.resolve(f.value)
		text, isText := value.(String)
		if err != nil || value != nil && !isText {
			continue
		}
		for _, w := range f.widgets {
			shown, ok := h.v.shownText(w.dict)
			if ok && squeeze(shown) != squeeze(decodeText(text)) {
				h.add(HazardFormValue, "field object %d", f.ref.Num)
			}
		}
		if h.v.d.cost.decoded < 0 {
			return tooMuch(h.v.d.src.size, "form fields that decode to too much")
		}
	}
	return nil
}

// squeeze leaves out what lines and combs put between characters.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// shownText is the text that a widget's appearance shows; false when there is
// none, or when it cannot be read.
func (v view) shownText(widget Dict) (string, bool) {
	ap, err := v.dict(widget["AP"], "/AP of a widget")
	if err != nil {
		return "", false
	}
	form, err := v.stream(ap["N"])
	if err != nil {
		return "", false
	}
	content, err := v.d.decode(form, maxFieldContent, &v)
	if err != nil {
		return "", false
	}
	res, err := v.dict(form.Dict["Resources"], "/Resources")
	if err != nil {
		return "", false
	}
	t := shownText{v: v, fonts: map[Name]*textFont{}}
	if t.resources, err = v.dict(res["Font"], "/Font"); err != nil {
		return "", false
	}
	if t.defaults, err = v.defaultFonts(); err != nil {
		return "", false
	}
	return t.read(content)
}

const maxFieldContent = 64 << 10

// defaultFonts are those of the form's /DR.
func (v view) defaultFonts() (Dict, error) {
	form, err := v.acroForm()
	if err != nil {
		return nil, err
	}
	dr, err := v.dict(form["DR"], "/DR of the form")
	if err != nil {
		return nil, err
	}
	return v.dict(dr["Font"], "/Font of the form's /DR")
}

// shownText reads the strings that a content stream shows, in their order.
type shownText struct {
	v         view
	resources Dict
	defaults  Dict
	fonts     map[Name]*textFont
	font      *textFont
	out       strings.Builder
}

func (t *shownText) read(content []byte) (string, bool) {
	p := newParser(lexBytes(content), t.v.d.lim.Depth)
	var args []Object
	for {
		tok := p.token()
		switch {
		case p.err != nil || len(args) > 1000:
			return "", false
		case tok.kind == tokEnd:
			return t.out.String(), true
		case tok.kind == tokKeyword:
			if !t.operator(tok.text, args) {
				return "", false
			}
			args = args[:0]
		default:
			o, ok := contentOperand(p, tok)
			if !ok {
				return "", false
			}
			args = append(args, o)
		}
	}
}

// contentOperand reads an operand of a content stream, where no references are.
func contentOperand(p *parser, t token) (Object, bool) {
	switch t.kind {
	case tokInt:
		return t.num, true
	case tokReal:
		return t.real, true
	}
	o, err := p.objectFrom(t)
	return o, err == nil
}

// operator follows the operators that choose a font or show text. What may
// show text that is not read here, an XObject or an inline image, ends it.
func (t *shownText) operator(op string, args []Object) bool {
	switch op {
	case "Do", "BI", "sh":
		return false
	case "Tf":
		if len(args) != 2 {
			return false
		}
		name, _ := args[0].(Name)
		t.font = t.find(name)
	case "Tj", "'":
		return len(args) == 1 && t.show(args[0])
	case "\"":
		return len(args) == 3 && t.show(args[2])
	case "TJ":
		if len(args) != 1 {
			return false
		}
		list, ok := args[0].(Array)
		for _, o := range list {
			if _, number := asNumber(o); !number && !t.show(o) {
				return false
			}
		}
		return ok
	}
	return true
}

func (t *shownText) show(o Object) bool {
	s, ok := o.(String)
	if !ok || t.font == nil {
		return false
	}
	text, ok := t.font.decode(string(s))
	t.out.WriteString(text)
	return ok
}

func (t *shownText) find(name Name) *textFont {
	if f, known := t.fonts[name]; known {
		return f
	}
	o, ok := t.resources[name]
	if !ok {
		o = t.defaults[name]
	}
	f := t.v.textFont(o)
	t.fonts[name] = f
	return f
}
