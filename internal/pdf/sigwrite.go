// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"cmp"
	"fmt"
	"strings"
)

// byteRangeWidth is the room for "[0 a b c]" with three 64-bit numbers.
const byteRangeWidth = 64

// signature writes the signature dictionary and returns where, in the update,
// the ByteRange and the Contents token stand.
func (u *update) signature(ref Ref, s Stamp) (byteRange, contents int) {
	u.begin(ref)
	b := fmt.Appendf(u.buf, "%d %d obj\n<</Type/Sig/Filter", ref.Num, ref.Gen)
	b = append(appendName(b, Name(s.Filter)), "/SubFilter"...)
	b = appendName(b, Name(s.SubFilter))
	for _, e := range []struct{ key, text string }{{"Name", s.Name}, {"Reason", s.Reason}, {"Location", s.Location}} {
		if e.text != "" {
			b = appendString(append(appendName(b, Name(e.key)), ' '), Text(e.text))
		}
	}
	if !s.Time.IsZero() {
		b = appendString(append(b, "/M "...), String(formatDate(s.Time)))
	}
	if refs := u.references(s); len(refs) > 0 {
		var err error
		b, err = appendArray(append(b, "/Reference"...), refs)
		u.err = cmp.Or(u.err, err)
	}
	b = append(b, "/ByteRange "...)
	byteRange = len(b)
	b = append(b, strings.Repeat(" ", byteRangeWidth)...)
	b = append(b, "/Contents "...)
	contents = len(b)
	b = append(append(append(b, '<'), strings.Repeat("0", 2*s.Reserve)...), '>')
	u.buf = append(b, ">>\nendobj\n"...)
	return byteRange, contents
}

// references says what the signature permits and locks (ISO 32000-1 tables
// 253, 254 and 256). The final lock is FieldMDP with the action All: readers
// enforce it, and 32000-1 knows no DocMDP on an approval signature.
func (u *update) references(s Stamp) (out Array) {
	if s.Certify != 0 {
		out = append(out, Dict{"Type": Name("SigRef"), "TransformMethod": Name("DocMDP"),
			"TransformParams": Dict{"Type": Name("TransformParams"), "P": s.Certify, "V": Name("1.2")}})
	}
	if s.Lock != nil {
		params := s.Lock.dict("TransformParams")
		params["V"] = Name("1.2")
		out = append(out, Dict{"Type": Name("SigRef"), "TransformMethod": Name("FieldMDP"),
			"Data": u.v.trailer()["Root"], "TransformParams": params})
	}
	return out
}

func (l Lock) dict(kind Name) Dict {
	d := Dict{"Type": kind, "Action": Name(l.Action)}
	if l.Action != "All" {
		names := make(Array, 0, len(l.Fields))
		for _, f := range l.Fields {
			names = append(names, Text(f))
		}
		d["Fields"] = names
	}
	if l.P != 0 && kind == "SigFieldLock" { // FieldMDP has no such entry
		d["P"] = l.P
	}
	return d
}

// certify names the certification in the catalog's /Perms: without it readers
// see none (facts/pdf.md 2).
func (u *update) certify(raw rawDict, catalog Dict, signature Ref) (rawDict, error) {
	b, err := appendObject(nil, signature)
	if err != nil {
		return nil, err
	}
	switch perms := catalog["Perms"].(type) {
	case nil:
		return raw.set("Perms", fmt.Appendf(nil, "<</DocMDP %s>>", b)), nil
	case Dict:
		inner, err := parseRawDict(raw.get("Perms"), u.v.d.lim.Depth)
		if err != nil {
			return nil, err
		}
		return raw.set("Perms", inner.set("DocMDP", b).bytes()), nil
	case Ref:
		inner, err := u.edit(perms)
		if err != nil {
			return nil, err
		}
		u.replace(perms, inner.set("DocMDP", b))
		return raw, nil
	}
	return nil, broken(u.v.d.src.size, "/Perms is not a dictionary")
}
