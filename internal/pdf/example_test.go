// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/govseal/govseal/internal/pdf"
)

// A page is written, sealed with a made-up signature value, and read back.
func Example() {
	var file bytes.Buffer
	w := pdf.NewWriter(&file, "1.7")
	pages := w.Alloc()
	page := w.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": pdf.Array{0, 0, 595, 842}})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
	if err := w.Close(w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages}), pdf.Ref{}); err != nil {
		fmt.Println(err)
	}

	d, _ := pdf.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), pdf.Limits{})
	p, err := d.Prepare(context.Background(), pdf.Stamp{Page: 1, X: 20, Y: 20, Width: 42, Height: 42, Picture: picture(),
		Filter: "Adobe.PPKLite", SubFilter: "adbe.pkcs7.detached"})
	if err != nil {
		fmt.Println(err)
	}
	var sealed bytes.Buffer
	p.Write(&sealed, []byte{0x30, 0x00}) // a CMS over p.Digest()

	d, _ = pdf.Open(bytes.NewReader(sealed.Bytes()), int64(sealed.Len()), pdf.Limits{})
	sigs, _ := d.Signatures()
	fmt.Println(sigs[0].Fields, sigs[0].WholeFile, sigs[0].Law)
	// Output: [Seal1] true []
}
