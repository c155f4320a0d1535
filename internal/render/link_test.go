// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/govseal/govseal/internal/render"
)

func TestQRCodeLeadsToTheVerifier(t *testing.T) {
	for url, want := range map[string]string{
		"https://verify.example.gov.cn":            "https://verify.example.gov.cn/s/7K3MQ9ZT0V5XA2CE",
		"http://127.0.0.1:8080/check/":             "http://127.0.0.1:8080/check/s/7K3MQ9ZT0V5XA2CE",
		"https://a.cn/" + strings.Repeat("x", 100): "https://a.cn/" + strings.Repeat("x", 100) + "/s/7K3MQ9ZT0V5XA2CE",
	} {
		r, err := render.PDF(sample(1), render.Options{VerifyURL: url})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		tool(t, r.File, "pdftoppm", "-png", "-r", "300", "-f", "1", "-l", "1", "-singlefile", "FILE", filepath.Join(dir, "page"))
		file, err := os.Open(filepath.Join(dir, "page.png"))
		if err != nil {
			t.Fatal(err)
		}
		page, _, err := image.Decode(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err != nil || got.GetText() != want {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	}
}
