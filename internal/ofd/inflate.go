// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bufio"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Read returns the inflated octets of an entry, at most Limits.Read of them.
// The caller must not change them.
func (p *Package) Read(name string) ([]byte, error) { return p.read(name, p.lim.Read) }

func (p *Package) read(name string, most int64) ([]byte, error) {
	if b, ok := p.cache[name]; ok {
		return b, nil
	}
	e, ok := p.Entry(name)
	switch {
	case !ok || e.Folder:
		return nil, brokenIn(name, 0, "no such file in the package")
	case e.Size > most:
		return nil, tooMuchIn(name, 0, "%d octets", e.Size)
	}
	b := make([]byte, 0, min(e.Size, 1<<20)) // the size is a claim: grow with what really comes
	w := writerFunc(func(piece []byte) (int, error) {
		b = append(b, piece...)
		return len(piece), nil
	})
	if err := p.Copy(context.Background(), w, name); err != nil {
		return nil, err
	}
	if p.cached+int64(len(b)) > p.lim.Cache {
		p.cache, p.cached = map[string][]byte{}, 0
	}
	if int64(len(b)) <= p.lim.Cache {
		p.cache[name] = b
		p.cached += int64(len(b))
	}
	return b, nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// Copy writes the inflated octets of an entry to w, in pieces. Size and
// checksum are checked: an entry that says another size than it has is a *Error.
func (p *Package) Copy(ctx context.Context, w io.Writer, name string) error {
	e, ok := p.Entry(name)
	if !ok || e.Folder {
		return brokenIn(name, 0, "no such file in the package")
	}
	if b, ok := p.cache[name]; ok {
		_, err := w.Write(b)
		return err
	}
	in := bufio.NewReaderSize(&fileReader{p: p, at: e.data, left: e.Compressed}, 32<<10)
	var src io.Reader = in
	if e.method == methodDeflated {
		if err := p.inflater.(flate.Resetter).Reset(in, nil); err != nil {
			return fmt.Errorf("inflate %q: %w", name, err)
		}
		src = p.inflater
	}
	if err := pour(ctx, w, src, e); err != nil {
		return err
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
		return brokenIn(name, int(e.Size), "octets behind the end of the compressed data")
	}
	return nil
}

// pour moves exactly the octets that the entry says it has.
func pour(ctx context.Context, w io.Writer, src io.Reader, e Entry) error {
	sum := crc32.NewIEEE()
	buf := make([]byte, 32<<10)
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		k, err := src.Read(buf)
		if n += int64(k); n > e.Size {
			return brokenIn(e.Name, int(e.Size), "more octets than the directory says")
		}
		sum.Write(buf[:k])
		if k > 0 {
			if _, werr := w.Write(buf[:k]); werr != nil {
				return werr
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var io *readError
			if errors.As(err, &io) {
				return io.err
			}
			return brokenIn(e.Name, int(n), "the compressed data are broken")
		}
	}
	switch {
	case n != e.Size:
		return brokenIn(e.Name, int(n), "%d octets, where the directory says %d", n, e.Size)
	case sum.Sum32() != e.crc:
		return brokenIn(e.Name, int(n), "the checksum does not agree")
	}
	return nil
}

// readError tells a file that cannot be read from data that are broken.
type readError struct{ err error }

func (r *readError) Error() string { return r.err.Error() }

// fileReader reads a piece of the file in order.
type fileReader struct {
	p        *Package
	at, left int64
}

func (f *fileReader) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n, err := f.p.r.ReadAt(b[:min(int64(len(b)), f.left)], f.at)
	f.at, f.left = f.at+int64(n), f.left-int64(n)
	if n > 0 {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return 0, &readError{fmt.Errorf("read OFD at octet %d: %w", f.at, err)}
}

// head returns the first octets of an entry, fewer when it is short or broken.
func (p *Package) head(name string, n int) ([]byte, error) {
	var b []byte
	enough := errors.New("enough")
	err := p.Copy(context.Background(), writerFunc(func(piece []byte) (int, error) {
		b = append(b, piece[:min(len(piece), n-len(b))]...)
		if len(b) == n {
			return 0, enough
		}
		return len(piece), nil
	}), name)
	if errors.Is(err, enough) {
		err = nil
	}
	return b, ignoreFault(err)
}

// ignoreFault passes on only errors that are not the package's.
func ignoreFault(err error) error {
	var fault *Error
	if errors.As(err, &fault) {
		return nil
	}
	return err
}
