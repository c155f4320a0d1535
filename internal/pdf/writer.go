// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"sync"

	"github.com/govseal/govseal/internal/gm"
)

// Writer writes a new file from its first octet: objects in any order, then
// Close with a classic cross-reference table. The same calls give the same
// octets. The first error sticks and is returned by Close.
type Writer struct {
	w    io.Writer
	hash *gm.Hash
	pos  int64
	at   []int64 // offset of each object by number; 0 is unused
	err  error
}

// NewWriter begins a file of the given version, "1.7" for instance.
func NewWriter(w io.Writer, version string) *Writer {
	p := &Writer{w: w, hash: gm.NewSM3(), at: make([]int64, 1)}
	// Four octets above 127 tell transfer programs that the file is binary
	// (ISO 32000-1 7.5.2).
	p.write([]byte("%PDF-" + version + "\n%\xe2\xe3\xcf\xd3\n"))
	return p
}

// Alloc returns the next free object number, to be referred to before it is
// written.
func (p *Writer) Alloc() Ref {
	p.at = append(p.at, 0)
	return Ref{Num: len(p.at) - 1}
}

// WriteObject writes o, which must not be a stream, as the object ref.
func (p *Writer) WriteObject(ref Ref, o Object) {
	b, err := appendIndirect(nil, ref, o)
	p.place(ref, b, err)
}

// Add allocates a number and writes o.
func (p *Writer) Add(o Object) Ref {
	ref := p.Alloc()
	p.WriteObject(ref, o)
	return ref
}

// WriteStream writes data as the stream ref, compressed with FlateDecode.
// Length and Filter are set here; dict itself is not changed.
func (p *Writer) WriteStream(ref Ref, dict Dict, data []byte) {
	b, err := appendFlate(nil, ref, dict, data)
	p.place(ref, b, err)
}

// AddStream allocates a number and writes data as a compressed stream.
func (p *Writer) AddStream(dict Dict, data []byte) Ref {
	ref := p.Alloc()
	p.WriteStream(ref, dict, data)
	return ref
}

// WriteStreamRaw writes data as it is, encoded as dict says (Filter, if any,
// is the caller's); only Length is set here.
func (p *Writer) WriteStreamRaw(ref Ref, dict Dict, data []byte) {
	b, err := appendStream(nil, ref, dict, data)
	p.place(ref, b, err)
}

// Close writes the cross-reference table and the trailer. info may be the
// zero Ref. The /ID is derived from the octets written.
func (p *Writer) Close(root, info Ref) error {
	start := p.pos
	b := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(p.at))
	for n, at := range p.at[1:] {
		if at == 0 && p.err == nil {
			p.err = fmt.Errorf("write PDF: object %d was allocated but not written", n+1)
		}
		b = fmt.Appendf(b, "%010d 00000 n \n", at)
	}
	sum := p.hash.Digest()
	id := Raw(fmt.Sprintf("<%X>", sum[:16]))
	trailer := Dict{"Size": len(p.at), "Root": root, "ID": Array{id, id}}
	if info != (Ref{}) {
		trailer["Info"] = info
	}
	b = append(b, "trailer\n"...)
	b, err := appendDict(b, trailer)
	if err != nil && p.err == nil {
		p.err = err
	}
	p.write(fmt.Appendf(b, "\nstartxref\n%d\n%%%%EOF\n", start))
	return p.err
}

func (p *Writer) place(ref Ref, b []byte, err error) {
	switch {
	case p.err != nil:
	case err != nil:
		p.err = err
	case ref.Num <= 0 || ref.Num >= len(p.at) || ref.Gen != 0 || p.at[ref.Num] != 0:
		p.err = fmt.Errorf("write PDF: object %d %d was not allocated here or is written twice", ref.Num, ref.Gen)
	default:
		p.at[ref.Num] = p.pos
		p.write(b)
	}
}

func (p *Writer) write(b []byte) {
	if p.err != nil {
		return
	}
	p.hash.Write(b)
	n, err := p.w.Write(b)
	p.pos += int64(n)
	p.err = err
}

func appendIndirect(b []byte, ref Ref, o Object) ([]byte, error) {
	b = fmt.Appendf(b, "%d %d obj\n", ref.Num, ref.Gen)
	b, err := appendObject(b, o)
	return append(b, "\nendobj\n"...), err
}

func appendStream(b []byte, ref Ref, dict Dict, data []byte) ([]byte, error) {
	d := Dict{}
	for k, v := range dict {
		d[k] = v
	}
	d["Length"] = len(data)
	b = fmt.Appendf(b, "%d %d obj\n", ref.Num, ref.Gen)
	b, err := appendDict(b, d)
	b = append(append(b, "\nstream\n"...), data...)
	return append(b, "\nendstream\nendobj\n"...), err
}

func appendFlate(b []byte, ref Ref, dict Dict, data []byte) ([]byte, error) {
	packed, err := deflate(data)
	if err != nil {
		return b, err
	}
	return appendDeflated(b, ref, dict, packed)
}

// compressors are kept: each takes 0.8 MB to set up, for the few octets of a
// strip at a page's edge.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

func deflate(data []byte) ([]byte, error) {
	var z bytes.Buffer
	w := compressors.Get().(*zlib.Writer)
	defer compressors.Put(w)
	w.Reset(&z)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return z.Bytes(), nil
}

func appendDeflated(b []byte, ref Ref, dict Dict, packed []byte) ([]byte, error) {
	d := Dict{}
	for k, v := range dict {
		d[k] = v
	}
	d["Filter"] = Name("FlateDecode")
	return appendStream(b, ref, d, packed)
}
