// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"fmt"
	"time"
)

// dates brings a PDF/A file's dates of modification up to date: those of the
// document information and of the metadata must agree there (ISO 19005-1
// 6.7.3), so both change or none. Other files keep theirs: nothing asks for a
// new one, and every object left alone is one less for readers to compare.
func (u *update) dates(at time.Time) error {
	catalog, err := u.v.catalog()
	if err != nil || at.IsZero() {
		return err
	}
	part, err := u.v.archivePartOf(catalog)
	if err != nil || part == 0 {
		return err
	}
	packet, ref, err := u.v.packet(catalog)
	if err != nil {
		return err
	}
	modified := xmpValues(packet, "xmp:ModifyDate")
	if u.v.entry(ref.Num).kind != entryAt || len(modified) != 1 {
		return nil
	}
	// The zone is part of both spellings, and the seconds are whole.
	packet = replaceSpans(packet, modified, at.Format("2006-01-02T15:04:05-07:00"))
	if err := u.replaceMetadata(ref, packet); err != nil {
		return err
	}
	info, ok := u.v.trailer()["Info"].(Ref)
	if !ok {
		return nil
	}
	dict, err := u.v.dict(info, "/Info")
	if err != nil || dict["ModDate"] == nil {
		return err
	}
	r, err := u.edit(info)
	if err != nil {
		return err
	}
	b, err := appendObject(nil, String(formatDate(at)))
	if err != nil {
		return err
	}
	u.replace(info, r.set("ModDate", b))
	return nil
}

// replaceMetadata writes the packet without a filter, which PDF/A-1 demands.
func (u *update) replaceMetadata(ref Ref, packet []byte) error {
	r, err := u.edit(ref)
	if err != nil {
		return err
	}
	r = r.without("Filter", "DecodeParms", "DL").set("Length", fmt.Append(nil, len(packet)))
	u.begin(ref)
	u.buf = fmt.Appendf(u.buf, "%d %d obj\n%s\nstream\n", ref.Num, ref.Gen, r.bytes())
	u.buf = append(append(u.buf, packet...), "\nendstream\nendobj\n"...)
	return nil
}
