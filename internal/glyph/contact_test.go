// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"testing"

	"github.com/govseal/govseal/internal/glyph"
)

// gallery is what people should look at after a change of the layout:
//
//	GOVSEAL_CONTACT_SHEET=/tmp/seals.png go test -run ContactSheet ./internal/glyph
func gallery(t testing.TB) []glyph.Design {
	emblem := testCentre(t, 400, 400)
	return []glyph.Design{
		{Name: "示例单位"},
		{Name: "示例市行政审批局", Horizontal: "审批专用章"},
		{Name: "示例市住房和城乡建设局", Serial: "9900000000001"},
		{Name: "示例市人力资源和社会保障局东区分局", Horizontal: "业务专用章", Serial: "9900000000002"},
		{Name: "示例省示例市示例自治县圳鄞衢亳涿泗濮漯睢歙联合行政审批委员会工程建设项目审批专用股甲", Horizontal: "审批专用章", Serial: "9900000000005"},
		{Name: "示例市人民政府", Width: 45, Centre: emblem},
		{Name: "示例市大数据管理局", NoStar: true, Horizontal: "业务受理"},
		{Shape: glyph.Oval, Name: "示例单位"},
		{Shape: glyph.Oval, Name: "示例市税务局第一税务所", Horizontal: "征税专用章"},
		{Shape: glyph.Oval, Name: "示例市公共资源交易中心", Middle: "990000MB0000001T", Horizontal: "发票专用章"},
		{Shape: glyph.Oval, Name: "示例省示例市示例自治县文化广播电视体育和旅游局行政审批服务股一二三四五六七八九十", Width: 45, Height: 35, Serial: "9900000000006"},
		{Shape: glyph.Oval, Name: "示例市行政审批局", Width: 50, Height: 34, Centre: emblem, Serial: "9900000000007"},
		{Shape: glyph.Rectangle, Name: "示例市行政审批局", Horizontal: "业务受理专用章"},
		{Shape: glyph.Rectangle, Name: "示例市住房和城乡建设局施工图审查中心", Horizontal: "审查合格专用章", Serial: "No. 990000-2026-001", Width: 60, Height: 30},
		{Shape: glyph.Square, Name: "示例市人民政府印"},
		{Shape: glyph.Square, Name: "示例市行政审批局印", Horizontal: "审批专用", Width: 42},
		{Shape: glyph.Square, Name: "示例县政府印", Carving: glyph.Intaglio},
		{Shape: glyph.Personal, Name: "章示例"},
		{Shape: glyph.Personal, Name: "章例", Carving: glyph.Intaglio},
		{Shape: glyph.Personal, Name: "欧阳示例甲"},
	}
}

// testCentre is a wheel of our own: red, gold, and a soft clear ground.
func testCentre(t testing.TB, w, h int) *glyph.CentrePicture {
	t.Helper()
	c, err := glyph.ReadCentre(centrePNG(t, w, h))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func centrePNG(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)+0.5)*2/float64(w)-1, (float64(y)+0.5)*2/float64(h)-1
			r, a := math.Hypot(dx, dy), math.Atan2(dy, dx)
			switch edge := 0.9 + 0.08*math.Cos(16*a); {
			case r < 0.35:
				img.SetNRGBA(x, y, color.NRGBA{0xF2, 0xC2, 0x00, 255})
			case r < 0.6:
				img.SetNRGBA(x, y, color.NRGBA{0xE6, 0x00, 0x12, 255})
			case r < edge:
				img.SetNRGBA(x, y, color.NRGBA{0xF2, 0xC2, 0x00, uint8(min(255, 4000*(edge-r)))})
			}
		}
	}
	return encodePNG(t, img)
}

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestContactSheet(t *testing.T) {
	path := os.Getenv("GOVSEAL_CONTACT_SHEET")
	if path == "" {
		t.Skip("GOVSEAL_CONTACT_SHEET is not set")
	}
	const cell, dpi = 500, 210
	seals := gallery(t)
	sheet := image.NewRGBA(image.Rect(0, 0, 5*cell, (len(seals)+4)/5*cell))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, d := range seals {
		d.DPI = dpi
		if d.Shape == glyph.Personal {
			d.DPI = 2 * dpi
		}
		picture, err := d.Draw()
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		b := picture.Bounds()
		at := b.Add(image.Pt(i%5*cell+(cell-b.Dx())/2, i/5*cell+(cell-b.Dy())/2))
		draw.Draw(sheet, at, picture, image.Point{}, draw.Over)
	}
	if err := os.WriteFile(path, encodePNG(t, sheet), 0o644); err != nil {
		t.Fatal(err)
	}
}
