// SPDX-License-Identifier: Apache-2.0

package pdf

// cost counts down what the document may still take.
type cost struct {
	decoded int64 // octets out of filters
	lexed   int64 // octets of objects, read again included
}

// indirect is an object as it lies in the file.
type indirect struct {
	ref           Ref
	value         Object
	body, bodyEnd int64 // of the object, stream data aside
	end           int64 // after endobj
	borrowed      bool  // /Length is an object of its own, so the view matters
}

type lengthFunc func(Ref) (int64, error)

// readIndirect reads "N G obj … endobj" at exactly this offset.
func (d *Document) readIndirect(at int64, length lengthFunc) (*indirect, error) {
	p, ref, err := d.header(at)
	if err != nil {
		return nil, err
	}
	p.blank()
	o := &indirect{ref: ref, body: p.pos}
	if o.value, err = p.object(); err != nil {
		return nil, err
	}
	o.bodyEnd = p.pos
	if d.cost.lexed -= p.pos - at; d.cost.lexed < 0 {
		return nil, tooMuch(at, "the objects take too long to read")
	}
	word := p.token()
	if word.kind == tokKeyword && word.text == "stream" {
		if err := d.readStream(p, o, length); err != nil {
			return nil, err
		}
		word = p.token()
	}
	if p.err != nil {
		return nil, p.err
	}
	if word.kind != tokKeyword || word.text != "endobj" {
		return nil, broken(word.at, "no endobj behind object %d", ref.Num)
	}
	o.end = p.pos
	return o, nil
}

func (d *Document) header(at int64) (*parser, Ref, error) {
	if at < 0 || at >= d.src.size {
		return nil, Ref{}, broken(at, "an object offset outside the file")
	}
	p := newParser(d.src.lexer(at), d.lim.Depth)
	if c := p.peek(); c >= 0 && (c < '0' || c > '9') {
		return nil, Ref{}, broken(at, "no object begins here")
	}
	num, gen, word := p.token(), p.token(), p.token()
	if p.err != nil {
		return nil, Ref{}, p.err
	}
	ref, ok := asRef(num.num, gen.num)
	if num.kind != tokInt || gen.kind != tokInt || !ok || word.kind != tokKeyword || word.text != "obj" {
		return nil, Ref{}, broken(at, "no object begins here")
	}
	return p, ref, nil
}

// readStream checks that the data end where /Length says.
func (d *Document) readStream(p *parser, o *indirect, length lengthFunc) error {
	dict, ok := o.value.(Dict)
	if !ok {
		return broken(p.pos, "a stream without dictionary")
	}
	if c := p.take(); c == '\r' && p.take() != '\n' || c != '\r' && c != '\n' {
		return broken(p.pos, "no end of line behind the stream keyword")
	}
	st := &Stream{Dict: dict, at: p.pos}
	switch n := dict["Length"].(type) {
	case int64:
		st.size = n
	case Ref:
		if length == nil {
			return broken(o.body, "the /Length of a cross-reference stream is not direct")
		}
		var err error
		if st.size, err = length(n); err != nil {
			return err
		}
		o.borrowed = true
	default:
		return broken(o.body, "a stream without /Length")
	}
	if st.size < 0 || st.size > d.src.size-st.at {
		return broken(o.body, "stream /Length %d runs over the end of the file", st.size)
	}
	p.pos = st.at + st.size
	// One end of line should stand here and is not part of the data; common
	// writers leave more. Anything but white space means that /Length lies.
	if p.space(); p.pos-st.at-st.size > 64 || !p.match("endstream") {
		return broken(st.at+st.size, "no endstream where /Length of object %d says", o.ref.Num)
	}
	o.value = st
	return nil
}

// view is the document as a revision shows it.
type view struct {
	d    *Document
	last int // index of the newest section that counts
}

func (d *Document) view(revision int) view { return view{d, d.revisions[revision].last} }

// newest is the view of the end of the file.
func (d *Document) newest() view { return view{d, len(d.sections) - 1} }

func (v view) entry(num int) entry {
	e, _ := v.found(num)
	return e
}

func (v view) trailer() Dict { return v.d.sections[v.last].trailer }

// load returns an indirect object; nil (null) for one that is free or
// unknown. A generation that differs from the entry's is an error: readers
// disagree about it.
func (v view) load(ref Ref) (Object, error) {
	if v.d.Encrypted() {
		return nil, ErrEncrypted
	}
	e := v.entry(ref.Num)
	switch {
	case e.kind == entryFree:
		return nil, nil
	case e.kind == entryIn && ref.Gen != 0, e.kind == entryAt && e.gen != ref.Gen:
		return nil, broken(v.d.src.size, "reference %d %d R names another generation than the cross-reference", ref.Num, ref.Gen)
	case e.kind == entryIn:
		return v.fromStream(e, ref.Num)
	}
	o, err := v.at(e, ref)
	if err != nil {
		return nil, err
	}
	return o.value, nil
}

// at returns the object that lies in the file as its entry says.
func (v view) at(e entry, ref Ref) (*indirect, error) {
	if o := v.d.cache.object(e.at, v.last); o != nil && o.ref == ref {
		return o, nil
	}
	o, err := v.d.readIndirect(e.at, v.length)
	if err != nil {
		return nil, err
	}
	if o.ref != ref {
		return nil, broken(e.at, "object %d stands where the cross-reference puts object %d", o.ref.Num, ref.Num)
	}
	v.d.cache.keep(e.at, v.last, o)
	return o, nil
}

// length reads the integer that a stream's /Length refers to. It never
// follows anything that could lead back to the stream.
func (v view) length(ref Ref) (int64, error) {
	e := v.entry(ref.Num)
	if e.kind != entryAt || e.gen != ref.Gen {
		return 0, broken(v.d.src.size, "a stream's /Length refers to object %d, which is not an object of its own", ref.Num)
	}
	p, got, err := v.d.header(e.at)
	if err != nil {
		return 0, err
	}
	n, word := p.token(), p.token()
	if p.err != nil || got != ref || n.kind != tokInt || word.text != "endobj" {
		return 0, broken(e.at, "the object that a stream's /Length refers to is not an integer")
	}
	return n.num, nil
}

// resolve follows a reference, and a reference that it leads to, a few times.
func (v view) resolve(o Object) (Object, error) {
	for range 8 {
		ref, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = v.load(ref); err != nil {
			return nil, err
		}
	}
	return nil, broken(v.d.src.size, "references that lead only to references")
}
