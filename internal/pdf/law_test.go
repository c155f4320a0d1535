// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

const rangeRoom = 100

// signedBy is a one-page document with one signature field, 5, and its
// dictionary, 6, whose ByteRange rng writes from the offsets of the Contents
// token and the size of the file.
func signedBy(dict string, rng func(a, b, size int) string) []byte {
	o := simple("/Annots[5 0 R]")
	o[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[5 0 R]>>>>"
	o[5] = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/Rect[0 0 0 0]/F 132/P 3 0 R/V 6 0 R>>"
	o[6] = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached" + strings.Repeat(" ", rangeRoom) + dict + ">>"
	return fill(newFile().table(o).b, rng)
}

// fill writes the ByteRange into the room that was left for it.
func fill(b []byte, rng func(a, b, size int) string) []byte {
	room := bytes.Index(b, []byte(strings.Repeat(" ", rangeRoom)))
	at := room + bytes.Index(b[room:], []byte("/Contents")) + len("/Contents")
	end := at + bytes.IndexByte(b[at:], '>') + 1
	copy(b[room:room+rangeRoom], rng(at, end, len(b)))
	return b
}

func soundRange(a, b, size int) string {
	return fmt.Sprintf("/ByteRange[0 %d %d %d]", a, b, size-b)
}

func ranges(format string) func(a, b, size int) string {
	return func(a, b, size int) string {
		return "/ByteRange" + strings.NewReplacer("A", fmt.Sprint(a), "B", fmt.Sprint(b), "C", fmt.Sprint(size-b), "S", fmt.Sprint(size)).Replace(format)
	}
}

func TestLaw(t *testing.T) {
	const contents = "/Contents<30030201050000>"
	for _, c := range []struct {
		name string
		b    []byte
		want []string
	}{
		{"sound", signedBy(contents, soundRange), nil},
		{"missing", signedBy(contents, func(int, int, int) string { return "" }), []string{pdf.LawRange}},
		{"not an array", signedBy(contents, ranges(" 0")), []string{pdf.LawRange}},
		{"by reference", signedBy(contents, ranges(" 4 0 R")), []string{pdf.LawRange}},
		{"names within", signedBy(contents, ranges("[0 A B/C]")), []string{pdf.LawRange}},
		{"reals", signedBy(contents, ranges("[0 A.0 B C]")), []string{pdf.LawRange}},
		{"a reference within", signedBy(contents, ranges("[0 A B 4 0 R]")), []string{pdf.LawRange}},
		{"empty", signedBy(contents, ranges("[]")), []string{pdf.LawCount}},
		{"two numbers", signedBy(contents, ranges("[0 S]")), []string{pdf.LawCount}},
		{"three numbers", signedBy(contents, ranges("[0 A B]")), []string{pdf.LawCount}},
		{"five numbers", signedBy(contents, ranges("[0 A B C 0]")), []string{pdf.LawCount}},
		{"six numbers", signedBy(contents, ranges("[0 A B C S 0]")), []string{pdf.LawCount}},
		{"not from the start", signedBy(contents, ranges("[1 20 B C]")), []string{pdf.LawStart, pdf.LawGap}},
		{"negative", signedBy(contents, ranges("[0 -5 B C]")), []string{pdf.LawOrder}},
		{"overlapping", signedBy(contents, ranges("[0 A 5 C]")), []string{pdf.LawOrder}},
		{"overflowing", signedBy(contents, ranges("[0 A B 9223372036854775807]")), []string{pdf.LawOutside}},
		{"outside", signedBy(contents, ranges("[0 A B S]")), []string{pdf.LawOutside}},
		{"far outside", signedBy(contents, ranges("[0 A 9223372036854775000 10]")), []string{pdf.LawOutside}},
		{"gap too large", signedBy("/Contents<30030201050000>/Reason(fraud)", func(a, b, size int) string {
			return fmt.Sprintf("/ByteRange[0 %d %d %d]", a, b+14, size-b-14)
		}), []string{pdf.LawGap}},
		{"gap without brackets", signedBy(contents, func(a, b, size int) string {
			return fmt.Sprintf("/ByteRange[0 %d %d %d]", a+1, b-1, size-b+1)
		}), []string{pdf.LawGap}},
		{"gap elsewhere", signedBy(contents, ranges("[0 20 25 0]")), []string{pdf.LawGap, pdf.LawTail}},
		{"empty gap", signedBy(contents, func(a, b, size int) string { return fmt.Sprintf("/ByteRange[0 %d %d %d]", a, a, size-a) }), []string{pdf.LawGap}},
		{"contents as literal", signedBy("/Contents(0<1>)", soundRange), []string{pdf.LawContents}},
		{"contents by reference", signedBy("/Contents 4 0 R/X<00>", soundRange), []string{pdf.LawContents}},
		{"contents of a dictionary within", signedBy("/X<</Contents<3003020105>>>", soundRange), []string{pdf.LawContents}},
		{"tail not covered", signedBy(contents, func(a, b, size int) string {
			return fmt.Sprintf("/ByteRange[0 %d %d %d]", a, b, size-b-30)
		}), []string{pdf.LawTail}},
		{"without the last end of line", signedBy(contents, func(a, b, size int) string {
			return fmt.Sprintf("/ByteRange[0 %d %d %d]", a, b, size-b-1)
		}), nil},
		{"within %%EOF", signedBy(contents, func(a, b, size int) string {
			return fmt.Sprintf("/ByteRange[0 %d %d %d]", a, b, size-b-2)
		}), []string{pdf.LawTail}},
		{"another type", signedBy("/Contents<3003020105>", soundRange), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := theSignature(t, c.b)
			if !slices.Equal(s.Law, c.want) {
				t.Errorf("law %v, want %v (range %v)", s.Law, c.want, s.ByteRange)
			}
		})
	}
}

func theSignature(t *testing.T, b []byte) pdf.Signature {
	t.Helper()
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	sigs = slices.DeleteFunc(sigs, func(s pdf.Signature) bool { return s.Removed })
	if err != nil || len(sigs) != 1 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	if err := d.Digest(context.Background(), &sigs[0], io.Discard); err != nil && len(sigs[0].Law) == 0 {
		t.Errorf("a lawful signature cannot be digested: %v", err)
	}
	return sigs[0]
}

// TestLawOfTheDictionary moves, spoofs and shares signature dictionaries.
func TestLawOfTheDictionary(t *testing.T) {
	sound := signedBy("/Contents<3003020105>", soundRange)
	later := func(objs objects) []byte {
		f := from(sound)
		return f.table(objs).b
	}
	old := string(sound[bytes.Index(sound, []byte("6 0 obj\n"))+8:])
	old = old[:strings.Index(old, "\nendobj")]
	direct := objects{5: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/Rect[0 0 0 0]/P 3 0 R/V " + old + ">>"}
	packed := from(sound).stream(objects{}, objects{6: old}).b
	for _, c := range []struct {
		name string
		b    []byte
		law  string
	}{
		// The same octets in another place are another dictionary: its gap is
		// no longer its own Contents token.
		{"copied to the end", later(objects{6: old}), pdf.LawGap},
		{"copied and renumbered", later(objects{5: strings.Replace(direct[5], old, "7 0 R", 1), 7: old}), pdf.LawGap},
		{"made direct", later(direct), pdf.LawDirect},
		{"put into an object stream", packed, pdf.LawDirect},
		{"type", bytes.Replace(bytes.Clone(sound), []byte("/Type/Sig"), []byte("/Type/Sog"), 1), pdf.LawSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := theSignature(t, c.b); !slices.Contains(s.Law, c.law) {
				t.Errorf("law %v, want %s", s.Law, c.law)
			}
		})
	}
}

// TestSignedRevisionMustLieWithinItsRanges has the signed revision's table
// point at an object that stands behind the signed octets.
func TestSignedRevisionMustLieWithinItsRanges(t *testing.T) {
	o := simple("/Annots[5 0 R]")
	o[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[5 0 R]>>>>"
	o[5] = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Sig1)/Rect[0 0 0 0]/P 3 0 R/V 6 0 R>>"
	o[6] = "<</Type/Sig/Filter/F/SubFilter/S" + strings.Repeat(" ", rangeRoom) + "/Contents<3003020105>>>"
	b := newFile().table(o).b
	row := bytes.Index(b, []byte("4 1\n")) + 4
	copy(b[row:], fmt.Sprintf("%010d", len(b)+1))
	b = fill(b, soundRange)
	f := from(b)
	f.b = append(f.b, "4 0 obj\n"+stm("", "1 0 0 rg 0 0 500 500 re f")+"\nendobj\n"...)
	b = f.table(objects{20: "(x)"}).b
	if s := theSignature(t, b); !slices.Contains(s.Law, pdf.LawOverlap) {
		t.Errorf("law %v, want %s", s.Law, pdf.LawOverlap)
	}
}

func TestSharedDictionaryIsReportedOnce(t *testing.T) {
	o := simple("/Annots[5 0 R 7 0 R]")
	o[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[5 0 R 7 0 R 8 0 R]>>>>"
	o[5] = "<</Type/Annot/Subtype/Widget/FT/Sig/T(first)/Rect[0 0 0 0]/P 3 0 R/V 6 0 R>>"
	o[7] = "<</Type/Annot/Subtype/Widget/FT/Sig/T(second)/Rect[0 0 0 0]/P 3 0 R/V 6 0 R>>"
	o[8] = "<</T(group)/FT/Sig/Kids[9 0 R]>>"
	o[9] = "<</T(third)/Parent 8 0 R/V 6 0 R>>"
	o[10] = "<</Type/Sig/Contents<00>/ByteRange[0 0 0 0]>>" // reached by no field
	o[6] = "<</Type/Sig/Filter/F/SubFilter/S" + strings.Repeat(" ", rangeRoom) + "/Contents<3003020105>>>"
	s := theSignature(t, fill(newFile().table(o).b, soundRange))
	if want := []string{"first", "second", "group.third"}; !slices.Equal(s.Fields, want) || len(s.Law) > 0 {
		t.Errorf("fields %v law %v", s.Fields, s.Law)
	}
}

func TestContentsThatIsNotHexIsRefused(t *testing.T) {
	b := signedBy("/Contents<30zz020105>", soundRange)
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Signatures(); err == nil {
		t.Error("Contents that is not hex passed")
	}
}
