// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"image"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

// A packed picture gives the same file; one of another picture is not used.
func TestPackedPicture(t *testing.T) {
	original := documents()["table"]
	s := stampAt(1, 20, 20)
	want := seal(t, original, s)
	for name, of := range map[string]*image.NRGBA{"the picture": s.Picture, "another": image.NewNRGBA(image.Rect(0, 0, 3, 3))} {
		packed, err := pdf.Pack(of)
		if err != nil {
			t.Fatal(err)
		}
		s.Packed = packed
		if got := seal(t, original, s); !bytes.Equal(got, want) {
			t.Errorf("packed from %s: the file differs", name)
		}
	}
}
