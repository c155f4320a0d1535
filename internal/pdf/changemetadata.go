// SPDX-License-Identifier: Apache-2.0

package pdf

import "bytes"

const maxMetadata = 1 << 20

// dated are the places of an XMP packet that Acrobat writes anew with each
// signature: dates and the instance's identifier, as element or attribute.
var dated = []string{"xmp:ModifyDate", "xmp:MetadataDate", "xmpMM:InstanceID"}

// metadata permits new dates in the catalog's metadata stream, nothing else.
func (c *comparison) metadata() error {
	a, err := c.a.catalog()
	if err != nil {
		return err
	}
	b, err := c.b.catalog()
	if err != nil {
		return err
	}
	same, err := c.d.equal(a["Metadata"], b["Metadata"])
	if err != nil {
		return err
	}
	if r, ok := b["Metadata"].(Ref); same && (!ok || !c.modified[r.Num] && !c.removed[r.Num]) {
		return nil
	}
	x, err := c.a.resolve(a["Metadata"])
	if err != nil {
		return err
	}
	y, num, err := c.follow(c.b, b["Metadata"], edge{c.root(), "Metadata"})
	if err != nil {
		return err
	}
	old, ok1 := x.(*Stream)
	now, ok2 := y.(*Stream)
	if ok1 && ok2 {
		before, err1 := c.d.decode(old, maxMetadata, &c.a)
		after, err2 := c.d.decode(now, maxMetadata, &c.b)
		if err1 == nil && err2 == nil && bytes.Equal(undated(before), undated(after)) {
			c.report(LevelLTA, ChangeInfo, num, "dates in the metadata")
			return nil
		}
	}
	c.other(ChangeCatalog, num, "catalog /Metadata")
	return nil
}

// undated blanks the dates; the padding at the end of a packet may shift.
func undated(b []byte) []byte {
	return bytes.Join(bytes.Fields(replaceSpans(b, xmpValues(b, dated...), "")), []byte{' '})
}
