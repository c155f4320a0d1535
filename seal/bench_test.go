// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/seal"
)

// fastOffice gives the evidence that the bench wants: made once.
type fastOffice struct {
	seal.Authority
	chain, crls [][]byte
}

func (o *fastOffice) Evidence(context.Context, []byte) (chain, crls [][]byte, err error) {
	return o.chain, o.crls, nil
}

func benchHouse(b *testing.B) (*house, *seal.Service) {
	h := newHouse(b)
	chain, crls, err := h.office.Evidence(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	return h, h.start(func(c *seal.Config) { c.Authority = &fastOffice{h.office, chain, crls} })
}

// BenchmarkOwnCrypto is what a digest stamp cannot do without: the seal's
// signature and its check before release, the time-stamp authority's likewise,
// and the check of the token received.
func BenchmarkOwnCrypto(b *testing.B) {
	key, err := gm.GenerateKey()
	if err != nil {
		b.Fatal(err)
	}
	tbs := make([]byte, 20<<10) // a TBS_Sign holds the whole seal
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			_, err1 := gm.SignMessage(key, tbs)
			sig, err2 := gm.Sign(key, [32]byte{1})
			if err1 != nil || err2 != nil || !gm.Verify(&key.PublicKey, [32]byte{1}, sig) {
				b.Fatal(err1, err2)
			}
		}
	})
}

func BenchmarkStampDigest(b *testing.B) {
	h, s := benchHouse(b)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := s.StampDigest(ctx, h.request(h.seals[0], fmt.Sprint(rand.Uint64())), [32]byte{1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// largePDF has one page and an image of so many octets that do not compress.
func largePDF(b *testing.B, size int) []byte {
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	noise := make([]byte, size)
	random := rand.NewChaCha8([32]byte{})
	_, _ = io.ReadFull(random, noise)
	img := w.Alloc()
	w.WriteStreamRaw(img, pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": 1024, "Height": size / 1024,
		"ColorSpace": pdf.Name("DeviceGray"), "BitsPerComponent": 8}, noise)
	tree := w.Alloc()
	page := w.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": pdf.Array{0, 0, 595, 842},
		"Resources": pdf.Dict{"XObject": pdf.Dict{"I": img}}})
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree}), pdf.Ref{}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkSM3(b *testing.B) {
	content := make([]byte, 20<<20)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		gm.SM3(content)
	}
}

func BenchmarkStampPDF(b *testing.B) {
	for _, size := range []int{200 << 10, 20 << 20} {
		b.Run(fmt.Sprintf("%dk", size>>10), func(b *testing.B) {
			h, _ := benchHouse(b)
			s := h.start(func(c *seal.Config) { c.Blobs = discard{} })
			document := largePDF(b, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.StampPDF(ctx, h.request(h.seals[0], fmt.Sprint(rand.Uint64())), document); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// discard hashes and forgets: the disk is not what is measured.
type discard struct{}

func (discard) Put(_ context.Context, content []byte) ([32]byte, error) { return gm.SM3(content), nil }

func (discard) PutAs(context.Context, [32]byte, []byte) error { return nil }

func (discard) Open(context.Context, [32]byte) (io.ReadSeekCloser, error) {
	return nil, seal.ErrNotFound
}

// BenchmarkCityDigest is a durable, ledgered stamp: SQLite, real CA, key store.
func BenchmarkCityDigest(b *testing.B) {
	c := newCity(b)
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := c.StampDigest(ctx, c.request(0, fmt.Sprint(rand.Uint64())), [32]byte{1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
