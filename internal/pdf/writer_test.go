// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
)

func onePage(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pdf.NewWriter(&b, "1.7")
	page, pages := w.Alloc(), w.Alloc()
	body := w.AddStream(nil, []byte(content))
	w.WriteObject(page, pdf.Dict{"Type": pdf.Name("Page"), "Parent": pages, "Contents": body,
		"MediaBox": pdf.Array{0, 0, 595, 842}, "Resources": pdf.Dict{}})
	w.WriteObject(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
	root := w.Add(pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages})
	info := w.Add(pdf.Dict{"Title": pdf.Text("审批决定 (A)\\")})
	if err := w.Close(root, info); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriterIsReadByPdfcpuAndDeterministic(t *testing.T) {
	api.DisableConfigDir()
	a := onePage(t, "0 0 1 rg 10 10 100 100 re f")
	if !bytes.Equal(a, onePage(t, "0 0 1 rg 10 10 100 100 re f")) {
		t.Error("the same calls gave other octets")
	}
	if err := api.Validate(bytes.NewReader(a), nil); err != nil {
		t.Error(err)
	}
}

func TestWriterRefusesMissingAndDoubleObjects(t *testing.T) {
	var b bytes.Buffer
	w := pdf.NewWriter(&b, "1.7")
	root := w.Alloc()
	if err := w.Close(root, pdf.Ref{}); err == nil {
		t.Error("an allocated object that was never written passed")
	}
	w = pdf.NewWriter(&b, "1.7")
	root = w.Add(pdf.Dict{})
	w.WriteObject(root, pdf.Dict{})
	if err := w.Close(root, pdf.Ref{}); err == nil {
		t.Error("an object written twice passed")
	}
}
