// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

// rich is a document with something of everything that can be attacked.
func rich() objects {
	return objects{
		1:  "<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R/Nowhere 99 0 R>>",
		2:  "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2/MediaBox[0 0 595 842]>>",
		3:  "<</Type/Page/Parent 2 0 R/Resources 11 0 R/Contents 4 0 R/Annots 8 0 R>>",
		4:  stm("", "BT /F 20 Tf 50 500 Td (approved) Tj ET /Hidden Do"),
		5:  "<</Type/Page/Parent 2 0 R/Resources<<>>/Contents 6 0 R>>",
		6:  stm("", "0 g"),
		7:  "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(x)/DA(/F 0 Tf 0 g)/Rect[10 10 60 20]/P 3 0 R/F 4/AP<</N 15 0 R>>>>",
		8:  "[7 0 R 16 0 R]",
		9:  "<</Fields 10 0 R>>",
		10: "[7 0 R 17 0 R]",
		11: "<</Font<</F 12 0 R>>/XObject<</Hidden 13 0 R>>>>",
		12: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		13: stm("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", ""),
		14: "(nothing leads here)",
		15: stm("/Type/XObject/Subtype/Form/BBox[0 0 50 10]", "BT /F 9 Tf (x) Tj ET"),
		16: "<</Type/Annot/Subtype/Square/Rect[0 0 20 20]/F 4>>",
		17: "<</Type/Annot/Subtype/Widget/FT/Sig/T(empty)/Rect[100 10 200 60]/P 5 0 R/F 132>>",
	}
}

func named(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// attacked seals the rich document and appends the update.
func attacked(t *testing.T, base objects, update objects, trailer string) []byte {
	f := from(seal(t, newFile().table(base).b, stampAt(1, 20, 20)))
	f.trailer = "/Root 1 0 R"
	if trailer != "" {
		f.trailer = trailer
	}
	return f.table(update).b
}

// A sealed rich document has the field 22 with the signature 21.
const sealField, sealValue = 22, 21

func TestChanges(t *testing.T) {
	base := rich()
	page := func(extra string) string { return strings.TrimSuffix(base[3], ">>") + extra + ">>" }
	sigField := func(extra string) string {
		return "<</Type/Annot/Subtype/Widget/FT/Sig/T(more)/F 132/P 3 0 R" + extra + ">>"
	}
	const sigDict = "<</Type/Sig/Filter/A/SubFilter/B/ByteRange[0 1 2 3]/Contents<00>>>"
	const tstDict = "<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange[0 1 2 3]/Contents<00>>>"
	fields := named("[7 0 R 17 0 R %d 0 R 40 0 R]", sealField)
	annots := named("[7 0 R 16 0 R %d 0 R 40 0 R]", sealField)
	box := stm("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "1 g 0 0 9 9 re f")
	for name, c := range map[string]struct {
		update  objects
		trailer string
		level   pdf.Level
		names   string
	}{
		// What is permitted.
		"nothing":            {objects{4: base[4]}, "", pdf.LevelNone, ""},
		"dss":                {objects{1: named("%s/DSS 30 0 R>>", strings.TrimSuffix(base[1], ">>")), 30: "<</Certs[31 0 R]/VRI<</" + strings.Repeat("A", 40) + "<</Cert[31 0 R]>>>>>>", 31: stm("", "DER")}, "", pdf.LevelLTA, "dss"},
		"hidden time-stamp":  {objects{10: fields, 40: sigField("/Rect[0 0 0 0]/V 41 0 R"), 8: annots, 41: tstDict}, "", pdf.LevelLTA, "timestamp"},
		"further signature":  {objects{10: fields, 40: sigField("/Rect[0 0 9 9]/V 41 0 R/AP<</N 42 0 R>>"), 8: annots, 41: sigDict, 42: box}, "", pdf.LevelSignature, "signature"},
		"empty field signed": {objects{17: strings.Replace(base[17], "/F 132", "/F 132/V 41 0 R/AP<</N 42 0 R>>", 1), 41: sigDict, 42: box}, "", pdf.LevelSignature, "signature"},
		"field and widget":   {objects{10: fields, 40: "<</FT/Sig/T(more)/V 41 0 R/Kids[43 0 R]>>", 43: "<</Type/Annot/Subtype/Widget/Parent 40 0 R/Rect[0 0 9 9]/P 5 0 R>>", 41: sigDict, 5: strings.TrimSuffix(base[5], ">>") + "/Annots[43 0 R]>>"}, "", pdf.LevelSignature, "signature"},
		"version raised":     {objects{1: strings.TrimSuffix(base[1], ">>") + "/Version/2.0>>"}, "", pdf.LevelLTA, "version"},
		"form filled":        {objects{7: strings.Replace(strings.Replace(base[7], "(x)", "(y)", 1), "15 0", "30 0", 1), 30: box}, "", pdf.LevelForm, "form-value"},
		"annotation added":   {objects{8: annots, 40: "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(hm)>>"}, "", pdf.LevelAnnotation, "annotation"},
		"appearance over":    {objects{7: strings.Replace(base[7], "(x)", "(y)", 1), 15: box}, "", pdf.LevelForm, "form-value"},
		"empty field added":  {objects{10: fields, 40: sigField("/Rect[0 0 0 0]"), 8: annots}, "", pdf.LevelForm, "empty-field"},
		"signed over":        {objects{17: strings.Replace(base[17], "/F 132", "/F 132/V 41 0 R", 1), 41: sigDict}, "", pdf.LevelSignature, "signature"},
		"information added":  {objects{40: "<</ModDate(D:20261122)>>"}, "/Root 1 0 R/Info 40 0 R", pdf.LevelLTA, "info"},
		"information forged": {objects{40: "<</Title(forged)>>"}, "/Root 1 0 R/Info 40 0 R", pdf.LevelOther, "trailer"},
		"information lent":   {objects{}, "/Root 1 0 R/Info 11 0 R", pdf.LevelOther, "trailer"},
		"annotation taken":   {objects{8: named("[7 0 R %d 0 R]", sealField), 16: ""}, "", pdf.LevelAnnotation, "annotation"},
		"store part left":    {objects{30: "[31 0 R]"}, "", pdf.LevelLTA, "leftover"},

		// Shadow attacks: what is shown is swapped, hidden or moved.
		"content replaced":          {objects{4: stm("", "(refused)")}, "", pdf.LevelOther, "content"},
		"content appended":          {objects{3: strings.Replace(base[3], "4 0 R", "[4 0 R 30 0 R]", 1), 30: stm("", "x")}, "", pdf.LevelOther, "content hidden-object"},
		"hidden form shown":         {objects{13: box}, "", pdf.LevelOther, "resource"},
		"font replaced":             {objects{12: "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"}, "", pdf.LevelOther, "font"},
		"resources replaced":        {objects{11: "<</Font<<>>>>"}, "", pdf.LevelOther, "resource"},
		"content removed":           {objects{4: ""}, "", pdf.LevelOther, "content"},
		"appearance in place":       {objects{15: box}, "", pdf.LevelOther, "appearance"},
		"kind changed":              {objects{4: "<</Type/Action/S/Launch>>"}, "", pdf.LevelOther, "object-type"},
		"appearance alone":          {objects{15: stm("/Type/XObject/Subtype/Form/BBox[0 0 50 10]", "(other)")}, "", pdf.LevelOther, "appearance"},
		"content shown by a field":  {objects{7: strings.Replace(strings.Replace(base[7], "(x)", "(y)", 1), "15 0", "4 0", 1), 4: box}, "", pdf.LevelOther, "form-value object-type"},
		"resource shown by a field": {objects{7: strings.Replace(strings.Replace(base[7], "(x)", "(y)", 1), "15 0", "13 0", 1), 13: box}, "", pdf.LevelOther, "form-value object-shared"},
		"reused number":             {objects{99: "<</Type/Action/S/Launch>>"}, "", pdf.LevelOther, "hidden-object object-defined"},
		"hidden object":             {objects{30: stm("", "x")}, "", pdf.LevelOther, "hidden-object"},
		"unreachable changed":       {objects{14: "(x)"}, "", pdf.LevelOther, "object"},

		// Pages.
		"page added":    {objects{2: "<</Type/Pages/Kids[3 0 R 5 0 R 30 0 R]/Count 3/MediaBox[0 0 595 842]>>", 30: "<</Type/Page/Parent 2 0 R/Contents 31 0 R>>", 31: stm("", "x")}, "", pdf.LevelOther, "page-added page-tree"},
		"page removed":  {objects{2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>"}, "", pdf.LevelOther, "page-removed page-tree"},
		"page swapped":  {objects{2: "<</Type/Pages/Kids[30 0 R 5 0 R]/Count 2/MediaBox[0 0 595 842]>>", 30: page("")}, "", pdf.LevelOther, "page-added page-removed page-tree"},
		"pages ordered": {objects{2: "<</Type/Pages/Kids[5 0 R 3 0 R]/Count 2/MediaBox[0 0 595 842]>>"}, "", pdf.LevelOther, "page-tree"},
		"page cropped":  {objects{3: page("/CropBox[0 0 9 9]")}, "", pdf.LevelOther, "page"},
		"all cropped":   {objects{2: strings.Replace(base[2], "595", "95", 1)}, "", pdf.LevelOther, "page-tree"},
		"page rotated":  {objects{5: strings.TrimSuffix(base[5], ">>") + "/Rotate 180>>"}, "", pdf.LevelOther, "page"},

		// Catalog and trailer.
		"catalog redirected": {objects{30: strings.TrimSuffix(base[1], ">>") + "/OpenAction<</S/JavaScript/JS(x)>>>>"}, "/Root 30 0 R", pdf.LevelOther, "catalog catalog-redirected"},
		"open action":        {objects{1: strings.TrimSuffix(base[1], ">>") + "/OpenAction<</S/JavaScript/JS(x)>>>>"}, "", pdf.LevelOther, "catalog"},
		"layers":             {objects{1: strings.TrimSuffix(base[1], ">>") + "/OCProperties<<>>>>"}, "", pdf.LevelOther, "catalog"},
		"extensions lead on": {objects{1: strings.TrimSuffix(base[1], ">>") + "/Extensions<</X 14 0 R>>>>"}, "", pdf.LevelOther, "catalog"},
		"identity":           {objects{}, "/Root 1 0 R/ID[<00><00>]", pdf.LevelNone, ""},
		"other entry":        {objects{}, "/Root 1 0 R/Strange 1", pdf.LevelOther, "trailer"},

		// The form.
		"field added":              {objects{10: fields, 8: annots, 40: "<</Type/Annot/Subtype/Widget/FT/Tx/T(more)/Rect[0 0 300 300]/P 3 0 R/AP<</N 42 0 R>>>>", 42: box}, "", pdf.LevelOther, "annotation field"},
		"unsigned field":           {objects{10: fields, 8: annots, 40: sigField("/Rect[0 0 300 300]/AP<</N 42 0 R>>"), 42: box}, "", pdf.LevelOther, "field"},
		"old signature lent":       {objects{10: fields, 8: annots, 40: sigField(named("/Rect[0 0 300 300]/AP<</N 42 0 R>>/V %d 0 R", sealValue)), 42: box}, "", pdf.LevelOther, "field"},
		"name taken":               {objects{10: fields, 8: annots, 40: strings.Replace(sigField("/Rect[0 0 9 9]/V 41 0 R"), "(more)", "(name)", 1), 41: sigDict}, "", pdf.LevelOther, "field signature"},
		"field that acts":          {objects{10: fields, 8: annots, 40: sigField("/Rect[0 0 9 9]/V 41 0 R/AA<<>>"), 41: sigDict}, "", pdf.LevelOther, "field signature"},
		"visible time-stamp":       {objects{10: fields, 8: annots, 40: sigField("/Rect[0 0 300 300]/V 41 0 R/AP<</N 42 0 R>>"), 41: tstDict, 42: box}, "", pdf.LevelOther, "timestamp"},
		"empty field dressed":      {objects{17: strings.Replace(base[17], "/F 132", "/F 132/AP<</N 42 0 R>>", 1), 42: box}, "", pdf.LevelOther, "field"},
		"empty field moved":        {objects{17: strings.Replace(base[17], "100 10", "10 10", 1)}, "", pdf.LevelOther, "field"},
		"field renamed":            {objects{7: strings.Replace(base[7], "(name)", "(Name)", 1)}, "", pdf.LevelOther, "field form-value"},
		"field moved":              {objects{7: strings.Replace(base[7], "[10 10", "[90 90", 1)}, "", pdf.LevelOther, "field form-value"},
		"fields removed":           {objects{10: "[7 0 R 17 0 R]"}, "", pdf.LevelOther, "form"},
		"appearances regenerated":  {objects{9: "<</Fields 10 0 R/SigFlags 3/NeedAppearances true>>"}, "", pdf.LevelOther, "form"},
		"font for old fields":      {objects{9: "<</Fields 10 0 R/SigFlags 3/DR<</Font<</F 30 0 R>>>>>>", 30: "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"}, "", pdf.LevelForm, "form-defaults"},
		"xfa":                      {objects{9: "<</Fields 10 0 R/SigFlags 3/XFA(x)>>"}, "", pdf.LevelOther, "form"},
		"form gone":                {objects{1: "<</Type/Catalog/Pages 2 0 R/Nowhere 99 0 R>>"}, "", pdf.LevelOther, "form"},
		"another form":             {objects{1: strings.Replace(base[1], "9 0 R", "16 0 R", 1)}, "", pdf.LevelOther, "form"},
		"seal field changed":       {objects{sealField: named("<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal1)/V %d 0 R/P 3 0 R/Rect[0 0 9 9]>>", sealValue)}, "", pdf.LevelOther, "signature-changed"},
		"seal's picture replaced":  {objects{19: box}, "", pdf.LevelOther, "object-type"},
		"annotation with action":   {objects{8: annots, 40: "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI>>>>"}, "", pdf.LevelOther, "annotation"},
		"annotation changed":       {objects{16: "<</Type/Annot/Subtype/Square/Rect[0 0 500 500]/F 4>>"}, "", pdf.LevelAnnotation, "annotation"},
		"annotation over the seal": {objects{16: "<</Type/Annot/Subtype/Square/Rect[0 0 500 700]/F 4>>"}, "", pdf.LevelOther, "over-seal"},
		"annotation removed":       {objects{8: named("[7 0 R %d 0 R]", sealField)}, "", pdf.LevelAnnotation, "annotation"},
		"seal widget removed":      {objects{8: "[7 0 R 16 0 R]"}, "", pdf.LevelOther, "annotation"},
		"inline annotation":        {objects{8: named("[7 0 R 16 0 R %d 0 R<</Subtype/Square/Rect[0 0 9 9]>>]", sealField)}, "", pdf.LevelOther, "annotation"},
		"old object as annotation": {objects{8: named("[7 0 R 16 0 R %d 0 R 13 0 R]", sealField)}, "", pdf.LevelOther, "annotation"},
		"unreadable":               {objects{4: "<</A"}, "", pdf.LevelOther, "unreadable"},
		"certificates taken":       {objects{1: strings.TrimSuffix(base[1], ">>") + "/DSS(x)>>"}, "", pdf.LevelOther, "dss"},
		"content as store":         {objects{1: strings.TrimSuffix(base[1], ">>") + "/DSS<</Certs[4 0 R]>>>>", 4: stm("", "(refused)")}, "", pdf.LevelOther, "dss object-shared"},
	} {
		t.Run(name, func(t *testing.T) {
			wantChanges(t, attacked(t, base, c.update, c.trailer), c.level, c.names)
		})
	}
}

// wantChanges holds the first signature's changes to a highest level and a
// set of names.
func wantChanges(t *testing.T, b []byte, level pdf.Level, names string) {
	t.Helper()
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil || len(sigs) == 0 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	s := sigs[slices.IndexFunc(sigs, func(s pdf.Signature) bool { return s.Fields[0] == "Seal1" && len(s.Law) == 0 })]
	got, err := d.Changes(context.Background(), &s)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	top := pdf.LevelNone
	for _, c := range got {
		list = append(list, c.Name)
		top = max(top, c.Level)
	}
	slices.Sort(list)
	if list = slices.Compact(list); top != level || strings.Join(list, " ") != names {
		t.Errorf("got level %d, %v; want %d, %s", top, got, level, names)
	}
}

// TestNumbersAreNotReused gives an object up before the seal and uses its
// number again after it: a reader of old sections finds both.
func TestNumbersAreNotReused(t *testing.T) {
	base := rich()
	f := newFile().table(base)
	f = f.table(objects{14: ""})
	f = from(seal(t, f.b, stampAt(1, 20, 20)))
	f.trailer = "/Root 1 0 R"
	cat := named("%s/DSS<</Certs[14 0 R]>>>>", strings.TrimSuffix(base[1], ">>"))
	b := f.table(objects{1: cat, 14: stm("", "DER")}).b
	wantChanges(t, b, pdf.LevelOther, "dss object-reused")
}

// TestForbids holds changes to what certification and locks permit.
func TestForbids(t *testing.T) {
	change := func(l pdf.Level) pdf.Change { return pdf.Change{Level: l, Field: "a.b"} }
	lock := func(action string, names ...string) []pdf.Lock { return []pdf.Lock{{Action: action, Fields: names}} }
	for name, c := range map[string]struct {
		s       pdf.Signature
		highest pdf.Level // that is not forbidden
	}{
		"says nothing":     {pdf.Signature{}, pdf.LevelAnnotation},
		"P 1":              {pdf.Signature{DocMDP: 1}, pdf.LevelLTA},
		"P 2":              {pdf.Signature{DocMDP: 2}, pdf.LevelForm},
		"P 3":              {pdf.Signature{DocMDP: 3}, pdf.LevelAnnotation},
		"lock with P 1":    {pdf.Signature{DocMDP: 3, Locks: []pdf.Lock{{Action: "Include", P: 1}}}, pdf.LevelLTA},
		"lock with P 2":    {pdf.Signature{Locks: []pdf.Lock{{Action: "Include", P: 2}}}, pdf.LevelForm},
		"another's lock":   {pdf.Signature{Locks: lock("Include", "a.c")}, pdf.LevelAnnotation},
		"all but this one": {pdf.Signature{Locks: lock("Exclude", "a")}, pdf.LevelAnnotation},
	} {
		for l := pdf.LevelNone; l <= pdf.LevelOther; l++ {
			if why := c.s.Forbids(change(l)); (why == "") != (l <= c.highest) {
				t.Errorf("%s: level %d: %q", name, l, why)
			}
		}
	}
	for _, locks := range [][]pdf.Lock{lock("All"), lock("Include", "a"), lock("Include", "a.b"), lock("Exclude", "b"), lock("Strange")} {
		s := pdf.Signature{Locks: locks}
		if s.Forbids(change(pdf.LevelForm)) == "" || s.Forbids(change(pdf.LevelSignature)) == "" || s.Forbids(change(pdf.LevelLTA)) != "" {
			t.Errorf("%v does not lock a.b, or locks too much", locks)
		}
	}
}

func TestFurtherSealsArePermitted(t *testing.T) {
	for name, b := range documents() {
		t.Run(name, func(t *testing.T) {
			three := seal(t, seal(t, seal(t, b, stampAt(1, 10, 10)), stampAt(1, 60, 10)), stampAt(1, 110, 10))
			wantChanges(t, three, pdf.LevelSignature, "signature")
		})
	}
}

// TestObjectSwappedByOffset has a second version of an object lie hidden in
// the signed octets, and a later table that merely points at it.
func TestObjectSwappedByOffset(t *testing.T) {
	f := newFile()
	hidden := len(f.b)
	f.b = append(f.b, "4 0 obj\n"+stm("", "(refused)")+"\nendobj\n"...)
	f = from(seal(t, f.table(rich()).b, stampAt(1, 20, 20)))
	start := int64(len(f.b))
	f.b = append(f.b, "xref\n"...)
	f.rows(objects{4: "x"}, map[int]int64{4: int64(hidden)})
	wantChanges(t, f.end(start, "").b, pdf.LevelOther, "content")
}

// TestObjectSwappedByItsStream replaces the object stream that an object lies
// in, without an entry for the object itself.
func TestObjectSwappedByItsStream(t *testing.T) {
	objs := rich()
	packed := objects{}
	for _, n := range []int{11, 12, 14} {
		packed[n] = objs[n]
		delete(objs, n)
	}
	f := newFile()
	f.size = 100 // the object stream's number
	b := f.stream(objs, packed).b
	f = from(seal(t, b, stampAt(1, 20, 20)))
	other := maps.Clone(packed)
	other[12] = "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"
	wantChanges(t, f.stream(objects{100: pack(other)}, nil).b, pdf.LevelOther, "font object")
}

// TestSharedArrays has the annotation array of the sealed page be something
// else too: appending to it then changes more than the page's annotations.
func TestSharedArrays(t *testing.T) {
	base := rich()
	base[1] = strings.TrimSuffix(base[1], ">>") + "/Other 8 0 R>>"
	b := seal(t, newFile().table(base).b, stampAt(1, 20, 20))
	wantChanges(t, seal(t, b, stampAt(1, 80, 20)), pdf.LevelOther, "object-shared signature")
}

// TestTailsAreNotOverlooked appends what no cross-reference chain reaches.
func TestTailsAreNotOverlooked(t *testing.T) {
	sealed := seal(t, newFile().table(rich()).b, stampAt(1, 20, 20))
	at := from(sealed).prev
	for name, tail := range map[string]string{
		"garbage":        "garbage",
		"startxref back": fmt.Sprintf("4 0 obj\n(x)\nendobj\nstartxref\n%d\n%%%%EOF\n", at),
		"second end":     "%%EOF\n",
	} {
		if _, err := open(append(bytes.Clone(sealed), tail...)); err == nil {
			t.Errorf("%s behind the end was overlooked", name)
		}
	}
	// A new section whose /Prev leaves out the signed one: the signature then
	// covers no revision of the document.
	f := from(sealed)
	all := rich()
	all[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[22 0 R]>>>>"
	f.prev, f.size = 0, 30
	old := bytes.Index(sealed, []byte("22 0 obj\n")) + 9
	all[22] = string(sealed[old : old+bytes.Index(sealed[old:], []byte("\nendobj"))])
	at21 := int64(bytes.Index(sealed, []byte("21 0 obj\n")))
	places := f.write(all)
	places[21] = at21
	all[21] = "x"
	start := int64(len(f.b))
	f.b = append(f.b, "xref\n0 1\n0000000000 65535 f \n"...)
	f.rows(all, places)
	d, err := open(f.end(start, "").b)
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil || len(sigs) != 1 || !slices.Contains(sigs[0].Law, pdf.LawTail) {
		t.Fatalf("%+v, %v: the chain leaves the signed revision out", sigs, err)
	}
	if c, _ := d.Changes(context.Background(), &sigs[0]); len(c) != 1 || c[0].Name != pdf.ChangeCoverage {
		t.Errorf("changes %v", c)
	}
}
