// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// file builds small PDFs revision by revision, each with the kind of
// cross-reference that the test asks for.
type file struct {
	b       []byte
	size    int   // next free object number
	prev    int64 // offset of the newest section, 0 for none
	base    int64 // offset of the header
	trailer string
	gens    map[int]int
}

func newFile() *file {
	return &file{b: []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), size: 1, trailer: "/Root 1 0 R", gens: map[int]int{}}
}

func from(b []byte) *file {
	f := &file{b: append(bytes.Clone(b), '\n'), trailer: "/Root 1 0 R", gens: map[int]int{}}
	i := bytes.LastIndex(b, []byte("startxref"))
	fmt.Sscan(string(b[i+9:]), &f.prev)
	i = bytes.LastIndex(b, []byte("/Size"))
	digits := b[i+5:]
	for digits[0] == ' ' {
		digits = digits[1:]
	}
	for ; digits[0] >= '0' && digits[0] <= '9'; digits = digits[1:] {
		f.size = 10*f.size + int(digits[0]-'0')
	}
	return f
}

type objects map[int]string

func stm(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

func (f *file) write(objs objects) map[int]int64 {
	at := map[int]int64{}
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		f.size = max(f.size, n+1)
		if objs[n] == "" {
			continue // free
		}
		at[n] = int64(len(f.b)) - f.base
		f.b = fmt.Appendf(f.b, "%d %d obj\n%s\nendobj\n", n, f.gens[n], objs[n])
	}
	return at
}

func (f *file) rows(objs objects, at map[int]int64) {
	for _, n := range slices.Sorted(maps.Keys(objs)) {
		kind := "n"
		if objs[n] == "" {
			kind = "f"
		}
		f.b = fmt.Appendf(f.b, "%d 1\n%010d %05d %s \n", n, at[n], f.gens[n], kind)
	}
}

func (f *file) end(start int64, extra string) *file {
	if f.prev != 0 {
		extra += fmt.Sprintf("/Prev %d", f.prev)
	}
	f.b = fmt.Appendf(f.b, "trailer\n<<%s/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n", f.trailer, f.size, extra, start)
	f.prev = start
	return f
}

// table adds a revision with a classic table. An empty body frees the object.
func (f *file) table(objs objects) *file {
	at := f.write(objs)
	start := int64(len(f.b)) - f.base
	f.b = append(f.b, "xref\n"...)
	if f.prev == 0 {
		f.b = append(f.b, "0 1\n0000000000 65535 f \n"...)
	}
	f.rows(objs, at)
	return f.end(start, "")
}

// pack puts objects into one object stream and returns its body.
func pack(objs objects) string {
	var head, body strings.Builder
	nums := slices.Sorted(maps.Keys(objs))
	for _, n := range nums {
		fmt.Fprintf(&head, "%d %d ", n, body.Len())
		body.WriteString(objs[n] + "\n")
	}
	return stm(fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(nums), head.Len()), head.String()+body.String())
}

func row(kind, a, b int) string {
	return string([]byte{byte(kind), byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a), byte(b >> 8), byte(b)})
}

// stream adds a revision with a cross-reference stream; packed objects go
// into an object stream.
func (f *file) stream(objs, packed objects) *file {
	f.xrefStream(objs, packed)
	start := f.prev
	f.b = fmt.Appendf(f.b, "startxref\n%d\n%%%%EOF\n", start)
	return f
}

func (f *file) xrefStream(objs, packed objects) {
	objs = maps.Clone(objs)
	for n := range packed {
		f.size = max(f.size, n+1)
	}
	for n := range objs {
		f.size = max(f.size, n+1)
	}
	rows := map[int]string{}
	if len(packed) > 0 {
		container := f.size
		objs[container] = pack(packed)
		for i, n := range slices.Sorted(maps.Keys(packed)) {
			rows[n] = row(2, container, i)
		}
	}
	at := f.write(objs)
	for n := range objs {
		rows[n] = row(1, int(at[n]), f.gens[n])
		if objs[n] == "" {
			rows[n] = row(0, 0, f.gens[n])
		}
	}
	self := f.size
	f.size++
	start := int64(len(f.b)) - f.base
	rows[self] = row(1, int(start), 0)
	var index, data string
	if f.prev == 0 {
		rows[0] = row(0, 0, 65535)
	}
	for _, n := range slices.Sorted(maps.Keys(rows)) {
		index += fmt.Sprintf("%d 1 ", n)
		data += rows[n]
	}
	dict := fmt.Sprintf("/Type/XRef/W[1 4 2]/Index[%s]/Size %d%s", index, f.size, f.trailer)
	if f.prev != 0 {
		dict += fmt.Sprintf("/Prev %d", f.prev)
	}
	f.b = fmt.Appendf(f.b, "%d 0 obj\n%s\nendobj\n", self, stm(dict, data))
	f.prev = start
}

// hybrid adds a revision whose packed objects only a reader of
// cross-reference streams finds.
func (f *file) hybrid(objs, packed objects) *file {
	prev := f.prev
	for n := range objs {
		f.size = max(f.size, n+1)
	}
	f.xrefStream(objects{}, packed)
	hidden := f.prev
	f.prev = prev
	at := f.write(objs)
	start := int64(len(f.b)) - f.base
	f.b = append(f.b, "xref\n"...)
	if f.prev == 0 {
		f.b = append(f.b, "0 1\n0000000000 65535 f \n"...)
	}
	f.rows(objs, at)
	return f.end(start, fmt.Sprintf("/XRefStm %d", hidden))
}

// simple is a one-page document: catalog 1, pages 2, page 3, content 4.
func simple(page string) objects {
	return objects{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R" + page + ">>",
		4: stm("", "0.9 0.9 0.6 rg 0 0 2000 2000 re f 0 0 0 RG 100 100 300 300 re S 0 0 1 rg 0 0 50 50 re f"),
	}
}
