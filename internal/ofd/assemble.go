// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Assembled is a signed package: new octets, and ranges of the package that
// was signed, which stay where they lie. A large document is not in memory a
// second time. It is good as long as the old package can be read.
type Assembled struct {
	old   io.ReaderAt
	parts []part
	size  int64
}

// part is a piece of an assembled package.
type part struct {
	at     int64 // in the assembled package
	octets []byte
	old    int64 // where octets is nil: offset in the old package
	n      int64
}

// worthRange is from how many octets on an entry is not copied.
const worthRange = 16 << 10

// Assemble is Write without a copy of the entries that stay.
func (pr *Prepared) Assemble(signedValue, wholeValue []byte) (*Assembled, error) {
	a := &Assembled{old: pr.p.r}
	if _, err := pr.write(a, a, signedValue, wholeValue); err != nil {
		return nil, err
	}
	return a, nil
}

// Write takes octets of the package as they come.
func (a *Assembled) Write(b []byte) (int, error) {
	if n := len(a.parts); n == 0 || a.parts[n-1].octets == nil {
		a.parts = append(a.parts, part{at: a.size, octets: []byte{}})
	}
	last := &a.parts[len(a.parts)-1]
	last.octets = append(last.octets, b...)
	last.n += int64(len(b))
	a.size += int64(len(b))
	return len(b), nil
}

// refer takes a range of the old package as the next octets.
func (a *Assembled) refer(at, n int64) {
	a.parts = append(a.parts, part{at: a.size, old: at, n: n})
	a.size += n
}

// Size is that of the whole package, in octets.
func (a *Assembled) Size() int64 { return a.size }

// Reader reads the package.
func (a *Assembled) Reader() *io.SectionReader { return io.NewSectionReader(a, 0, a.size) }

// ReadAt implements io.ReaderAt.
func (a *Assembled) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("ofd: negative offset")
	}
	for i := a.partAt(off); n < len(b) && i < len(a.parts); i++ {
		p := &a.parts[i]
		from := off + int64(n) - p.at
		want := b[n:min(int64(len(b)), int64(n)+p.n-from)]
		if p.octets != nil {
			n += copy(want, p.octets[from:])
			continue
		}
		got, err := a.old.ReadAt(want, p.old+from)
		if n += got; got < len(want) {
			return n, fmt.Errorf("ofd: read the package that was signed: %w", err)
		}
	}
	if n < len(b) {
		err = io.EOF
	}
	return n, err
}

// partAt is the index of the part that holds an offset.
func (a *Assembled) partAt(off int64) int {
	i, _ := slices.BinarySearchFunc(a.parts, off, func(p part, off int64) int { return cmp.Compare(p.at+p.n-1, off) })
	return i
}

// Octets is the package in memory.
func (a *Assembled) Octets() ([]byte, error) {
	all := make([]byte, a.size)
	_, err := io.ReadFull(a.Reader(), all)
	return all, err
}

// Inherit takes digests over from a package in which they are known: of
// entries whose stored octets, method, size and checksum are the same, octet
// for octet, which it compares. Inflating and hashing them again would say the
// same.
func (p *Package) Inherit(ctx context.Context, old *Package) error {
	for key, d := range old.digests {
		was, known := old.Entry(key.entry)
		is, kept := p.Entry(key.entry)
		if !known || !kept || d.fault != nil || is.method != was.method || is.crc != was.crc ||
			is.Size != was.Size || is.Compressed != was.Compressed {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		same, err := sameOctets(io.NewSectionReader(p.r, is.data, is.Compressed), io.NewSectionReader(old.r, was.data, was.Compressed))
		if err != nil {
			return err
		}
		if same {
			p.digests[key] = digestValue{value: slices.Clone(d.value)}
		}
	}
	return nil
}

// sameOctets compares what two readers of the same length give.
func sameOctets(a, b io.Reader) (bool, error) {
	one, two := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(a, one)
		m, errB := io.ReadFull(b, two)
		if n != m || !bytes.Equal(one[:n], two[:m]) {
			return false, nil
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("ofd: compare entries: %w", err)
		case errB != nil:
			return false, fmt.Errorf("ofd: compare entries: %w", errB)
		}
	}
}

// Warm computes the SM3 of every entry that a new signature lists, so that
// Prepare need not.
func (p *Package) Warm(ctx context.Context) error {
	for _, e := range p.entries {
		if e.Folder {
			continue
		}
		var fault *Error
		if _, err := p.Digest(ctx, e.Name, DigestSM3); err != nil && !errors.As(err, &fault) {
			return err // what is wrong with an entry is said where it is used
		}
	}
	return nil
}
