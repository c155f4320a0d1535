// SPDX-License-Identifier: Apache-2.0

package pdf

// objectStream is a decoded object stream (ISO 32000-1 7.5.7).
type objectStream struct {
	data []byte
	nums []int
	offs []int
}

// fromStream returns the object at an index of an object stream. Its number
// must be the one that the cross-reference says.
func (v view) fromStream(e entry, num int) (Object, error) {
	if o := v.d.cache.inner(e, v); o != nil {
		return o.value, nil
	}
	from, to, s, err := v.innerSpan(e, num)
	if err != nil {
		return nil, err
	}
	p := newParser(lexBytes(s.data[:to]), v.d.lim.Depth)
	p.pos, p.from = from, from
	o, err := p.object()
	if err != nil {
		return nil, v.inStream(e, err)
	}
	if v.d.cost.lexed -= p.pos - from; v.d.cost.lexed < 0 {
		return nil, tooMuch(0, "the objects take too long to read")
	}
	if p.blank(); p.peek() >= 0 {
		return nil, broken(p.pos, "in object stream %d: something stands behind object %d", e.at, num)
	}
	v.d.cache.keepInner(e, v, &indirect{ref: Ref{Num: num}, value: o, body: from, bodyEnd: p.pos})
	return o, nil
}

// innerSpan finds the octets of an object in its stream.
func (v view) innerSpan(e entry, num int) (from, to int64, s *objectStream, err error) {
	if s, err = v.objectStream(int(e.at)); err != nil {
		return 0, 0, nil, err
	}
	if e.gen >= len(s.nums) || s.nums[e.gen] != num {
		return 0, 0, nil, broken(0, "object %d is not number %d of object stream %d", num, e.gen, e.at)
	}
	to = int64(len(s.data))
	if e.gen+1 < len(s.offs) {
		to = int64(s.offs[e.gen+1])
	}
	return int64(s.offs[e.gen]), to, s, nil
}

func (v view) inStream(e entry, err error) error {
	if b, ok := err.(*Error); ok {
		return &Error{Offset: b.Offset, Limit: b.Limit, Reason: "in an object stream: " + b.Reason}
	}
	return err
}

func (v view) objectStream(num int) (*objectStream, error) {
	e := v.entry(num)
	if e.kind != entryAt || e.gen != 0 {
		return nil, broken(v.d.src.size, "object stream %d is not an object of its own", num)
	}
	if s := v.d.cache.stream(e.at, v.last); s != nil {
		return s, nil
	}
	o, err := v.at(e, Ref{Num: num})
	if err != nil {
		return nil, err
	}
	st, ok := o.value.(*Stream)
	if !ok || st.Dict["Type"] != Name("ObjStm") {
		return nil, broken(e.at, "object %d is not an object stream", num)
	}
	data, err := v.d.decode(st, maxText, nil) // nil: its filters must not lead back here
	if err != nil {
		return nil, err
	}
	s, err := parseObjectStream(st.Dict, data, e.at)
	if err != nil {
		return nil, err
	}
	if d := v.d; d.cost.lexed < int64(len(data)) {
		return nil, tooMuch(e.at, "the objects take too long to read")
	}
	v.d.cache.keepStream(e.at, v.last, o.borrowed, s)
	return s, nil
}

func parseObjectStream(dict Dict, data []byte, at int64) (*objectStream, error) {
	n, ok1 := dict["N"].(int64)
	first, ok2 := dict["First"].(int64)
	if !ok1 || !ok2 || n < 0 || first < 0 || first > int64(len(data)) || n > first {
		return nil, broken(at, "/N or /First of an object stream is out of range")
	}
	s := &objectStream{data: data, nums: make([]int, n), offs: make([]int, n)}
	l := lexBytes(data[:first])
	previous := first - 1
	for i := range s.nums {
		num, off := l.token(), l.token()
		if num.kind != tokInt || off.kind != tokInt || num.num < 1 || num.num > maxObjectNumber || off.num < 0 {
			return nil, broken(at, "malformed header of an object stream")
		}
		pos := first + off.num
		if pos <= previous || pos > int64(len(data)) {
			return nil, broken(at, "the objects of an object stream are not in order")
		}
		s.nums[i], s.offs[i], previous = int(num.num), int(pos), pos
	}
	return s, nil
}
