// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bufio"
	"errors"
	"io"
)

func byteReader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

// asciiHex decodes ASCIIHexDecode: hex digits and white space up to ">".
type asciiHex struct {
	r    *bufio.Reader
	done bool
}

func (a *asciiHex) Read(b []byte) (n int, err error) {
	for n < len(b) && !a.done {
		hi, err := a.digit()
		if err != nil {
			return n, err
		}
		if a.done {
			break
		}
		lo, err := a.digit()
		if err != nil {
			return n, err
		}
		b[n] = byte(hi<<4 | lo) // a missing last digit counts as 0
		n++
	}
	if n == 0 && a.done && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (a *asciiHex) digit() (int, error) {
	for !a.done {
		c, err := a.r.ReadByte()
		if err == io.EOF {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		if c == '>' {
			a.done = true
		} else if v := hexDigit(int(c)); v >= 0 {
			return v, nil
		} else if !isSpace(c) {
			return 0, errors.New("ASCIIHexDecode: not a hex digit")
		}
	}
	return 0, nil
}

// ascii85End hides the "~>" that ends ASCII85Decode, and what follows it.
type ascii85End struct {
	r    *bufio.Reader
	done bool
}

func (a *ascii85End) Read(b []byte) (n int, err error) {
	for n < len(b) && !a.done {
		c, err := a.r.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return n, err
		}
		if a.done = c == '~'; !a.done {
			b[n] = c
			n++
		}
	}
	if n == 0 && a.done && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// runLength decodes RunLengthDecode (ISO 32000-1 7.4.5).
type runLength struct {
	r      *bufio.Reader
	copies int // octets still to be copied from the source
	repeat int // octets still to be repeated
	value  byte
	done   bool
}

func (a *runLength) Read(b []byte) (n int, err error) {
	for n < len(b) && !a.done {
		c := a.value
		switch {
		case a.repeat > 0:
			a.repeat--
		case a.copies > 0:
			if c, err = a.r.ReadByte(); err != nil {
				return n, noEOF(err)
			}
			a.copies--
		default:
			if err := a.run(); err != nil {
				return n, err
			}
			continue
		}
		b[n] = c
		n++
	}
	if n == 0 && a.done && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (a *runLength) run() error {
	c, err := a.r.ReadByte()
	switch {
	case err != nil:
		return noEOF(err)
	case c == 128:
		a.done = true
	case c < 128:
		a.copies = int(c) + 1
	default:
		a.repeat = 257 - int(c)
		if a.value, err = a.r.ReadByte(); err != nil {
			return noEOF(err)
		}
	}
	return nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
