// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/verify"
)

// central returns the offset of an entry's record in the directory.
func central(t testing.TB, raw []byte, name string) int {
	t.Helper()
	for at := 0; ; at++ {
		i := bytes.Index(raw[at:], []byte("PK\x01\x02"))
		if i < 0 {
			t.Fatalf("no directory record of %s", name)
		}
		if at += i; bytes.HasPrefix(raw[at+46:], []byte(name)) {
			return at
		}
	}
}

// declared is a container with one more entry that says it is that large.
func declared(t testing.TB, p parcel, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "Doc_0/bomb.xml", Method: zip.Deflate, CompressedSize64: 10_000, UncompressedSize64: size})
	if err == nil {
		_, err = w.Write(make([]byte, 10_000))
	}
	for _, e := range p {
		if err == nil {
			w, err = z.Create(e.name)
		}
		if err == nil {
			_, err = io.WriteString(w, e.data)
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every container that is broken or costs too much is said to be so, soon.
func TestOFDHostileContainers(t *testing.T) {
	h := newHouse(t)
	sealed := unpack(t, h.stampOFD(paper(1).pack(t), ofdSpec{}))
	raw := sealed.pack(t)
	patched := func(edit func(b []byte)) []byte {
		b := bytes.Clone(raw)
		edit(b)
		return b
	}
	many := slices.Clone(sealed)
	for i := range 100_000 - len(sealed) {
		many = append(many, item{fmt.Sprintf("x/%d", i), ""})
	}
	format, limit := []verify.Code{verify.CodeFormatFailure}, []verify.Code{verify.CodeOverLimit}
	for name, c := range map[string]struct {
		raw   []byte
		want  verify.Verdict
		codes []verify.Code
	}{
		"no end record":              {raw[:len(raw)-22], verify.Invalid, format},
		"half of it":                 {raw[:len(raw)/2], verify.Invalid, format},
		"100,000 entries":            {many.pack(t), verify.Indeterminate, limit},
		"10 GB declared in 10 kB":    {declared(t, sealed, 10<<30), verify.Indeterminate, limit},
		"200 MB declared in 10 kB":   {declared(t, sealed, 200<<20), verify.Indeterminate, limit},
		"a small lie about the size": {declared(t, sealed, 20_000), verify.Indeterminate, []verify.Code{verify.CodeHiddenEntry}},
		"100 MB of zeros":            {sealed.with("Doc_0/x.xml", strings.Repeat("\x00", 100<<20)).pack(t), verify.Indeterminate, limit},
		"overlapping entries": {patched(func(b []byte) {
			copy(b[central(t, b, page0)+42:][:4], b[central(t, b, "Doc_0/Document.xml")+42:][:4])
		}), verify.Invalid, format},
		"an encrypted entry": {patched(func(b []byte) {
			at := central(t, b, page0)
			b[at+8] |= 1
			b[binary.LittleEndian.Uint32(b[at+42:])+6] |= 1
		}), verify.Invalid, format},
		"a wrong checksum": {patched(func(b []byte) { b[central(t, b, page0)+16] ^= 1 }), verify.Invalid, format},
		// What lies outside of the entries is shown by no reader, and reported.
		"octets before the header": {append([]byte("MZ, and more"), raw...), verify.Valid, nil},
		"octets behind the end":    {append(bytes.Clone(raw), "trailer"...), verify.Valid, nil},
		"not an OFD at all":        {parcel{{"a.txt", "a"}}.pack(t), verify.Invalid, format},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r := examine(t, document(c.raw), h.withMaterial())
			want(t, r, c.want, c.codes...)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if c.want == verify.Valid && !slices.ContainsFunc(r.Document.Findings, func(f verify.Finding) bool { return f.Code == verify.CodeTolerated }) {
				t.Error("nothing is said of it")
			}
		})
	}
}

// XML that no writer makes, in a file that no signature covers.
func TestOFDHostileXML(t *testing.T) {
	h := newHouse(t)
	open := unpack(t, h.stampOFD(paper(1).pack(t), open("OFD.xml")))
	root := func(old, repl string) parcel { return open.swap(t, "OFD.xml", old, repl) }
	format := []verify.Code{verify.CodeFormatFailure}
	for name, a := range map[string]attack{
		"as signed":                  {open, verify.Indeterminate, []verify.Code{verify.CodeUncoveredContent}},
		"a doctype":                  {root("<ofd:OFD ", `<!DOCTYPE OFD><ofd:OFD `), verify.Invalid, format},
		"an entity":                  {root("<ofd:DocID>1", "<ofd:DocID>&x;"), verify.Invalid, format},
		"deep nesting":               {root("<ofd:DocID>1", "<ofd:DocID>"+strings.Repeat("<a>", 200_000)), verify.Indeterminate, []verify.Code{verify.CodeOverLimit}},
		"100 MB of text":             {root("<ofd:DocID>1", "<ofd:DocID>"+strings.Repeat("text", 25<<20)), verify.Indeterminate, []verify.Code{verify.CodeOverLimit}},
		"an attribute twice":         {root(`DocType="OFD"`, `DocType="OFD" DocType="OFD"`), verify.Invalid, format},
		"another namespace":          {root("http://www.ofdspec.org/2016", "http://example.org/"), verify.Invalid, format},
		"no namespace":               {root(` `+xmlns, ``), verify.Invalid, format},
		"an element open":            {root("</ofd:OFD>", ""), verify.Invalid, format},
		"DocRoot twice":              {root("</ofd:DocRoot>", "</ofd:DocRoot><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>"), verify.Invalid, format},
		"DocRoot out of the package": {root("Doc_0/Document.xml</ofd:DocRoot>", "../Document.xml</ofd:DocRoot>"), verify.Invalid, format},
		"no DocBody":                 {open.with("OFD.xml", `<ofd:OFD `+xmlns+` DocType="OFD" Version="1.1"/>`), verify.Invalid, format},
		"nothing":                    {open.with("OFD.xml", ""), verify.Invalid, format},
		"the list is broken":         {open.with(listXML, "<a"), verify.Invalid, format},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			want(t, examine(t, document(a.p.pack(t)), h.withMaterial()), a.want, a.codes...)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// A context that ends is an error, not a report.
func TestOFDContextEnds(t *testing.T) {
	h := newHouse(t)
	raw := h.stampOFD(paper(1).pack(t), ofdSpec{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := verify.Verify(ctx, document(raw), h.withMaterial()); err == nil {
		t.Errorf("report %+v", r)
	}
	broken := verify.Document{ReaderAt: brokenReader{raw}, Size: int64(len(raw))}
	if r, err := verify.Verify(context.Background(), broken, h.withMaterial()); err == nil {
		t.Errorf("a file that cannot be read: %+v", r.Verdict)
	}
}

// brokenReader fails in the middle of the file.
type brokenReader struct{ raw []byte }

func (b brokenReader) ReadAt(p []byte, at int64) (int, error) {
	if at > 0 && at < int64(len(b.raw))/2 {
		return 0, io.ErrClosedPipe
	}
	return bytes.NewReader(b.raw).ReadAt(p, at)
}
