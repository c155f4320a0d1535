// SPDX-License-Identifier: Apache-2.0

package pdf

import "fmt"

// ParseObject reads one object from b and says how many octets it took.
func ParseObject(b []byte) (Object, int, error) {
	p := newParser(lexBytes(b), 64)
	o, err := p.object()
	return o, int(p.pos), err
}

// Serialise writes an object that ParseObject read; streams have no form.
func Serialise(o Object) ([]byte, error) { return appendObject(nil, o) }

// Respell cuts a dictionary and puts it together again.
func Respell(b []byte) ([]byte, error) {
	r, err := parseRawDict(b, 64)
	if err != nil {
		return nil, err
	}
	return r.bytes(), nil
}

// Same compares two objects as Changes does.
func Same(a, b Object) bool {
	same, err := (&Document{}).equal(a, b)
	if err != nil {
		panic(fmt.Sprint(err))
	}
	return same
}

// ParseDate and FormatDate are date strings.
var (
	ParseDate  = parseDate
	FormatDate = formatDate
)

// ParseCMap reads a ToUnicode CMap.
func ParseCMap(b []byte) map[int]string { return parseCMap(b, 64) }
