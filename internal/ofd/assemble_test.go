// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

// large has entries on both sides of what is worth a range.
func large(t testing.TB) []byte {
	t.Helper()
	noise := make([]byte, 200_000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	return simple(2).set("Doc_0/Res/qr.png", string(noise)).set("Doc_0/Res/font.ttf", string(noise[:100_000])).bytes(t)
}

// An assembled package is octet for octet what Write writes, read from
// wherever, and holds little of the old one.
func TestAssembleIsWrite(t *testing.T) {
	in := large(t)
	spec := sealSpec()
	spec.Whole = &ofd.Whole{Creator: "test"}
	pr, err := mustOpen(t, in).Prepare(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if _, err := pr.Write(&want, []byte("value"), []byte("whole")); err != nil {
		t.Fatal(err)
	}
	a, err := pr.Assemble([]byte("value"), []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Octets(); err != nil || !bytes.Equal(got, want.Bytes()) || a.Size() != int64(want.Len()) {
		t.Fatalf("%d octets, want %d, %v", len(got), want.Len(), err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		from, n := random.IntN(want.Len()), random.IntN(100_000)
		got := make([]byte, n)
		read, err := a.ReadAt(got, int64(from))
		if end := min(want.Len(), from+n); !bytes.Equal(got[:read], want.Bytes()[from:end]) || (err == nil) != (from+n <= want.Len()) {
			t.Fatalf("%d octets at %d: %d, %v", n, from, read, err)
		}
	}
	if _, err := a.ReadAt(make([]byte, 1), a.Size()); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
	if _, err := a.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("before the beginning")
	}
	p, err := ofd.Open(a, a.Size(), ofd.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if s := signatures(t, p); len(s) != 1 || states(t, p, &s[0])[ofd.StateMatch] != len(s[0].References) {
		t.Errorf("signatures %+v", s)
	}
}

// A package that cannot be read any more is an error, not other octets.
func TestAssembleNeedsTheOldPackage(t *testing.T) {
	in := large(t)
	gone := &goneReader{r: bytes.NewReader(in)}
	p, err := ofd.Open(gone, int64(len(in)), ofd.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	pr, err := p.Prepare(context.Background(), sealSpec())
	if err != nil {
		t.Fatal(err)
	}
	a, err := pr.Assemble([]byte("value"), nil)
	if err != nil {
		t.Fatal(err)
	}
	gone.gone = true
	if _, err := a.Octets(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

type goneReader struct {
	r    io.ReaderAt
	gone bool
}

func (g *goneReader) ReadAt(b []byte, off int64) (int, error) {
	if g.gone {
		return 0, io.ErrClosedPipe
	}
	return g.r.ReadAt(b, off)
}

// Digests are inherited for the same stored octets only.
func TestInherit(t *testing.T) {
	ctx := context.Background()
	in := large(t)
	old := mustOpen(t, in)
	if err := old.Warm(ctx); err != nil {
		t.Fatal(err)
	}
	signed := sign(t, in, sealSpec())
	for name, change := range map[string]func([]byte) []byte{
		"as signed":         func(b []byte) []byte { return b },
		"a picture changed": func(b []byte) []byte { return unpack(t, b).set("Doc_0/Res/qr.png", "another picture").bytes(t) },
		"a page changed": func(b []byte) []byte {
			return unpack(t, b).set("Doc_0/Pages/Page_1/Content.xml", pageXML("另一页")).bytes(t)
		},
	} {
		octets := change(signed)
		heir, plain := mustOpen(t, octets), mustOpen(t, octets)
		if err := heir.Inherit(ctx, old); err != nil {
			t.Fatal(err)
		}
		for _, e := range plain.Entries() {
			want, err := plain.Digest(ctx, e.Name, ofd.DigestSM3)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := heir.Digest(ctx, e.Name, ofd.DigestSM3); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s has digest %x, want %x, %v", name, e.Name, got, want, err)
			}
		}
		s := signatures(t, heir)
		if got := states(t, heir, &s[0])[ofd.StateMismatch]; (got > 0) != (name != "as signed") {
			t.Errorf("%s: %d files changed", name, got)
		}
	}
}
