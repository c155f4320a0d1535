// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/glyph"
)

// ringPNG is a picture of w x h pixels with a frame on clear ground.
func ringPNG(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if x < w/10 || y < h/10 || x >= w-w/10 || y >= h-h/10 {
				img.SetNRGBA(x, y, color.NRGBA{200, 0, 0, 255})
			}
		}
	}
	return encodePNG(t, img)
}

func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// with puts chunks behind the header.
func with(file []byte, chunks ...[]byte) []byte {
	return slices.Insert(bytes.Clone(file), 33, slices.Concat(chunks...)...)
}

func phys(x, y uint32, unit byte) []byte {
	return chunk("pHYs", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, x), y), unit))
}

func TestReadPicture(t *testing.T) {
	file := ringPNG(t, 500, 500) // 42 mm at 302 dpi
	for name, given := range map[string][]byte{
		"plain": file, "with its size": with(file, phys(11905, 11905, 1)), "with a proportion": with(file, phys(1, 1, 0)),
		"with texts": with(file, chunk("tEXt", []byte("Author\x00someone")), chunk("eXIf", []byte("MM"))),
	} {
		got, err := glyph.ReadPicture(given, 42, 42)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bytes.Contains(got, []byte("someone")) || bytes.Contains(got, []byte("eXIf")) || !bytes.Contains(got, []byte("pHYs")) {
			t.Errorf("%s: the kept file holds a text, or not its size", name)
		}
		a, err := png.Decode(bytes.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := png.Decode(bytes.NewReader(given))
		if !slices.Equal(a.(*image.NRGBA).Pix, b.(*image.NRGBA).Pix) {
			t.Errorf("%s: the samples changed", name)
		}
	}
	for _, d := range gallery(t) { // our own pictures pass
		d.DPI = 300
		picture, err := d.PNG()
		if err != nil {
			t.Fatal(err)
		}
		w, h := d.Size()
		if _, err := glyph.ReadPicture(picture, int(w), int(h)); err != nil {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

func TestReadPictureRefuses(t *testing.T) {
	file := ringPNG(t, 500, 500)
	opaque := image.NewGray(image.Rect(0, 0, 500, 500))
	clear := image.NewNRGBA(opaque.Rect)
	deep := image.NewNRGBA64(image.Rect(0, 0, 500, 500))
	bomb := bytes.Clone(file)
	binary.BigEndian.PutUint32(bomb[16:], 100_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	flipped := bytes.Clone(file)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		file  []byte
		w, h  int
		holds string
	}{
		"too coarse":        {file, 45, 45, "dpi"},
		"other proportions": {file, 42, 30, "proportions"},
		"another size":      {with(file, phys(20000, 20000, 1)), 42, 42, "measures"},
		"size twice":        {with(file, phys(11905, 11905, 1), phys(11905, 11905, 1)), 42, 42, "size"},
		"size zero":         {with(file, phys(0, 0, 1)), 42, 42, "size"},
		"declared tiny":     {file, 1, 1, "declared"},
		"declared huge":     {file, 4000, 4000, "declared"},
		"opaque":            {encodePNG(t, opaque), 42, 42, "transparent"},
		"empty":             {encodePNG(t, clear), 42, 42, "nothing"},
		"16 bits":           {encodePNG(t, deep), 42, 42, "bits"},
		"bomb":              {bomb, 42, 42, "pixels"},
		"moving":            {with(file, chunk("acTL", make([]byte, 8))), 42, 42, "moves"},
		"not a PNG":         {[]byte("GIF89a"), 42, 42, "not a PNG"},
		"nothing":           {nil, 42, 42, "not a PNG"},
		"cut":               {file[:len(file)-20], 42, 42, "early"},
		"more behind":       {append(bytes.Clone(file), "PK"...), 42, 42, "follow"},
		"flipped":           {flipped, 42, 42, "damaged"},
		"two headers":       {with(file, file[8:33]), 42, 42, "header"},
		"too large":         {append(bytes.Clone(file), make([]byte, glyph.MaxPictureFile)...), 42, 42, "larger"},
	} {
		_, err := glyph.ReadPicture(c.file, c.w, c.h)
		var bad *glyph.PictureError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.holds) {
			t.Errorf("%s: got %v, want an error about %q", name, err, c.holds)
		}
	}
}

func TestReadCentreRefuses(t *testing.T) {
	opaque := encodePNG(t, image.NewGray(image.Rect(0, 0, 400, 400)))
	for name, file := range map[string][]byte{
		"opaque": opaque, "nothing": nil, "wide": ringPNG(t, 2049, 2), "cut": centrePNG(t, 300, 300)[:500],
		"large": make([]byte, glyph.MaxCentreFile+1),
	} {
		var bad *glyph.PictureError
		if _, err := glyph.ReadCentre(file); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadPicture(f *testing.F) {
	f.Add(ringPNG(f, 240, 240))
	f.Add(with(ringPNG(f, 240, 240), phys(11811, 11811, 1)))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := glyph.ReadPicture(file, 20, 20)
		if err != nil {
			return
		}
		again, err := glyph.ReadPicture(got, 20, 20)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("what was kept is not kept again: %v", err)
		}
	})
}
