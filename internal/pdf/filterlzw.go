// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bufio"
	"errors"
	"io"
)

const (
	lzwClear = 256
	lzwEnd   = 257
	lzwMax   = 4096
)

// lzw decodes LZWDecode (ISO 32000-1 7.4.4). The standard library's compress/
// lzw widens its codes one step later than PDF's default, hence our own.
type lzw struct {
	r      *bufio.Reader
	early  int
	bits   uint32
	nbits  uint
	width  uint
	next   int // code that the next table entry gets
	prev   int // previous code, -1 after a clear
	prefix [lzwMax]uint16
	suffix [lzwMax]byte
	buf    [lzwMax]byte
	out    []byte // decoded and not yet read
	done   bool
}

func newLZW(r io.Reader, early int) *lzw {
	z := &lzw{r: bufio.NewReader(r), early: early}
	z.reset()
	return z
}

func (z *lzw) reset() { z.width, z.next, z.prev = 9, 258, -1 }

func (z *lzw) Read(b []byte) (int, error) {
	for len(z.out) == 0 {
		if z.done {
			return 0, io.EOF
		}
		if err := z.step(); err != nil {
			return 0, err
		}
	}
	n := copy(b, z.out)
	z.out = z.out[n:]
	return n, nil
}

func (z *lzw) code() (int, error) {
	for z.nbits < z.width {
		c, err := z.r.ReadByte()
		if err != nil {
			return 0, noEOF(err)
		}
		z.bits = z.bits<<8 | uint32(c)
		z.nbits += 8
	}
	z.nbits -= z.width
	return int(z.bits >> z.nbits & (1<<z.width - 1)), nil
}

func (z *lzw) step() error {
	c, err := z.code()
	switch {
	case err != nil:
		return err
	case c == lzwClear:
		z.reset()
		return nil
	case c == lzwEnd:
		z.done = true
		return nil
	case z.prev < 0 && c > 255, c > z.next, c == z.next && z.next == lzwMax:
		return errors.New("LZWDecode: code out of range")
	}
	first := c
	i := len(z.buf)
	if c == z.next { // the entry being made just now: previous string and its first octet
		first = z.prev
		i--
	}
	for ; first > 255; first = int(z.prefix[first]) {
		i--
		z.buf[i] = z.suffix[first]
	}
	i--
	z.buf[i] = byte(first)
	if c == z.next {
		z.buf[len(z.buf)-1] = byte(first)
	}
	if z.prev >= 0 && z.next < lzwMax {
		z.prefix[z.next], z.suffix[z.next] = uint16(z.prev), byte(first)
		z.next++
	}
	z.prev = c
	z.out = z.buf[i:]
	if z.next+z.early >= 1<<z.width && z.width < 12 {
		z.width++
	}
	return nil
}
