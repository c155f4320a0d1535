// SPDX-License-Identifier: Apache-2.0

package pdf

// Typed access to objects. A missing or null value gives the zero value; one
// of another type than the standard says is an error, not a guess.

func (v view) dict(o Object, what string) (Dict, error) {
	o, err := v.resolve(o)
	if err != nil || o == nil {
		return nil, err
	}
	switch t := o.(type) {
	case Dict:
		return t, nil
	case *Stream:
		return t.Dict, nil
	}
	return nil, broken(v.d.src.size, "%s is not a dictionary", what)
}

func (v view) array(o Object, what string) (Array, error) {
	o, err := v.resolve(o)
	if err != nil || o == nil {
		return nil, err
	}
	if a, ok := o.(Array); ok {
		return a, nil
	}
	return nil, broken(v.d.src.size, "%s is not an array", what)
}

func (v view) integer(o Object, what string) (int64, error) {
	o, err := v.resolve(o)
	if err != nil || o == nil {
		return 0, err
	}
	if n, ok := o.(int64); ok {
		return n, nil
	}
	return 0, broken(v.d.src.size, "%s is not an integer", what)
}

func (v view) name(o Object, what string) (Name, error) {
	o, err := v.resolve(o)
	if err != nil || o == nil {
		return "", err
	}
	if n, ok := o.(Name); ok {
		return n, nil
	}
	return "", broken(v.d.src.size, "%s is not a name", what)
}

func (v view) text(o Object, what string) (string, error) {
	o, err := v.resolve(o)
	if err != nil || o == nil {
		return "", err
	}
	if s, ok := o.(String); ok {
		return decodeText(s), nil
	}
	return "", broken(v.d.src.size, "%s is not a string", what)
}

func asNumber(o Object) (float64, bool) {
	switch n := o.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// rect reads a rectangle and puts its corners in order: lower left, upper
// right (ISO 32000-1 7.9.5).
func (v view) rect(o Object, what string) ([4]float64, error) {
	var r [4]float64
	a, err := v.array(o, what)
	if err != nil {
		return r, err
	}
	if len(a) != 4 {
		return r, broken(v.d.src.size, "%s is not a rectangle", what)
	}
	for i := range r {
		n, err := v.resolve(a[i])
		if err != nil {
			return r, err
		}
		f, ok := asNumber(n)
		if !ok || f > 1e7 || f < -1e7 {
			return r, broken(v.d.src.size, "%s is not a rectangle", what)
		}
		r[i] = f
	}
	return [4]float64{min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3])}, nil
}

func (v view) catalog() (Dict, error) {
	root, ok := v.trailer()["Root"].(Ref)
	if !ok {
		return nil, broken(v.d.sections[v.last].at, "/Root of the trailer is not a reference")
	}
	o, err := v.load(root)
	if err != nil {
		return nil, err
	}
	c, ok := o.(Dict)
	if !ok {
		return nil, broken(v.d.src.size, "the catalog is not a dictionary")
	}
	return c, nil
}
