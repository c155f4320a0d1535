// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilters puts catalog and pages into an object stream that is encoded
// in every way, and has qpdf read the same files.
func TestFilters(t *testing.T) {
	plain := "1 0 2 31 <</Type/Catalog/Pages 2 0 R>>   <</Type/Pages/Kids[3 0 R]/Count 1>>"
	plain += strings.Repeat(" ", 96-len(plain)) // whole rows for the predictors
	const first = 9
	for name, c := range map[string]struct{ filter, data string }{
		"none":          {"", plain},
		"hex":           {"/Filter/ASCIIHexDecode", strings.ToUpper(hex.EncodeToString([]byte(plain))) + " >"},
		"85":            {"/Filter/ASCII85Decode", to85(plain) + "~>"},
		"run length":    {"/Filter/RunLengthDecode", toRuns(plain)},
		"flate":         {"/Filter/FlateDecode", flate(plain, 1)},
		"lzw":           {"/Filter/LZWDecode", toLZW(plain, 1)},
		"lzw late":      {"/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", toLZW(plain, 0)},
		"hex and flate": {"/Filter[/ASCIIHexDecode/FlateDecode]", hex.EncodeToString([]byte(flate(plain, 1))) + ">"},
		"png none":      {predicted(10), flate(toPNG(plain, 0), 1)},
		"png sub":       {predicted(11), flate(toPNG(plain, 1), 1)},
		"png up":        {predicted(12), flate(toPNG(plain, 2), 1)},
		"png average":   {predicted(13), flate(toPNG(plain, 3), 1)},
		"png paeth":     {predicted(14), flate(toPNG(plain, 4), 1)},
		"tiff":          {predicted(2), flate(toPNG(plain, -1), 1)},
	} {
		t.Run(name, func(t *testing.T) {
			objs := simple("")
			delete(objs, 1)
			delete(objs, 2)
			objs[5] = stm(fmt.Sprintf("/Type/ObjStm/N 2/First %d%s", first, c.filter), c.data)
			f := newFile()
			at := f.write(objs)
			self := len(f.b)
			data := row(0, 0, 65535) + row(2, 5, 0) + row(2, 5, 1)
			for n := 3; n < 6; n++ {
				data += row(1, int(at[n]), 0)
			}
			data += row(1, self, 0)
			f.b = fmt.Appendf(f.b, "6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", stm("/Type/XRef/W[1 4 2]/Size 7/Root 1 0 R", data), self)
			d, err := open(f.b)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := d.PageCount(); n != 1 || err != nil {
				t.Errorf("%d pages, %v", n, err)
			}
			in := filepath.Join(t.TempDir(), "in.pdf")
			if err := os.WriteFile(in, f.b, 0o600); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(c.filter, "EarlyChange") {
				return
			}
			if out, ok := run(t, "qpdf", "--check", in); ok && strings.Contains(out, "WARNING") {
				t.Error(out)
			}
		})
	}
}

func predicted(predictor int) string {
	return fmt.Sprintf("/Filter/FlateDecode/DecodeParms<</Predictor %d/Columns 8/Colors 3>>", predictor)
}

func to85(s string) string {
	var b bytes.Buffer
	w := ascii85.NewEncoder(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func toRuns(s string) string {
	var b []byte
	for i := 0; i < len(s); {
		n := 1
		for i+n < len(s) && s[i+n] == s[i] && n < 128 {
			n++
		}
		if n > 1 {
			b = append(b, byte(257-n), s[i])
		} else {
			b = append(b, 0, s[i])
		}
		i += n
	}
	return string(append(b, 128))
}

// toLZW is a plain encoder with a map for its table.
func toLZW(s string, early int) string {
	var out []byte
	var acc uint64
	var n uint
	width := uint(9)
	put := func(code int) {
		acc, n = acc<<width|uint64(code), n+width
		for ; n >= 8; n -= 8 {
			out = append(out, byte(acc>>(n-8)))
		}
	}
	table := map[string]int{}
	for i := range 256 {
		table[string([]byte{byte(i)})] = i
	}
	next := 258
	put(256)
	w := ""
	for i := range len(s) {
		c := s[i : i+1]
		if _, ok := table[w+c]; ok {
			w += c
			continue
		}
		put(table[w])
		table[w+c] = next
		next++
		if next+early > 1<<width {
			width++
		}
		w = c
	}
	put(table[w])
	put(257)
	if n > 0 {
		out = append(out, byte(acc<<(8-n)))
	}
	return string(out)
}

// toPNG encodes rows of 24 octets, 3 to a pixel; filter -1 is TIFF's.
func toPNG(s string, filter int) string {
	var out []byte
	prev := make([]byte, 24)
	for r := 0; r < len(s); r += 24 {
		row := []byte(s[r : r+24])
		if filter >= 0 {
			out = append(out, byte(filter))
		}
		for i, c := range row {
			var a, b, d int
			if i >= 3 {
				a, d = int(row[i-3]), int(prev[i-3])
			}
			b = int(prev[i])
			switch filter {
			case 1, -1:
				c -= byte(a)
			case 2:
				c -= byte(b)
			case 3:
				c -= byte((a + b) / 2)
			case 4:
				p := a + b - d
				pa, pb, pd := max(p-a, a-p), max(p-b, b-p), max(p-d, d-p)
				switch {
				case pa <= pb && pa <= pd:
					c -= byte(a)
				case pb <= pd:
					c -= byte(b)
				default:
					c -= byte(d)
				}
			}
			out = append(out, c)
		}
		prev = row
	}
	return string(out)
}

func TestLongLZW(t *testing.T) {
	// Long enough to widen codes to 12 bits.
	body := "<</Type/Catalog/Pages 2 0 R/X("
	for i := range 3000 {
		body += fmt.Sprint(i * 7919 % 1000)
	}
	body += ")>>"
	for early := range 2 {
		objs := simple("")
		delete(objs, 1)
		objs[5] = stm(fmt.Sprintf("/Type/ObjStm/N 1/First 4/Filter/LZWDecode/DecodeParms<</EarlyChange %d>>", early), toLZW("1 0 "+body, early))
		f := newFile()
		f.trailer = "/Root 1 0 R"
		at := f.write(objs)
		self := len(f.b)
		data := row(0, 0, 65535) + row(2, 5, 0)
		for n := 2; n < 6; n++ {
			data += row(1, int(at[n]), 0)
		}
		f.b = fmt.Appendf(f.b, "6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", stm("/Type/XRef/W[1 4 2]/Size 7/Root 1 0 R", data+row(1, self, 0)), self)
		d, err := open(f.b)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := d.PageCount(); n != 1 || err != nil {
			t.Errorf("early change %d: %d pages, %v", early, n, err)
		}
	}
}
