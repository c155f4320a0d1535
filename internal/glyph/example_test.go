// SPDX-License-Identifier: Apache-2.0

package glyph_test

import (
	"fmt"

	"github.com/govseal/govseal/internal/glyph"
)

func ExampleSealPicture() {
	picture, err := glyph.SealPicture{Name: "示例市行政审批局", Horizontal: "审批专用章"}.Draw()
	fmt.Println(picture.Bounds().Dx(), err)
	_, err = glyph.SealPicture{Name: "示例市䶮湖区审批局"}.Draw()
	fmt.Println(err)
	// Output:
	// 992 <nil>
	// no glyph for '䶮' (U+4DAE)
}
