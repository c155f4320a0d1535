// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bufio"
	"errors"
	"io"
)

const maxRow = 16 << 20 // octets of one row of samples

// predictor undoes the PNG and TIFF predictors (ISO 32000-1 7.4.4.4).
func predictor(r io.Reader, p Dict, at int64, v *view) (io.Reader, error) {
	var parm [4]int64
	for i, k := range []struct {
		name Name
		def  int64
	}{{"Predictor", 1}, {"Columns", 1}, {"Colors", 1}, {"BitsPerComponent", 8}} {
		n, err := intParm(p, k.name, k.def, v)
		if err != nil || n < 1 || n > maxRow {
			return nil, broken(at, "/%s of a predictor is out of range", string(k.name))
		}
		parm[i] = n
	}
	kind, columns, colors, bits := parm[0], parm[1], parm[2], parm[3]
	if kind == 1 {
		return r, nil
	}
	if colors > 32 || bits > 16 || bits&(bits-1) != 0 || columns*colors*bits/8 > maxRow {
		return nil, broken(at, "the parameters of a predictor are out of range")
	}
	row := int((columns*colors*bits + 7) / 8)
	pixel := int(max(1, colors*bits/8))
	switch {
	case kind >= 10 && kind <= 15:
		return &rows{r: bufio.NewReader(r), tagged: true, pixel: pixel, row: make([]byte, row), prev: make([]byte, row)}, nil
	case kind == 2 && bits == 8:
		return &rows{r: bufio.NewReader(r), pixel: pixel, row: make([]byte, row), prev: make([]byte, row)}, nil
	}
	return nil, broken(at, "predictor %d with %d bits is not for reading here", kind, bits)
}

// rows undoes a predictor row by row. PNG rows are tagged with their filter;
// a TIFF row is one of PNG's Sub kind without tag.
type rows struct {
	r         *bufio.Reader
	tagged    bool
	pixel     int
	row, prev []byte
	out       []byte
}

func (p *rows) Read(b []byte) (int, error) {
	if len(p.out) == 0 {
		if err := p.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	return n, nil
}

func (p *rows) next() error {
	tag := byte(1)
	if p.tagged {
		var err error
		if tag, err = p.r.ReadByte(); err != nil {
			return err // io.EOF between rows is the end
		}
	}
	p.row, p.prev = p.prev, p.row
	n, err := io.ReadFull(p.r, p.row)
	if n == 0 && !p.tagged && err == io.EOF {
		return io.EOF
	}
	if err != nil {
		return noEOF(err)
	}
	if tag > 4 {
		return errors.New("predictor: unknown row filter")
	}
	for i := range p.row {
		var left, corner byte
		if i >= p.pixel {
			left, corner = p.row[i-p.pixel], p.prev[i-p.pixel]
		}
		up := p.prev[i]
		switch tag {
		case 1:
			p.row[i] += left
		case 2:
			p.row[i] += up
		case 3:
			p.row[i] += byte((int(left) + int(up)) / 2)
		case 4:
			p.row[i] += paeth(left, up, corner)
		}
	}
	p.out = p.row
	return nil
}

// paeth is the predictor of PNG (ISO/IEC 15948, 9.4).
func paeth(a, b, c byte) byte {
	abs := func(n int) int {
		if n < 0 {
			return -n
		}
		return n
	}
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}
