// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/pdf"
)

// FuzzOpen asks everything of any octets: no panic, no hang, and what can be
// sealed is sound afterwards.
func FuzzOpen(f *testing.F) {
	for _, b := range documents() {
		f.Add(b)
	}
	sealed := seal(f, newFile().table(rich()).b, stampAt(1, 10, 10))
	f.Add(sealed)
	f.Add(seal(f, sealed, stampAt(2, 10, 10)))
	f.Add(from(sealed).stream(objects{4: stm("", "x")}, objects{12: "<<>>"}).b)
	f.Fuzz(func(t *testing.T, b []byte) {
		start := time.Now()
		lim := pdf.Limits{Decoded: 8 << 20}
		d, err := pdf.Open(bytes.NewReader(b), int64(len(b)), lim)
		if err != nil {
			return
		}
		d.PageCount()
		d.Hazards()
		sigs, err := d.Signatures()
		if err == nil {
			for i := range sigs {
				d.Appearance(&sigs[i])
				d.Changes(context.Background(), &sigs[i])
			}
		}
		p, err := d.Prepare(context.Background(), stampAt(1, 1, 1))
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			return
		}
		var out bytes.Buffer
		if _, err := p.Write(&out, []byte{0x30, 0}); err != nil {
			t.Fatal(err)
		}
		check(t, out.Bytes(), p, []byte{0x30, 0})
	})
}

// FuzzUpdate replaces one object of a sealed document. Whatever it becomes,
// the pages that were signed cannot have changed without being told.
func FuzzUpdate(f *testing.F) {
	base := rich()
	sealed := seal(f, newFile().table(base).b, stampAt(1, 10, 10))
	for num, body := range base {
		f.Add(uint8(num), body)
	}
	f.Add(uint8(9), "<</Fields 10 0 R/SigFlags 3>>")
	f.Add(uint8(8), "[7 0 R 16 0 R 22 0 R 40 0 R]")
	f.Add(uint8(1), "<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R/DSS<</Certs[4 0 R]>>>>")
	f.Fuzz(func(t *testing.T, num uint8, body string) {
		if num == 0 || body == "" {
			return
		}
		sigs, changes, err := readAll(from(sealed).table(objects{int(num): body}).b)
		if err != nil {
			return
		}
		for i, s := range sigs {
			if s.Fields[0] != "Seal1" || len(s.Law) > 0 {
				continue
			}
			level := pdf.LevelNone
			for _, c := range changes[i] {
				level = max(level, c.Level)
			}
			drawn := num >= 2 && num <= 6 || num >= 11 && num <= 13
			before, _, _ := pdf.ParseObject([]byte(base[int(num)]))
			after, _, _ := pdf.ParseObject([]byte(body))
			if drawn && level < pdf.LevelForm && !pdf.Same(before, after) {
				t.Fatalf("object %d became %q, and the changes are %v", num, body, changes[i])
			}
		}
	})
}
