// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
)

// big is a 20 MB document of 40 pages with an image each.
var big = sync.OnceValue(func() []byte {
	noise := rand.NewChaCha8([32]byte{1})
	var b bytes.Buffer
	w := pdf.NewWriter(&b, "1.7")
	pages := w.Alloc()
	var kids pdf.Array
	for range 40 {
		pixels := make([]byte, 500<<10)
		noise.Read(pixels)
		img := w.Alloc()
		w.WriteStreamRaw(img, pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": 800, "Height": 640,
			"ColorSpace": pdf.Name("DeviceGray"), "BitsPerComponent": 8}, pixels)
		body := w.AddStream(nil, []byte("q 500 0 0 400 40 300 cm /I Do Q"))
		kids = append(kids, w.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": pdf.Array{0, 0, 595, 842},
			"Contents": body, "Resources": pdf.Dict{"XObject": pdf.Dict{"I": img}}}))
	}
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": len(kids)})
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages}), pdf.Ref{}); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// BenchmarkHash20MB is what the other two are measured against.
func BenchmarkHash20MB(b *testing.B) {
	doc := big()
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		gm.SM3(doc)
	}
}

func BenchmarkSeal20MB(b *testing.B) {
	doc := big()
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := open(doc)
		if err != nil {
			b.Fatal(err)
		}
		p, err := d.Prepare(context.Background(), stampAt(1, 100, 200))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Write(io.Discard, []byte{0x30, 0}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify20MB(b *testing.B) {
	doc := seal(b, big(), stampAt(1, 100, 200))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := open(doc)
		if err != nil {
			b.Fatal(err)
		}
		sigs, err := d.Signatures()
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Digest(context.Background(), &sigs[0], gm.NewSM3()); err != nil {
			b.Fatal(err)
		}
		if _, err := d.Changes(context.Background(), &sigs[0]); err != nil {
			b.Fatal(err)
		}
		if _, err := d.Appearance(&sigs[0]); err != nil {
			b.Fatal(err)
		}
	}
}
