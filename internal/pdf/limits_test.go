// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/pdf"
)

// hostile are files that have killed other readers (facts/pdf.md 9).
func hostile() map[string]func() []byte {
	catalog := func(v string, n int, end string) func() []byte {
		return func() []byte { return catalogWith(v, n, end) }
	}
	return map[string]func() []byte{
		"deep-array":  catalog("[", 2_000_000, strings.Repeat("]", 2_000_000)),
		"deep-dict":   catalog("<</A", 2_000_000, ""),
		"deep-string": catalog("(", 2_000_000, ""),
		"long-array":  catalog("[0 0 0 0 0 0 0 0 ", 1, strings.Repeat("0 ", 8_000_000)+"]"),
		"long-name":   catalog("/x", 1, strings.Repeat("x", 2_000_000)),
		"flate-bomb":  func() []byte { return bomb("/FlateDecode", flate(strings.Repeat("\x00", 1<<20), 512)) },
		"twice-bomb": func() []byte {
			return bomb("[/FlateDecode/FlateDecode]", flate(flate(strings.Repeat("\x00", 1<<20), 512), 1))
		},
		"run-bomb":      func() []byte { return bomb("/RunLengthDecode", strings.Repeat("\x81\x00", 4<<20)) },
		"lzw-bomb":      func() []byte { return bomb("/LZWDecode", lzwZeros(3000)) },
		"many-filters":  func() []byte { return bomb("["+strings.Repeat("/ASCIIHexDecode", 100)+"]", "00>") },
		"filter-in-own": func() []byte { return bomb(" 6 0 R", "x") },
		"nested-bodies": nestedBodies,
		"hex-bomb": func() []byte {
			return bomb("[/FlateDecode/ASCIIHexDecode]", flate(strings.Repeat("0", 1<<20), 512))
		},
		"85-bomb": func() []byte {
			return bomb("[/FlateDecode/ASCII85Decode]", flate(strings.Repeat("z", 1<<20), 256))
		},
		"predictor-bomb": func() []byte {
			return bomb("/FlateDecode/DecodeParms<</Predictor 12/Columns 1>>", flate(strings.Repeat("\x02\x00", 1<<19), 512))
		},
		"predictor-wide": func() []byte {
			return bomb("/FlateDecode/DecodeParms<</Predictor 15/Columns 2147483647/Colors 32/BitsPerComponent 16>>", flate("\x02\x00", 1))
		},
		"100000-pages": func() []byte { return newFile().table(pagesOf(100_000, plainPages)).b },
		"prev-negative": func() []byte {
			f := newFile()
			f.trailer += "/Prev -1"
			return f.table(simple("")).b
		},
		"prev-circle": func() []byte {
			f := newFile().table(simple(""))
			first := f.prev
			f.prev = int64(len(f.b)) + int64(len("4 0 obj\n(x)\nendobj\n"))
			return bytes.Replace(f.table(objects{4: "(x)"}).b, []byte(fmt.Sprintf("/Prev %d", first)), []byte(fmt.Sprintf("/Prev %d", f.prev)), 1)
		},
	}
}

func catalogWith(v string, n int, end string) []byte {
	o := simple("")
	o[1] = "<</Type/Catalog/Pages 2 0 R/X " + strings.Repeat(v, n) + end + ">>"
	return newFile().table(o).b
}

// bomb is a file whose catalog lies in an object stream of these data.
func bomb(filters, data string) []byte {
	o := simple("")
	o[5] = stm("/Type/ObjStm/N 1/First 4/Filter"+filters, data)
	f := newFile()
	f.table(o)
	return append(f.b, xrefTo5(f)...)
}

func flate(s string, times int) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	for range times {
		w.Write([]byte(s))
	}
	w.Close()
	return z.String()
}

// lzwZeros is LZW data of zeros that grow by one octet a code, over and over.
func lzwZeros(rounds int) string {
	var out []byte
	var acc uint64
	var n uint
	put := func(code, width int) {
		acc, n = acc<<width|uint64(code), n+uint(width)
		for ; n >= 8; n -= 8 {
			out = append(out, byte(acc>>(n-8)))
		}
	}
	for range rounds {
		put(256, 9)
		put(0, 9)
		for next := 258; next < 4094; next++ {
			width := 9
			for next+1 >= 1<<width {
				width++
			}
			put(next, width)
		}
		// The widest codes stay in force until the next clear.
		acc, n = acc<<12|256, n+12
		for ; n >= 8; n -= 8 {
			out = append(out, byte(acc>>(n-8)))
		}
	}
	return string(out)
}

// xrefTo5 is a cross-reference stream that puts objects 6 and 7 into object
// stream 5, and makes 6 the catalog.
func xrefTo5(f *file) []byte {
	f.trailer = "/Root 6 0 R"
	at := len(f.b)
	data := row(2, 5, 0) + row(2, 5, 1) + row(1, at, 0)
	b := fmt.Appendf(nil, "8 0 obj\n%s\nendobj\n", stm(fmt.Sprintf("/Type/XRef/W[1 4 2]/Index[6 3]/Size 9/Prev %d%s", f.prev, f.trailer), data))
	return fmt.Appendf(b, "startxref\n%d\n%%%%EOF\n", at)
}

// nestedBodies has each object in a string of the one before, so that every
// object is as long as the rest of the file.
func nestedBodies() []byte {
	f := newFile()
	f.b = append(f.b, "1 0 obj\n<</Type/Catalog/Pages 2 0 R/X 3 0 R>>\nendobj\n"...)
	at := []int64{int64(bytes.Index(f.b, []byte("1 0 obj"))), int64(len(f.b))}
	f.b = append(f.b, "2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"...)
	for n := 3; n < 3000; n++ {
		at = append(at, int64(len(f.b)))
		f.b = fmt.Appendf(f.b, "%d 0 obj\n[%d 0 R %d 0 R(\n", n, n+1, n+2)
	}
	f.b = append(f.b, bytes.Repeat([]byte("x"), 1<<20)...)
	for n := 2999; n > 2; n-- {
		f.b = append(f.b, ")]\nendobj\n"...)
	}
	start := int64(len(f.b))
	f.b = fmt.Appendf(f.b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		f.b = fmt.Appendf(f.b, "%010d 00000 n \n", a)
	}
	f.size = len(at) + 1
	return f.end(start, "").b
}

// TestHostileFilesStayWithinLimits reads each in a process of its own: what
// is feared (a stack overflow, no more memory) no test survives.
func TestHostileFilesStayWithinLimits(t *testing.T) {
	if name := os.Getenv("GOVSEAL_HOSTILE"); name != "" {
		hostileChild(t, name)
		return
	}
	names := []string{"own__deep_array_2M.pdf", "own__xs_bomb.pdf"}
	for name := range hostile() {
		names = append(names, name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if strings.HasSuffix(name, ".pdf") {
				samples(t)
			}
			c := exec.Command(os.Args[0], "-test.run=^TestHostileFilesStayWithinLimits$", "-test.timeout=60s")
			c.Env = append(os.Environ(), "GOVSEAL_HOSTILE="+name)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %.2000s", err, out)
			}
		})
	}
}

func hostileChild(t *testing.T, name string) {
	debug.SetMemoryLimit(256 << 20)
	var b []byte
	if make := hostile()[name]; make != nil {
		b = make()
	} else {
		b = sample(t, name)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	_, _, err := readAll(b)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	var bad *pdf.Error
	if !errors.As(err, &bad) {
		t.Errorf("error %v, want a *pdf.Error", err)
	}
	// Two seconds by the samples' index; the machine may be busy.
	if took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if grown := int64(after.Sys) - int64(before.Sys); grown > 256<<20 {
		t.Errorf("took %d MiB", grown>>20)
	}
	fmt.Fprintf(os.Stderr, "%s: %v, %v\n", name, took, err)
}

func TestLimitsAreCounted(t *testing.T) {
	sound := newFile().stream(objects{4: "null"}, func() objects { o := simple(""); delete(o, 4); return o }()).
		stream(objects{4: "(x)"}, nil).b
	for name, lim := range map[string]pdf.Limits{
		"size": {Size: 10}, "objects": {Objects: 3}, "sections": {Sections: 1}, "decoded": {Decoded: 10}, "pages": {Pages: 0, Depth: 1},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := pdf.Open(bytes.NewReader(sound), int64(len(sound)), lim)
			if err == nil {
				_, err = d.PageCount()
			}
			var bad *pdf.Error
			if !errors.As(err, &bad) || !bad.Limit {
				t.Errorf("got %v, want a limit", err)
			}
		})
	}
	if d, err := open(sound); err != nil {
		t.Error(err)
	} else if n, err := d.PageCount(); n != 1 || err != nil {
		t.Errorf("%d pages, %v", n, err)
	}
}
