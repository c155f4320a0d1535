// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"io"
	"maps"
	"slices"
)

// equal compares two objects as they stand: references by number, streams by
// dictionary and undecoded data. Other spellings of the same object are
// equal; the integer 1 and the real 1.0 are not.
func (d *Document) equal(a, b Object) (bool, error) {
	switch x := a.(type) {
	case Array:
		y, ok := b.(Array)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		for i := range x {
			if same, err := d.equal(x[i], y[i]); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case Dict:
		y, ok := b.(Dict)
		if !ok {
			return false, nil
		}
		keys, err := d.changedKeys(x, y)
		return len(keys) == 0, err
	case *Stream:
		y, ok := b.(*Stream)
		if !ok || x.size != y.size {
			return false, nil
		}
		if same, err := d.equal(x.Dict, y.Dict); !same || err != nil {
			return false, err
		}
		return x.at == y.at || sameOctets(d.raw(x), d.raw(y)), nil
	}
	switch b.(type) {
	case Array, Dict, *Stream:
		return false, nil
	}
	return a == b, nil
}

// changedKeys lists the keys whose values differ, in order.
func (d *Document) changedKeys(a, b Dict) ([]Name, error) {
	var out []Name
	for k, x := range a {
		y, ok := b[k]
		same, err := d.equal(x, y)
		if err != nil {
			return nil, err
		}
		if !ok || !same {
			out = append(out, k)
		}
	}
	for k := range maps.Keys(b) {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out, nil
}

func sameOctets(a, b io.Reader) bool {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err1 := io.ReadFull(a, x)
		m, err2 := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false
		}
		if err1 != nil || err2 != nil {
			done := func(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
			return done(err1) && done(err2)
		}
	}
}
