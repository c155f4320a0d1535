// SPDX-License-Identifier: Apache-2.0

package pdf

import "bytes"

// rawDict is a dictionary as it is spelled in the file, cut at its top level
// only. An update changes single entries of it and leaves every other octet
// alone: inline annotations, generations and odd spellings survive.
type rawDict []rawEntry

type rawEntry struct {
	key      Name
	spelling []byte // of the key, slash included
	value    []byte
}

func parseRawDict(b []byte, depth int) (rawDict, error) {
	p := newParser(lexBytes(b), depth)
	if p.token().kind != tokDict {
		return nil, broken(0, "not a dictionary")
	}
	var r rawDict
	for {
		key := p.token()
		if key.kind == tokDictEnd {
			return r, p.err
		}
		if key.kind != tokName {
			return nil, broken(key.at, "a dictionary key that is not a name")
		}
		spelling := b[key.at:p.pos]
		p.blank()
		from := p.pos
		if _, err := p.object(); err != nil {
			return nil, err
		}
		value := b[from:p.pos]
		// Within a bracket "12 0 R" is told apart by what follows, as it is
		// outside of any: object has already taken the whole reference.
		r = append(r, rawEntry{Name(key.text), spelling, value})
	}
}

// set replaces the value of key, or adds the entry at the end.
func (r rawDict) set(key Name, value []byte) rawDict {
	out := make(rawDict, 0, len(r)+1)
	done := false
	for _, e := range r {
		if e.key == key {
			e.value, done = value, true
		}
		out = append(out, e)
	}
	if !done {
		out = append(out, rawEntry{key, appendName(nil, key), value})
	}
	return out
}

func (r rawDict) get(key Name) []byte {
	for _, e := range r {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

func (r rawDict) without(keys ...Name) rawDict {
	var out rawDict
next:
	for _, e := range r {
		for _, k := range keys {
			if e.key == k {
				continue next
			}
		}
		out = append(out, e)
	}
	return out
}

func (r rawDict) bytes() []byte {
	b := []byte("<<")
	for _, e := range r {
		b = append(b, e.spelling...)
		b = append(b, ' ')
		b = append(b, e.value...)
		b = append(b, '\n')
	}
	return append(b, ">>"...)
}

// appendElement adds an element to the spelling of an array. The bracket that
// closes it cannot stand in a comment, so neither can what is put before it.
func appendElement(array, element []byte) ([]byte, error) {
	array = bytes.TrimSpace(array)
	if len(array) < 2 || array[0] != '[' || array[len(array)-1] != ']' {
		return nil, broken(0, "not an array")
	}
	b := append([]byte(nil), array[:len(array)-1]...)
	return append(append(append(b, ' '), element...), ']'), nil
}

// spelling returns the octets of an indirect object that is not a stream.
func (v view) spelling(ref Ref) ([]byte, error) {
	e := v.entry(ref.Num)
	switch e.kind {
	case entryAt:
		o, err := v.at(e, ref)
		if err != nil {
			return nil, err
		}
		return v.d.src.bytes(o.body, o.bodyEnd-o.body)
	case entryIn:
		if _, err := v.load(ref); err != nil {
			return nil, err
		}
		from, to, s, err := v.innerSpan(e, ref.Num)
		if err != nil {
			return nil, err
		}
		return bytes.TrimSpace(s.data[from:to]), nil
	}
	return nil, broken(v.d.src.size, "object %d does not exist", ref.Num)
}
