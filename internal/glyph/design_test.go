// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/glyph"
)

const longName = "示例省市自治县文化广播电视体育和旅游局行政审批服务股人力资源社会保障厅工程建设项目专用一二三四五六七八九十"

// Names of 4 to 40 characters on every shape, with everything that a shape may
// hold: no em box touches another one, or the frame.
func TestDesignsNeverCollide(t *testing.T) {
	runes := []rune(longName)
	for n := 4; n <= 40; n++ {
		name := string(runes[:n])
		for _, d := range []glyph.Design{
			{Name: name, NoStar: true, Horizontal: "业务受理专用章"},
			{Name: name, Width: 45, Serial: "9900000000001"},
			{Shape: glyph.Oval, Name: name},
			{Shape: glyph.Oval, Name: name, Horizontal: "专用章"},
			{Shape: glyph.Oval, Name: name, Horizontal: "审批专用章（10）", Width: 40, Height: 30},
			{Shape: glyph.Oval, Name: name, Middle: "990000MB0000001T", Horizontal: "发票专用章"},
			{Shape: glyph.Oval, Name: name, Serial: "9900000000001", Width: 50, Height: 35},
			{Shape: glyph.Oval, Name: name, Serial: "9900000000001", Horizontal: "专用章", Width: 60, Height: 40},
			{Shape: glyph.Oval, Name: name, NoStar: true, Horizontal: "业务专用章", Width: 30, Height: 20},
			{Shape: glyph.Oval, Name: name, Width: 42, Height: 42},
			{Shape: glyph.Rectangle, Name: name, Width: 60, Height: 25},
			{Shape: glyph.Rectangle, Name: name, Horizontal: "业务受理专用章", Serial: "No. 1234567", Width: 60, Height: 30},
			{Shape: glyph.Square, Name: name},
			{Shape: glyph.Square, Name: name, Horizontal: "审批专用章", Carving: glyph.Intaglio},
		} {
			quads, err := d.Quads()
			if err != nil {
				t.Errorf("%+v: %v", d, err)
				continue
			}
			if got, want := d.Runes(), name+d.Middle+d.Horizontal+d.Serial; len(got) != len(want) {
				t.Errorf("%+v: shows %q", d, got)
			}
			if msg := meets(d, quads); msg != "" {
				t.Errorf("%+v: %s", d, msg)
			}
		}
	}
}

// meets says what touches what.
func meets(d glyph.Design, quads []glyph.Quad) string {
	w, h := d.Size()
	inside := func(p glyph.Point) bool {
		x, y := math.Abs(p.X)/(w/2-d.Frame()), math.Abs(p.Y)/(h/2-d.Frame())
		if d.Shape == glyph.Square || d.Shape == glyph.Personal || d.Shape == glyph.Rectangle {
			return x < 1 && y < 1
		}
		return x*x+y*y < 1
	}
	for i, q := range quads {
		for _, corner := range q {
			if !inside(corner) {
				return "a character touches the frame"
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

// Quads are in reading order here: the first character is at the upper right,
// the second below it.
func TestPersonalSealsAreReadFromTheUpperRight(t *testing.T) {
	for name, want := range map[string]string{"章例": "章例之印", "章示例": "章示例印", "欧阳示例": "欧阳示例", "欧阳示例甲": "欧阳示例甲印"} {
		d := glyph.Design{Shape: glyph.Personal, Name: name}
		if got := d.Runes(); got != want {
			t.Errorf("%s shows %q, want %q", name, got, want)
		}
		quads, err := d.Quads()
		if err != nil {
			t.Fatal(err)
		}
		if msg := meets(d, quads); msg != "" {
			t.Errorf("%s: %s", name, msg)
		}
		if len(quads) != 4 {
			continue
		}
		for i, c := range []struct{ right, low bool }{{true, false}, {true, true}, {false, false}, {false, true}} {
			if x, y := middle(quads[i]); x > 0 != c.right || y > 0 != c.low {
				t.Errorf("%s: character %d stands at %.1f, %.1f", name, i, x, y)
			}
		}
	}
}

func middle(q glyph.Quad) (x, y float64) {
	for _, p := range q {
		x, y = x+p.X/4, y+p.Y/4
	}
	return x, y
}

// The two carvings are each other's negative inside the frame.
func TestCarvings(t *testing.T) {
	ink := func(c glyph.Carving) (share float64, corner, mid uint8) {
		p, err := glyph.Design{Shape: glyph.Personal, Name: "章示例", Carving: c}.Draw()
		if err != nil {
			t.Fatal(err)
		}
		side := p.Rect.Dx()
		for i := 3; i < len(p.Pix); i += 4 {
			share += float64(p.Pix[i]) / 255 / float64(side*side)
		}
		return share, p.NRGBAAt(0, 0).A, p.NRGBAAt(side/12, side/2).A
	}
	relief, corner, margin := ink(glyph.Relief)
	if relief < 0.2 || relief > 0.6 || corner != 0 || margin != 0 {
		t.Errorf("relief: %.2f ink, corner %d, margin %d", relief, corner, margin)
	}
	intaglio, corner, margin := ink(glyph.Intaglio)
	if intaglio < 0.5 || intaglio > 0.85 || corner != 0 || margin != 255 {
		t.Errorf("intaglio: %.2f ink, corner %d, margin %d", intaglio, corner, margin)
	}
}

func TestDesignSizes(t *testing.T) {
	for _, c := range []struct {
		d    glyph.Design
		w, h int
	}{
		{glyph.Design{Name: "示例", DPI: 300}, 496, 496},
		{glyph.Design{Name: "示例", Width: 45, DPI: 300}, 531, 531},
		{glyph.Design{Shape: glyph.Oval, Name: "示例市局", DPI: 300}, 531, 354},
		{glyph.Design{Shape: glyph.Personal, Name: "章示例", DPI: 300}, 236, 236},
		{glyph.Design{Shape: glyph.Rectangle, Name: "示例市局", DPI: 600}, 1181, 472},
	} {
		file, err := c.d.PNG()
		if err != nil {
			t.Fatal(err)
		}
		conf, err := png.DecodeConfig(bytes.NewReader(file))
		if err != nil || conf.Width != c.w || conf.Height != c.h {
			t.Errorf("%+v: %d x %d, %v; want %d x %d", c.d, conf.Width, conf.Height, err, c.w, c.h)
		}
	}
}

func TestDesignRefuses(t *testing.T) {
	c := testCentre(t, 400, 400)
	for name, d := range map[string]glyph.Design{
		"unknown shape":     {Shape: "heart", Name: "示例"},
		"no name":           {Shape: glyph.Square},
		"unequal square":    {Shape: glyph.Square, Name: "示例", Width: 30, Height: 40},
		"unequal round":     {Name: "示例", Width: 30, Height: 40},
		"upright oval":      {Shape: glyph.Oval, Name: "示例", Width: 30, Height: 40},
		"flat oval":         {Shape: glyph.Oval, Name: "示例", Width: 80, Height: 20},
		"huge":              {Shape: glyph.Oval, Name: "示例", Width: 1e9, Height: 1e9},
		"not a number":      {Shape: glyph.Oval, Name: "示例", Width: math.NaN(), Height: 3},
		"personal line":     {Shape: glyph.Personal, Name: "章示例", Horizontal: "专用章"},
		"personal dot":      {Shape: glyph.Personal, Name: "章·示例"},
		"personal long":     {Shape: glyph.Personal, Name: "示例示例示例示例示"},
		"personal one":      {Shape: glyph.Personal, Name: "章"},
		"square serial":     {Shape: glyph.Square, Name: "示例", Serial: "1"},
		"square centre":     {Shape: glyph.Square, Name: "示例", Centre: c},
		"round middle":      {Name: "示例", Middle: "1"},
		"round in white":    {Name: "示例", Carving: glyph.Intaglio},
		"odd carving":       {Shape: glyph.Square, Name: "示例", Carving: "deep"},
		"long name":         {Shape: glyph.Oval, Name: strings.Repeat("示", glyph.MaxName+1)},
		"enormous":          {Shape: glyph.Square, Name: strings.Repeat("示", 1<<20)},
		"crowded oval":      {Shape: glyph.Oval, Name: strings.Repeat("示", 48), Width: 10, Height: 10, Middle: "示例示例示例示例", Horizontal: "示例示例示例示例"},
		"crowded rectangle": {Shape: glyph.Rectangle, Name: strings.Repeat("示", 48), Width: 20, Height: 10},
		"crowded square":    {Shape: glyph.Square, Name: strings.Repeat("示", 48), Width: 10},
		"coarse centre":     {Name: "示例", Centre: testCentre(t, 60, 60)},
		"coarse oval":       {Shape: glyph.Oval, Name: "示例市局", Centre: testCentre(t, 40, 40)},
	} {
		if _, err := d.Draw(); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
	var missing *glyph.MissingError
	if _, err := (glyph.Design{Shape: glyph.Oval, Name: "示例市局", Middle: "䶮"}).Draw(); !errors.As(err, &missing) {
		t.Errorf("missing character: %v", err)
	}
}

// A centre picture keeps its colours and its soft edge, and stays in its place.
func TestCentrePicture(t *testing.T) {
	p, err := glyph.Design{Name: "示例市人民政府", Width: 45, DPI: 300, Centre: testCentre(t, 500, 400)}.Draw()
	if err != nil {
		t.Fatal(err)
	}
	side := p.Rect.Dx()
	if got := p.NRGBAAt(side/2, side/2); got != (color.NRGBA{0xF2, 0xC2, 0x00, 255}) {
		t.Errorf("the middle is %v", got)
	}
	soft := 0
	for y := range side {
		for x := range side {
			c := p.NRGBAAt(x, y)
			if c.G > 0x60 && c.A > 0 && math.Hypot(float64(x-side/2), float64(y-side/2)) > 9.2/42*float64(side) {
				t.Fatalf("gold at %d, %d: outside its place", x, y)
			}
			if c.G > 0x60 && c.A > 0 && c.A < 255 {
				soft++
			}
		}
	}
	if soft < 50 {
		t.Errorf("only %d soft pixels on its edge", soft)
	}
	if file, err := (glyph.Design{Name: "示例市局", Centre: testCentre(t, 500, 500)}).PNG(); err != nil || len(file) > 300<<10 {
		t.Errorf("%d octets, %v", len(file), err)
	}
}

func FuzzDesign(f *testing.F) {
	for i, shape := range []glyph.Shape{glyph.Round, glyph.Oval, glyph.Square, glyph.Rectangle, glyph.Personal} {
		f.Add(string(shape), "示例市审批局", "", "专用章", "123", float64(40+i), 30.0)
	}
	f.Fuzz(func(t *testing.T, shape, name, middle, line, serial string, w, h float64) {
		d := glyph.Design{Shape: glyph.Shape(shape), Name: name, Middle: middle, Horizontal: line, Serial: serial, Width: w, Height: h, DPI: 72}
		if _, err := d.Draw(); err != nil {
			return
		}
		quads, err := d.Quads()
		if err != nil {
			t.Fatal(err)
		}
		if d.Shape == glyph.Round || d.Shape == "" {
			return // FuzzDraw
		}
		if msg := meets(d, quads); msg != "" {
			t.Errorf("%+v: %s", d, msg)
		}
	})
}
