// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/glyph"
)

var plain = glyph.SealPicture{Name: "示例市行政审批局", Horizontal: "审批专用章", Serial: "9900000000001"}

func mustDraw(t testing.TB, p glyph.SealPicture) *image.NRGBA {
	t.Helper()
	picture, err := p.Draw()
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// at is the alpha at a place given in millimetres from the centre, y down.
func at(picture *image.NRGBA, diameter, x, y float64) uint8 {
	side := float64(picture.Bounds().Dx())
	return picture.NRGBAAt(int((x/diameter+0.5)*side), int((y/diameter+0.5)*side)).A
}

func TestInkAndGround(t *testing.T) {
	picture := mustDraw(t, plain)
	if b := picture.Bounds(); b != image.Rect(0, 0, 992, 992) {
		t.Fatalf("bounds %v, want 992 pixels: 42 mm at 600 dpi", b)
	}
	for name, tt := range map[string]struct {
		x, y float64
		want uint8
	}{
		"ring, right":           {20.4, 0, 255},
		"ring, top":             {0, -20.4, 255},
		"ring, lower left":      {-20.4 * math.Sqrt2 / 2, 20.4 * math.Sqrt2 / 2, 255},
		"corner":                {-20.9, -20.9, 0},
		"inside the ring":       {0, 19.6, 0},
		"star, centre":          {0, 0, 255},
		"star, top":             {0, -6.5, 255},
		"star, left arm":        {-6.2, -2.0, 255},
		"star, right foot":      {3.9, 5.4, 255},
		"between star's feet":   {0, 4.5, 0},
		"between star's arms":   {-4, -3.6, 0},
		"between star and name": {0, -10, 0},
	} {
		if got := at(picture, 42, tt.x, tt.y); got != tt.want {
			t.Errorf("%s: alpha %d, want %d", name, got, tt.want)
		}
	}
}

func TestEveryPixelIsRed(t *testing.T) {
	picture := mustDraw(t, plain)
	soft, inked := 0, 0
	for i := 0; i < len(picture.Pix); i += 4 {
		if p := picture.Pix[i : i+4]; p[0] != 0xE6 || p[1] != 0 || p[2] != 0x12 {
			t.Fatalf("pixel %d is %v", i/4, p)
		} else if p[3] > 0 {
			inked++
			if p[3] < 255 {
				soft++
			}
		}
	}
	if share := float64(inked) / float64(len(picture.Pix)/4); share < 0.15 || share > 0.45 {
		t.Errorf("ink covers %.2f of the picture", share)
	}
	if soft < 1000 {
		t.Errorf("only %d soft pixels: edges are not smooth", soft)
	}
}

func TestNameAndLineAreInTheirPlaces(t *testing.T) {
	bare := mustDraw(t, glyph.SealPicture{Name: "示例市行政审批局"})
	full := mustDraw(t, plain)
	count := func(picture *image.NRGBA, x0, y0, x1, y1 float64) (n int) {
		for x := x0; x < x1; x += 0.1 {
			for y := y0; y < y1; y += 0.1 {
				if at(picture, 42, x, y) > 127 {
					n++
				}
			}
		}
		return n
	}
	if n := count(bare, -4, -18.5, 4, -13); n < 500 {
		t.Errorf("no name at the top: %d", n)
	}
	if n := count(bare, -12, 8, 12, 14); n != 0 {
		t.Errorf("ink under the star without a line: %d", n)
	}
	if n := count(full, -12, 8, 12, 13); n < 1000 {
		t.Errorf("no line under the star: %d", n)
	}
	if n := count(full, -5, 17, 5, 19.5); n < 100 {
		t.Errorf("no serial at the bottom: %d", n)
	}
}

// The em box is scaled, not the ink: 一 stays a stroke. And feet point to the
// centre: turned upright around the centre, 丄's foot would be below its stem.
func TestCharactersKeepTheirShape(t *testing.T) {
	p := glyph.SealPicture{Name: "一丁示例市审批局"}
	height, _ := p.Heights()
	_, minY, _, maxY, err := p.InkBox(0)
	if err != nil || maxY-minY > 0.35*height {
		t.Errorf("一 is %.2f mm high of %.2f, %v", maxY-minY, height, err)
	}
	if middle := (minY + maxY) / 2; middle > -glyph.StarRadius || middle < -glyph.InnerRadius {
		t.Errorf("一 turned upright stands at %.2f", middle)
	}
	// 丁 has its long stroke at the top: away from the centre.
	_, top, _, bottom, err := p.InkBox(1)
	if err != nil || bottom-top < 0.7*height {
		t.Errorf("丁 reaches from %.2f to %.2f, %v", top, bottom, err)
	}
}

func TestNothingCollides(t *testing.T) {
	const text = "示例省市自治县文化广播电视体育和旅游局行政审批服务股人力资源社会保障厅工程建设项目专用一二三四五六七八九十"
	runes := []rune(text)
	for n := 1; n <= glyph.MaxName; n++ {
		for _, line := range []string{"", "章", "审批专用章", "审批专用章（10）", "工程建设项目审批专用章甲乙丙丁戊"} {
			for _, serial := range []string{"", "1", "9900000000001", "99000000000000000001", "示例市审批局示例市审批局示例市审批局示例"} {
				p := glyph.SealPicture{Name: string(runes[:n]), Horizontal: line, Serial: serial}
				if msg := collision(p); msg != "" {
					t.Errorf("%d characters, line %q, serial %q: %s", n, line, serial, msg)
				}
			}
		}
	}
	mixed := glyph.SealPicture{Name: "示例市A区（B片）第3审批科1234567890iiiiWWWW", Horizontal: "Test 测试", Serial: "No.WWWWiiii11"}
	if msg := collision(mixed); msg != "" {
		t.Error(msg)
	}
}

func collision(p glyph.SealPicture) string {
	quads := p.Quads()
	for i, q := range quads {
		for k, corner := range q {
			if r := math.Hypot(corner.X, corner.Y); r > glyph.InnerRadius-0.1 {
				return "a character touches the ring"
			}
			next := q[(k+1)%4]
			if r := math.Hypot((corner.X+next.X)/2, (corner.Y+next.Y)/2); r < glyph.StarRadius+0.3 {
				return "a character touches the star"
			}
		}
		for _, other := range quads[i+1:] {
			if !apart(q, other) && !apart(other, q) {
				return "two characters touch"
			}
		}
	}
	return ""
}

// apart reports whether an edge of a separates the two boxes.
func apart(a, b glyph.Quad) bool {
	for i := range a {
		p, q := a[i], a[(i+1)%4]
		outside := true
		for _, c := range b {
			if (q.X-p.X)*(c.Y-p.Y)-(q.Y-p.Y)*(c.X-p.X) > -1e-9 {
				outside = false
			}
		}
		if outside {
			return true
		}
	}
	return false
}

func TestLongNamesStayLegible(t *testing.T) {
	for n, want := range map[int]float64{4: 6, 8: 6, 12: 6, 20: 5, 30: 3.6, 40: 2.9} {
		name := strings.Repeat("审", n)
		if got, _ := (glyph.SealPicture{Name: name}).Heights(); got < want {
			t.Errorf("%d characters are %.2f mm high, want %.2f", n, got, want)
		}
		if _, line := (glyph.SealPicture{Name: name, Horizontal: "审批专用章", Serial: "9900000000001"}).Heights(); line < 3.4 {
			t.Errorf("%d characters leave the line %.2f mm", n, line)
		}
	}
}

func TestPNG(t *testing.T) {
	for _, p := range []glyph.SealPicture{plain, {Name: "示例市政府", Diameter: 45, DPI: 300}} {
		file, err := p.PNG()
		if err != nil {
			t.Fatal(err)
		}
		again, _ := p.PNG()
		if !bytes.Equal(file, again) {
			t.Error("two drawings differ")
		}
		decoded, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		drawn := mustDraw(t, p)
		for i := 0; i < len(drawn.Pix); i += 4 {
			at := image.Pt(i/4%drawn.Rect.Dx(), i/4/drawn.Rect.Dx())
			if got := color.NRGBAModel.Convert(decoded.At(at.X, at.Y)); got != drawn.NRGBAAt(at.X, at.Y) {
				t.Fatalf("decodes to %v at %v, want %v", got, at, drawn.NRGBAAt(at.X, at.Y))
			}
		}
		i := bytes.Index(file, []byte("pHYs"))
		if i != 37 || file[i+12] != 1 {
			t.Fatalf("pHYs at %d", i)
		}
		want := uint32(23622)
		if p.DPI == 300 {
			want = 11811
		}
		if x, y := binary.BigEndian.Uint32(file[i+4:]), binary.BigEndian.Uint32(file[i+8:]); x != want || y != want {
			t.Errorf("%d x %d pixels a metre, want %d", x, y, want)
		}
	}
}

func TestDrawRefuses(t *testing.T) {
	for name, p := range map[string]glyph.SealPicture{
		"no name":         {},
		"long name":       {Name: strings.Repeat("示", glyph.MaxName+1)},
		"enormous name":   {Name: strings.Repeat("示", 1<<20)},
		"long line":       {Name: "示例", Horizontal: strings.Repeat("示", glyph.MaxHorizontal+1)},
		"long serial":     {Name: "示例", Serial: strings.Repeat("1", glyph.MaxSerial+1)},
		"tiny":            {Name: "示例", Diameter: 1},
		"huge":            {Name: "示例", Diameter: 1e9},
		"not a number":    {Name: "示例", Diameter: math.NaN()},
		"negative":        {Name: "示例", Diameter: -42},
		"too fine":        {Name: "示例", DPI: 1 << 30},
		"not UTF-8":       {Name: "示\xff例"},
		"line end":        {Name: "示\n例"},
		"invisible":       {Name: "示\u200b例"},
		"resolution zero": {Name: "示例", DPI: -1},
	} {
		if _, err := p.Draw(); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add("示例市审批局", "专用章", "123")
	f.Fuzz(func(t *testing.T, name, line, serial string) {
		p := glyph.SealPicture{Name: name, Horizontal: line, Serial: serial, DPI: 72}
		if _, err := p.Draw(); err != nil {
			return
		}
		for _, q := range p.Quads() {
			for _, c := range q {
				if !(math.Abs(c.X) < 21 && math.Abs(c.Y) < 21) {
					t.Errorf("a character at %v", c)
				}
			}
		}
	})
}

func BenchmarkPNG(b *testing.B) {
	for b.Loop() {
		if _, err := plain.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
