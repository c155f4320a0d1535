// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"context"
	"fmt"
	"strings"
)

// PrepareTimeStamp lays out a document time-stamp (ISO 32000-2 12.8.5) over
// the whole file: a new field that shows nothing, on the first page. reserve
// octets are kept for the token. No certification and no lock forbids it
// (facts/pdf.md 6.1). The error is a *Refusal for a file that must not be
// continued.
func (d *Document) PrepareTimeStamp(ctx context.Context, reserve int) (*Prepared, error) {
	if d.Encrypted() {
		return nil, refusal(ErrEncrypted)
	}
	if reserve <= 0 || reserve > maxReserve {
		return nil, fmt.Errorf("prepare PDF: %d octets cannot be kept for Contents", reserve)
	}
	p, err := d.prepareTimeStamp(ctx, reserve)
	if err != nil {
		return nil, refusal(err)
	}
	return p, nil
}

func (d *Document) prepareTimeStamp(ctx context.Context, reserve int) (*Prepared, error) {
	if err := d.checkEntries(); err != nil {
		return nil, err
	}
	name, err := d.timeStampName()
	if err != nil {
		return nil, err
	}
	pages, err := d.newest().pages()
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, broken(d.src.size, "no page")
	}
	state, err := d.hash(ctx, nil)
	if err != nil {
		return nil, err
	}
	p := &Prepared{d: d, reserve: reserve, field: name, boxes: []Box{{Page: 1}}, input: state.Digest()}
	if err := p.layOutTimeStamp(pages[0].ref); err != nil {
		return nil, err
	}
	state.Write(p.update[:p.contents])
	state.Write(p.update[p.contents+2*p.reserve+2:])
	p.digest = state.Digest()
	return p, nil
}

// timeStampName is a free field name.
func (d *Document) timeStampName() (string, error) {
	fields, err := d.newest().fields()
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, f := range fields {
		first, _, _ := strings.Cut(f.name, ".")
		taken[first] = true
	}
	for i := 1; ; i++ {
		if name := fmt.Sprintf("DocTimeStamp%d", i); !taken[name] {
			return name, nil
		}
	}
}

func (p *Prepared) layOutTimeStamp(page Ref) error {
	u, err := p.d.newUpdate()
	if err != nil {
		return err
	}
	value := u.alloc()
	field := u.add(Dict{"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Sig"), "T": Text(p.field),
		"V": value, "P": page, "Rect": Array{0, 0, 0, 0}, "F": 132})
	if err := u.addToPage(page, []Ref{field}); err != nil {
		return err
	}
	if err := u.updateCatalog(field, Ref{}); err != nil {
		return err
	}
	u.begin(value)
	b := fmt.Appendf(u.buf, "%d %d obj\n<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange ", value.Num, value.Gen)
	byteRange := len(b)
	b = append(b, strings.Repeat(" ", byteRangeWidth)...)
	b = append(b, "/Contents "...)
	contents := len(b)
	b = append(append(append(b, '<'), strings.Repeat("0", 2*p.reserve)...), '>')
	u.buf = append(b, ">>\nendobj\n"...)
	if err := u.finish(p.input[:16]); err != nil {
		return err
	}
	p.update, p.contents = u.buf, contents
	from := u.start + int64(contents)
	to := from + int64(2*p.reserve+2)
	end := u.start + int64(len(u.buf))
	copy(p.update[byteRange:byteRange+byteRangeWidth], fmt.Sprintf("[0 %d %d %d]", from, to, end-to))
	return nil
}
