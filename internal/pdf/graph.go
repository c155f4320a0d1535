// SPDX-License-Identifier: Apache-2.0

package pdf

// eachRef calls f for every reference within o, stream dictionaries included.
// Depth is bounded by the parser.
func eachRef(o Object, f func(Ref)) {
	switch t := o.(type) {
	case Ref:
		f(t)
	case Array:
		for _, e := range t {
			eachRef(e, f)
		}
	case Dict:
		for _, e := range t {
			eachRef(e, f)
		}
	case *Stream:
		eachRef(t.Dict, f)
	}
}

// eachDict calls f for o and everything within it that is a dictionary.
func eachDict(o Object, f func(Dict)) {
	switch t := o.(type) {
	case Array:
		for _, e := range t {
			eachDict(e, f)
		}
	case Dict:
		f(t)
		for _, e := range t {
			eachDict(e, f)
		}
	case *Stream:
		eachDict(t.Dict, f)
	}
}

// reach visits every object that can be reached from the roots, each once,
// with its number. An object that cannot be read is passed on with its error;
// visit decides.
func (v view) reach(roots []Ref, visit func(ref Ref, o Object, err error) error) error {
	seen := map[int]bool{}
	stack := append([]Ref(nil), roots...)
	for len(stack) > 0 {
		ref := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[ref.Num] {
			continue
		}
		seen[ref.Num] = true
		o, err := v.load(ref)
		if err := visit(ref, o, err); err != nil {
			return err
		}
		eachRef(o, func(r Ref) {
			if !seen[r.Num] {
				stack = append(stack, r)
			}
		})
	}
	return nil
}

// roots are the references of the trailer, /Encrypt and /Prev aside.
func (v view) roots() []Ref {
	var out []Ref
	for _, k := range []Name{"Root", "Info"} {
		if r, ok := v.trailer()[k].(Ref); ok {
			out = append(out, r)
		}
	}
	return out
}
