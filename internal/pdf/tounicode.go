// SPDX-License-Identifier: Apache-2.0

package pdf

import "unicode/utf16"

const (
	maxCMap      = 1 << 20
	maxCMapCodes = 1 << 16
)

// toUnicode reads a ToUnicode CMap (ISO 32000-1 9.10.3): its bfchar and
// bfrange sections, nothing else of the language it is written in. It is nil
// when it cannot be read.
func (v view) toUnicode(o Object) map[int]string {
	st, err := v.stream(o)
	if err != nil {
		return nil
	}
	data, err := v.d.decode(st, maxCMap, &v)
	if err != nil {
		return nil
	}
	return parseCMap(data, v.d.lim.Depth)
}

func parseCMap(data []byte, depth int) map[int]string {
	m := map[int]string{}
	p := newParser(lexBytes(data), depth)
	for {
		t := p.token()
		switch {
		case p.err != nil:
			return nil
		case t.kind == tokEnd:
			return m
		case t.kind == tokKeyword && t.text == "beginbfchar":
			if !bfSection(p, m, 1) {
				return nil
			}
		case t.kind == tokKeyword && t.text == "beginbfrange":
			if !bfSection(p, m, 2) {
				return nil
			}
		}
	}
}

// bfSection reads entries of one or two codes and what they mean.
func bfSection(p *parser, m map[int]string, codes int) bool {
	for {
		t := p.token()
		if t.kind == tokKeyword && (t.text == "endbfchar" || t.text == "endbfrange") {
			return true
		}
		var span [2]int
		for i := range codes {
			if i > 0 {
				t = p.token()
			}
			if t.kind != tokHex || len(t.text) == 0 || len(t.text) > 2 {
				return false
			}
			for j := range len(t.text) {
				span[i] = span[i]<<8 | int(t.text[j])
			}
		}
		if codes == 1 {
			span[1] = span[0]
		}
		o, err := p.object()
		if err != nil || span[1] < span[0] || len(m)+span[1]-span[0] > maxCMapCodes || !mapSpan(m, span, o) {
			return false
		}
	}
}

func mapSpan(m map[int]string, span [2]int, meaning Object) bool {
	switch o := meaning.(type) {
	case String:
		u := units(string(o))
		if len(u) == 0 {
			return false
		}
		for code := span[0]; code <= span[1]; code++ {
			m[code] = string(utf16.Decode(u))
			u[len(u)-1]++
		}
		return true
	case Array:
		if len(o) != span[1]-span[0]+1 {
			return false
		}
		for i, e := range o {
			s, ok := e.(String)
			if !ok {
				return false
			}
			m[span[0]+i] = string(utf16.Decode(units(string(s))))
		}
		return true
	}
	return false
}
