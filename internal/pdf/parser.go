// SPDX-License-Identifier: Apache-2.0

package pdf

const (
	maxNodes = 1 << 20  // values in one indirect object
	maxText  = 32 << 20 // octets of one indirect object, stream data aside
)

// parser builds objects from tokens with a stack of its own: two million
// nested arrays are an error at Depth, not a stack overflow, which no Go
// program survives (facts/pdf.md 9).
type parser struct {
	*lexer
	depth int // limit
	nodes int
	from  int64
}

type frame struct {
	dict  bool
	at    int64
	items []Object
}

func newParser(l *lexer, depth int) *parser { return &parser{lexer: l, depth: depth, from: l.pos} }

// object reads one object. A stream is read as its dictionary.
func (p *parser) object() (Object, error) {
	return p.objectFrom(p.token())
}

func (p *parser) objectFrom(t token) (Object, error) {
	var stack []frame
	for ; ; t = p.token() {
		if err := p.count(t); err != nil {
			return nil, err
		}
		var v Object
		switch t.kind {
		case tokArray, tokDict:
			if len(stack) == p.depth {
				return nil, tooMuch(t.at, "objects nested more than %d deep", p.depth)
			}
			stack = append(stack, frame{dict: t.kind == tokDict, at: t.at})
			continue
		case tokArrayEnd, tokDictEnd:
			var err error
			if v, err = closeFrame(stack, t); err != nil {
				return nil, err
			}
			stack = stack[:len(stack)-1]
		case tokKeyword:
			ref, err := keyword(stack, t)
			if err != nil {
				return nil, err
			}
			if ref {
				continue
			}
			v = constants[t.text]
		default:
			var err error
			if v, err = p.scalar(t); err != nil {
				return nil, err
			}
		}
		if len(stack) == 0 {
			return p.maybeReference(v)
		}
		top := &stack[len(stack)-1]
		top.items = append(top.items, v)
	}
}

// count holds the object to its limits, and to what the lexer met.
func (p *parser) count(t token) error {
	if p.nodes++; p.nodes > maxNodes || t.at-p.from > maxText {
		return tooMuch(t.at, "an object of more than %d values or %d octets", maxNodes, maxText)
	}
	return p.err
}

func (p *parser) scalar(t token) (Object, error) {
	switch t.kind {
	case tokInt:
		return t.num, nil
	case tokReal:
		return t.real, nil
	case tokName:
		return Name(t.text), nil
	case tokLiteral, tokHex:
		return String(t.text), nil
	}
	return nil, broken(t.at, "the object has no end")
}

var constants = map[string]Object{"true": true, "false": false, "null": nil}

// keyword takes R, which ends a reference, or lets a constant pass.
func keyword(stack []frame, t token) (ref bool, err error) {
	if t.text == "R" && len(stack) > 0 {
		return true, reference(&stack[len(stack)-1], t.at)
	}
	if _, ok := constants[t.text]; !ok {
		return false, broken(t.at, "unexpected %.20q in an object", t.text)
	}
	return false, nil
}

func closeFrame(stack []frame, t token) (Object, error) {
	if len(stack) == 0 || stack[len(stack)-1].dict != (t.kind == tokDictEnd) {
		return nil, broken(t.at, "a bracket closes what was not opened")
	}
	f := stack[len(stack)-1]
	if !f.dict {
		return Array(f.items), nil
	}
	if len(f.items)%2 != 0 {
		return nil, broken(f.at, "a dictionary key without value")
	}
	d := make(Dict, len(f.items)/2)
	for i := 0; i < len(f.items); i += 2 {
		k, ok := f.items[i].(Name)
		if !ok {
			return nil, broken(f.at, "a dictionary key that is not a name")
		}
		if _, twice := d[k]; twice {
			// Readers disagree about which one counts, so neither does here.
			return nil, broken(f.at, "dictionary key /%.60s given twice", string(k))
		}
		d[k] = f.items[i+1]
	}
	return d, nil
}

// reference turns the last two items, number and generation, into a Ref.
func reference(f *frame, at int64) error {
	n := len(f.items)
	if n < 2 {
		return broken(at, "R without object number")
	}
	ref, ok := asRef(f.items[n-2], f.items[n-1])
	if !ok {
		return broken(at, "malformed reference")
	}
	f.items = append(f.items[:n-2], ref)
	return nil
}

func asRef(num, gen Object) (Ref, bool) {
	n, ok1 := num.(int64)
	g, ok2 := gen.(int64)
	if !ok1 || !ok2 || n < 1 || n > maxObjectNumber || g < 0 || g > 65535 {
		return Ref{}, false
	}
	return Ref{int(n), int(g)}, true
}

// maybeReference looks ahead from a number outside of any bracket, where
// "12 0 R" can only be told from "12" by what follows.
func (p *parser) maybeReference(v Object) (Object, error) {
	if _, ok := v.(int64); !ok {
		return v, nil
	}
	back := p.pos
	if g := p.token(); g.kind == tokInt {
		if r := p.token(); r.kind == tokKeyword && r.text == "R" {
			if ref, ok := asRef(v, g.num); ok {
				return ref, nil
			}
			return nil, broken(g.at, "malformed reference")
		}
	}
	if _, bad := p.err.(*Error); bad {
		p.err = nil // what follows is not this object's fault
	}
	p.pos = back
	return v, p.err
}
