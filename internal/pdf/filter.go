// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"
)

const maxFilters = 8

// decode returns the stream's data out of its filters, at most max octets.
// Without a view, filters and their parameters must be direct.
func (d *Document) decode(st *Stream, max int64, v *view) ([]byte, error) {
	r, err := d.filters(st, v)
	if err != nil {
		return nil, err
	}
	room := min(max, d.cost.decoded)
	data, err := io.ReadAll(io.LimitReader(r, room+1))
	d.cost.decoded -= int64(len(data))
	if int64(len(data)) > room {
		return nil, tooMuch(st.at, "the stream decodes to more than %d octets", room)
	}
	if err != nil {
		var b *Error
		if errors.As(err, &b) {
			return nil, err
		}
		return nil, broken(st.at, "stream data: %v", err)
	}
	return data, nil
}

// raw reads the stream's data as they stand in the file.
func (d *Document) raw(st *Stream) io.Reader { return io.NewSectionReader(d.src.r, st.at, st.size) }

func (d *Document) filters(st *Stream, v *view) (io.Reader, error) {
	names, err := direct(v, st.Dict["Filter"])
	if err != nil {
		return nil, err
	}
	parms, err := direct(v, st.Dict["DecodeParms"])
	if err != nil {
		return nil, err
	}
	if _, external := st.Dict["F"]; external {
		return nil, broken(st.at, "stream data in another file")
	}
	list, ok := names.(Array)
	if names != nil && !ok {
		list, parms = Array{names}, Array{parms}
	}
	plist, _ := parms.(Array)
	if len(list) > maxFilters {
		return nil, tooMuch(st.at, "more than %d filters", maxFilters)
	}
	r := d.raw(st)
	for i, o := range list {
		var p Object
		if i < len(plist) {
			p = plist[i]
		}
		if r, err = d.filter(r, st, o, p, v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func direct(v *view, o Object) (Object, error) {
	if _, ref := o.(Ref); !ref || v == nil {
		return o, nil
	}
	return v.resolve(o)
}

func (d *Document) filter(r io.Reader, st *Stream, name, parms Object, v *view) (io.Reader, error) {
	name, err := direct(v, name)
	if err != nil {
		return nil, err
	}
	if parms, err = direct(v, parms); err != nil {
		return nil, err
	}
	p, ok := parms.(Dict)
	if parms != nil && !ok {
		return nil, broken(st.at, "/DecodeParms is not a dictionary")
	}
	switch name {
	case Name("FlateDecode"):
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil, broken(st.at, "FlateDecode: %v", err)
		}
		return predictor(z, p, st.at, v)
	case Name("LZWDecode"):
		early, err := intParm(p, "EarlyChange", 1, v)
		if err != nil || early < 0 || early > 1 {
			return nil, broken(st.at, "LZWDecode: /EarlyChange is out of range")
		}
		return predictor(newLZW(r, int(early)), p, st.at, v)
	case Name("ASCIIHexDecode"):
		return &asciiHex{r: byteReader(r)}, nil
	case Name("ASCII85Decode"):
		return ascii85.NewDecoder(&ascii85End{r: byteReader(r)}), nil
	case Name("RunLengthDecode"):
		return &runLength{r: byteReader(r)}, nil
	}
	return nil, broken(st.at, "filter %s is not for reading here", fmt.Sprint(name))
}

func intParm(p Dict, key Name, def int64, v *view) (int64, error) {
	o, given := p[key]
	if !given {
		return def, nil
	}
	o, err := direct(v, o)
	if err != nil {
		return 0, err
	}
	n, ok := o.(int64)
	if !ok {
		return 0, errors.New("not an integer")
	}
	return n, nil
}
