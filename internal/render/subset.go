// SPDX-License-Identifier: Apache-2.0

package render

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/pdf"
)

var be = binary.BigEndian

// subset builds a TrueType file that holds .notdef and one glyph for each of
// the characters, in order: the tables that a CIDFontType2 needs and no others
// (ISO 32000-1 9.9). Our faces have neither hints nor composite glyphs, so a
// glyph can be moved to another number as it stands.
func subset(face *glyph.Face, used []rune) ([]byte, error) {
	tables, err := subsetTables(face, used)
	if err != nil {
		return nil, err
	}
	return assemble(tables), nil
}

func subsetTables(face *glyph.Face, used []rune) (ttf, error) {
	tables, err := readTables(face.Data())
	if err != nil {
		return nil, err
	}
	n := len(used) + 1
	var glyf, loca, hmtx []byte
	for i := range n {
		old := uint16(0)
		if i > 0 {
			old, _ = face.Index(used[i-1])
		}
		outline, err := tables.glyph(old)
		if err != nil {
			return nil, err
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, tables.metric(old)...)
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))

	head, hhea, maxp := slices.Clone(tables["head"]), slices.Clone(tables["hhea"]), slices.Clone(tables["maxp"])
	be.PutUint32(head[8:], 0)          // checkSumAdjustment, set below
	be.PutUint16(head[50:], 1)         // long loca
	be.PutUint16(hhea[34:], uint16(n)) // numberOfHMetrics
	be.PutUint16(maxp[4:], uint16(n))  // numGlyphs
	return ttf{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp}, nil
}

// ttf is the tables of a TrueType file by tag.
type ttf map[string][]byte

// readTables reads the table directory and checks what subset relies on.
func readTables(file []byte) (ttf, error) {
	tables := ttf{}
	if len(file) < 12 {
		return nil, errors.New("font is too short")
	}
	for i := range int(be.Uint16(file[4:])) {
		at := 12 + 16*i
		if at+16 > len(file) {
			return nil, errors.New("font directory is too short")
		}
		from, size := uint64(be.Uint32(file[at+8:])), uint64(be.Uint32(file[at+12:]))
		if from+size > uint64(len(file)) {
			return nil, errors.New("font table is out of bounds")
		}
		tables[string(file[at:at+4])] = file[from : from+size]
	}
	for tag, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 32, "hmtx": 4, "loca": 4, "glyf": 1} {
		if len(tables[tag]) < least {
			return nil, fmt.Errorf("font table %s is missing or too short", tag)
		}
	}
	return tables, nil
}

// glyph returns the outline of a glyph, empty for a space.
func (t ttf) glyph(gid uint16) ([]byte, error) {
	loca, i := t["loca"], int(gid)
	var from, to int
	if be.Uint16(t["head"][50:]) == 0 {
		if 2*i+4 > len(loca) {
			return nil, fmt.Errorf("glyph %d is out of bounds", gid)
		}
		from, to = 2*int(be.Uint16(loca[2*i:])), 2*int(be.Uint16(loca[2*i+2:]))
	} else {
		if 4*i+8 > len(loca) {
			return nil, fmt.Errorf("glyph %d is out of bounds", gid)
		}
		from, to = int(be.Uint32(loca[4*i:])), int(be.Uint32(loca[4*i+4:]))
	}
	if from > to || to > len(t["glyf"]) {
		return nil, fmt.Errorf("glyph %d is out of bounds", gid)
	}
	outline := t["glyf"][from:to]
	if len(outline) >= 2 && int16(be.Uint16(outline)) < 0 {
		return nil, fmt.Errorf("glyph %d is a composite", gid)
	}
	return outline, nil
}

// metric returns advance and left side bearing.
func (t ttf) metric(gid uint16) []byte {
	hmtx, full := t["hmtx"], int(be.Uint16(t["hhea"][34:]))
	if i := int(gid); i < full && 4*i+4 <= len(hmtx) {
		return hmtx[4*i : 4*i+4]
	}
	// Behind the full entries stand side bearings alone, all with the last advance.
	at := 4*full + 2*(int(gid)-full)
	if full == 0 || at+2 > len(hmtx) {
		return []byte{0, 0, 0, 0}
	}
	return []byte{hmtx[4*full-4], hmtx[4*full-3], hmtx[at], hmtx[at+1]}
}

// boundingBox is that of the face, from the head table of a file that subset
// wrote: its second table, behind glyf.
func boundingBox(file []byte) pdf.Array {
	head := file[be.Uint32(file[12+16+8:]):]
	var box pdf.Array
	for i := range 4 {
		box = append(box, int(int16(be.Uint16(head[36+2*i:]))))
	}
	return box
}

// assemble writes directory and tables, with all checksums.
func assemble(tables ttf) []byte {
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	power := bits.Len(uint(len(tags))) - 1 // entrySelector; searchRange and rangeShift follow from it
	out := []byte{0, 1, 0, 0, 0, byte(len(tags)), 0, byte(16 << power), 0, byte(power), 0, byte(16*len(tags) - 16<<power)}
	at := len(out) + 16*len(tags)
	headAt := 0
	var body []byte
	for _, tag := range tags {
		data := tables[tag]
		if tag == "head" {
			headAt = at + len(body)
		}
		out = append(out, tag...)
		out = be.AppendUint32(out, checksum(data))
		out = be.AppendUint32(out, uint32(at+len(body)))
		out = be.AppendUint32(out, uint32(len(data)))
		body = append(body, data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	be.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) uint32 {
	var total uint32
	for ; len(data) >= 4; data = data[4:] {
		total += be.Uint32(data)
	}
	var rest [4]byte
	copy(rest[:], data)
	return total + be.Uint32(rest[:])
}
