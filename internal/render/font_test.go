// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/glyph"
	"github.com/govseal/govseal/internal/render"
)

func TestSubsetMovesOutlinesUnchanged(t *testing.T) {
	used := []rune("决定书Ａ1 〔2026〕　—…·㎡①")
	for _, face := range []*glyph.Face{glyph.Regular(), glyph.Bold()} {
		file, err := render.Subset(face, used)
		if err != nil {
			t.Fatal(err)
		}
		outlines, advances, sound, err := render.Outlines(file)
		if err != nil || !sound || len(outlines) != len(used)+1 {
			t.Fatalf("%s: %d glyphs, checksums right: %v, %v", face.Name(), len(outlines), sound, err)
		}
		for i, r := range used {
			want, err := render.FaceOutline(face, r)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimRight(outlines[i+1], "\x00"), bytes.TrimRight(want, "\x00")) {
				t.Errorf("%s %c has another outline", face.Name(), r)
			}
			if advances[i+1] != face.Advance(r) {
				t.Errorf("%s %c is %d wide, want %d", face.Name(), r, advances[i+1], face.Advance(r))
			}
		}
	}
}

// The writer relies on it: a composite would refer to glyphs by number.
func TestFacesHoldNoComposites(t *testing.T) {
	for _, face := range []*glyph.Face{glyph.Regular(), glyph.Bold()} {
		if outlines, _, _, err := render.Outlines(face.Data()); err != nil || len(outlines) < 7445 {
			t.Errorf("%s: %d glyphs, %v", face.Name(), len(outlines), err)
		}
	}
}

func TestToUnicode(t *testing.T) {
	used := []rune("示𠮷䶮")
	for range 150 {
		used = append(used, 'x')
	}
	cmap := string(render.ToUnicode(used))
	for _, want := range []string{"<0001> <793A>\n", "<0002> <D842DFB7>\n", "<0003> <4DAE>\n", "100 beginbfchar\n", "53 beginbfchar\n", "<0099> <0078>\n"} {
		if !strings.Contains(cmap, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestColourProfile(t *testing.T) {
	icc := render.SRGB()
	be := binary.BigEndian
	if int(be.Uint32(icc)) != len(icc) || string(icc[36:40]) != "acsp" || string(icc[12:24]) != "mntrRGB XYZ " {
		t.Fatalf("header: %x", icc[:40])
	}
	var white [3]float64
	for i := range int(be.Uint32(icc[128:])) {
		entry := icc[132+12*i:]
		at, size := int(be.Uint32(entry[4:])), int(be.Uint32(entry[8:]))
		if at%4 != 0 || at+size > len(icc) {
			t.Fatalf("tag %s lies at %d+%d", entry[:4], at, size)
		}
		switch tag := string(entry[:4]); tag {
		case "rXYZ", "gXYZ", "bXYZ":
			for k := range white {
				white[k] += float64(be.Uint32(icc[at+8+4*k:])) / 65536
			}
		case "rTRC", "gTRC", "bTRC":
			if n := be.Uint32(icc[at+8:]); n != 1024 || be.Uint16(icc[at+12:]) != 0 || be.Uint16(icc[at+12+2*1023:]) != 65535 {
				t.Errorf("%s: %d samples", tag, n)
			}
		}
	}
	for k, want := range []float64{0.9642, 1, 0.8249} {
		if d := white[k] - want; d > 0.001 || d < -0.001 {
			t.Errorf("the primaries add up to %v, not to the white point", white)
		}
	}
}
