// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/interop"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
)

// picture is a red ring with a mark at its top, on transparent ground.
func picture() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 120, 120))
	for y := range 120 {
		for x := range 120 {
			dx, dy := x-60, y-60
			if r := dx*dx + dy*dy; r < 58*58 && r > 50*50 || x > 55 && x < 65 && y > 10 && y < 60 {
				m.SetNRGBA(x, y, color.NRGBA{220, 10, 20, 255})
			}
		}
	}
	return m
}

func stampAt(page int, x, y float64) pdf.Stamp {
	return pdf.Stamp{Page: page, X: x, Y: y, Width: 42, Height: 42, Picture: picture(),
		Filter: "Adobe.PPKLite", SubFilter: "adbe.pkcs7.detached", Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.FixedZone("", 8*3600)),
		Name: "示例市用印服务(局)\\", Reason: "同意", Location: "示例市", Reserve: 4096}
}

// seal stamps b with a made-up signature value and holds the result to what
// every sealed file must be.
func seal(t testing.TB, b []byte, s pdf.Stamp) []byte {
	t.Helper()
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Prepare(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	contents := []byte{0x30, 0x03, 0x02, 0x01, 0x05}
	var out bytes.Buffer
	n, err := p.Write(&out, contents)
	if err != nil || n != int64(out.Len()) || n != p.Size() {
		t.Fatalf("wrote %d, %d octets, %v; want %d", n, out.Len(), err, p.Size())
	}
	sealed := out.Bytes()
	if !bytes.HasPrefix(sealed, b) {
		t.Fatal("the original's octets changed")
	}
	if got := p.InputDigest(); got != gm.SM3(b) {
		t.Error("the input digest is wrong")
	}
	check(t, sealed, p, contents)
	return sealed
}

func check(t testing.TB, sealed []byte, p *pdf.Prepared, contents []byte) {
	t.Helper()
	d, err := open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil || len(sigs) == 0 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	s := sigs[len(sigs)-1]
	if len(s.Law) > 0 || !s.WholeFile || !bytes.HasPrefix(s.Contents, contents) || s.Fields[0] != p.Field() {
		t.Errorf("law %v, whole file %v, fields %v", s.Law, s.WholeFile, s.Fields)
	}
	if s.Reason != "同意" || s.Name != "示例市用印服务(局)\\" || s.Time.Unix() != 1795305600 {
		t.Errorf("name %q reason %q time %v", s.Name, s.Reason, s.Time)
	}
	h := gm.NewSM3()
	if err := d.Digest(context.Background(), &s, h); err != nil || h.Digest() != p.Digest() {
		t.Errorf("the digest over the ranges differs from the prepared one: %v", err)
	}
	m, err := d.Appearance(&s)
	if err != nil || !bytes.Equal(m.Pix, picture().Pix) {
		t.Errorf("the appearance is not the picture: %v", err)
	}
	if c, err := d.Changes(context.Background(), &s); err != nil || len(c) != 0 {
		t.Errorf("changes %v, %v", c, err)
	}
}

// judgeByOthers asks PDFium, pdfcpu, qpdf and poppler.
func judgeByOthers(t testing.TB, sealed []byte) {
	t.Helper()
	d, err := open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil {
		t.Fatal(err)
	}
	interop.JudgeByPDFium(t, sealed, len(sigs))
	api.DisableConfigDir()
	if err := api.Validate(bytes.NewReader(sealed), nil); err != nil {
		t.Errorf("pdfcpu: %v", err)
	}
	name := filepath.Join(t.TempDir(), "sealed.pdf")
	if err := os.WriteFile(name, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, ok := run(t, "qpdf", "--check", name); ok && strings.Contains(strings.ToLower(out), "warning") {
		t.Errorf("qpdf: %s", out)
	}
	// Observed: poppler 22.12 takes each widget with a /Parent for a field of
	// its own and does not look for /V above it: it shows the seal, and calls
	// the field unsigned.
	kids := bytes.Contains(sealed, []byte("/FT /Sig/Kids [")) || bytes.Contains(sealed, []byte("/T(office)/Kids"))
	if out, ok := run(t, "pdfsig", "-nocert", name); ok && !kids && !strings.Contains(out, "Total document signed") {
		t.Errorf("pdfsig: %s", out)
	}
}

func run(t testing.TB, name string, args ...string) (string, bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Logf("%s is not installed", name)
		return "", false
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(name == "pdfsig" && errors.As(err, &exit)) { // pdfsig judges the made-up signature itself
		t.Errorf("%s: %v: %s", name, err, out)
	}
	return string(out), true
}

// documents are sound files of every shape that the reader knows.
func documents() map[string][]byte {
	form := simple("/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]/Dest[3 0 R/Fit]>> 7 0 R]")
	form[1] = "<</Type/Catalog/Lang(zh\\(CN)/Pages 2 0 R/AcroForm<</Fields[7 0 R] /DA(/Helv 0 Tf 0 g)/DR<</Font<<>>>>/SigFlags 0>>>>"
	form[7] = "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(x)/DA(/Helv 0 Tf 0 g)/Rect[10 10 60 20]/P 3 0 R/F 4>>"
	indirect := simple("/Annots 8 0 R")
	indirect[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R>>"
	indirect[8] = "[7 0 R]"
	indirect[7] = form[7]
	indirect[9] = "<</Fields 10 0 R>>"
	indirect[10] = "[7 0 R%comment\n]"
	packed := maps.Clone(form)
	delete(packed, 4)
	gens := newFile()
	gens.gens = map[int]int{4: 7}
	generation := simple("")
	generation[3] = strings.Replace(generation[3], "4 0 R", "4 7 R", 1)
	junk := &file{b: []byte("junk before\n%PDF-1.3\n"), base: 12, size: 1, trailer: "/Root 1 0 R", gens: map[int]int{}}
	noEOL := newFile().table(simple("")).b
	docs := map[string][]byte{
		"table":        newFile().table(simple("")).b,
		"no-eol":       noEOL[:len(noEOL)-1],
		"crlf":         append(noEOL[:len(noEOL)-1:len(noEOL)-1], "\r\n"...),
		"inline-form":  newFile().table(form).b,
		"indirect":     newFile().table(indirect).b,
		"stream":       newFile().stream(simple(""), nil).b,
		"packed":       newFile().stream(objects{4: form[4]}, packed).b,
		"hybrid":       newFile().hybrid(objects{1: indirect[1], 2: indirect[2], 3: indirect[3], 4: indirect[4]}, objects{7: indirect[7], 8: indirect[8], 9: indirect[9], 10: indirect[10]}).b,
		"generation":   gens.table(generation).b,
		"junk":         junk.table(simple("")).b,
		"updated":      newFile().table(simple("")).stream(objects{4: stm("", "0 g")}, nil).b,
		"updated-back": newFile().stream(simple(""), nil).table(objects{4: stm("", "0 g")}).b,
	}
	return docs
}

func TestSealEveryKindOfFile(t *testing.T) {
	for name, b := range documents() {
		t.Run(name, func(t *testing.T) {
			once := seal(t, b, stampAt(1, 100, 100))
			judgeByOthers(t, once)
			twice := seal(t, once, stampAt(1, 20, 20))
			judgeByOthers(t, twice)
			if n := bytes.Count(once[len(b):], []byte("\nxref\n")); (n == 1) != bytes.Contains(b[bytes.LastIndex(b, []byte("startxref"))-60:], []byte("trailer")) && name != "hybrid" && n > 1 {
				t.Errorf("%d tables in the update", n)
			}
		})
	}
}
