// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

// withField is a document with an empty signature field of these entries, and
// a text field beside it.
func withField(page, rect, extra string) objects {
	o := simple("/Annots[17 0 R 7 0 R]" + page)
	o[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[17 0 R 7 0 R]>>>>"
	o[7] = "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/DA(/Helv 0 Tf 0 g)/Rect[10 10 60 20]/P 3 0 R/F 4>>"
	o[17] = "<</Type/Annot/Subtype/Widget/FT/Sig/T(office)/Rect[" + rect + "]/P 3 0 R/F 4" + extra + ">>"
	return o
}

func into(name string) pdf.Stamp {
	s := stampAt(0, 0, 0)
	s.Into = name
	return s
}

func TestSignAnExistingField(t *testing.T) {
	parts := withField("", "100 300 300 500", "")
	parts[17] = "<</FT/Sig/T(office)/Kids[18 0 R]>>"
	parts[18] = "<</Type/Annot/Subtype/Widget/Rect[100 300 300 500]/Parent 17 0 R/F 4/MK<</BC[1 0 0]>>>>"
	parts[3] = strings.Replace(parts[3], "17 0", "18 0", 1)
	below := withField("", "100 300 300 500", "")
	below[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[19 0 R 7 0 R]/SigFlags 1>>>>"
	below[19] = "<</T(a)/FT/Sig/Kids[17 0 R]>>"
	below[17] = strings.Replace(below[17], "/FT/Sig", "/Parent 19 0 R", 1)
	for name, c := range map[string]struct {
		objs  objects
		field string
	}{
		"field and widget in one": {withField("", "100 300 300 500", ""), "office"},
		"corners changed over":    {withField("", "300 500 100 300", ""), "office"},
		"widget of its own":       {parts, "office"},
		"within another":          {below, "a.office"},
		"a hint":                  {withField("", "100 300 300 500", "/SV<</Filter/Other/Reasons[(x)]>>"), "office"},
		"demands that are met":    {withField("", "100 300 300 500", "/SV<</Ff 3/Filter/Adobe.PPKLite/SubFilter[/x/adbe.pkcs7.detached]/MDP<</P 0>>>>"), "office"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFile().table(c.objs).b
			sealed := seal(t, b, into(c.field))
			judgeByOthers(t, sealed)
			d, err := open(sealed)
			if err != nil {
				t.Fatal(err)
			}
			sigs, err := d.Signatures()
			if err != nil || len(sigs) != 1 || sigs[0].Fields[0] != c.field {
				t.Fatalf("%+v, %v", sigs, err)
			}
			var no *pdf.Refusal
			if _, err := d.Prepare(t.Context(), into(c.field)); !errors.As(err, &no) || no.Reason != pdf.ReasonFieldExists {
				t.Errorf("signed twice: %v", err)
			}
		})
	}
	// Signing it is a permitted change to what was sealed before.
	first := seal(t, newFile().table(withField("", "100 300 300 500", "")).b, stampAt(1, 20, 20))
	wantChanges(t, seal(t, first, into("office")), pdf.LevelSignature, "signature")
}

// TestFieldOnTurnedPages looks for the seal in the middle of the field, true
// to size and upright.
func TestFieldOnTurnedPages(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed")
	}
	for _, turn := range []int{0, 90, 180, 270} {
		name := fmt.Sprint("field", turn)
		sealed := seal(t, newFile().table(withField(fmt.Sprintf("/Rotate %d", turn), "100 300 300 440", "")).b, into("office"))
		m := draw(t, sealed, name)
		box := reds(m)
		const side = 42 * 72 / 25.4
		x, y := 200.0, 842-370.0 // the field's middle as displayed
		switch turn {
		case 90:
			x, y = 370, 200
		case 180:
			x, y = 595-200, 370
		case 270:
			x, y = 842-370, 595-200
		}
		want := [4]float64{x - side/2, y - side/2, x + side/2, y + side/2}
		for i := range want {
			if math.Abs(box[i]-want[i]) > 3 {
				t.Fatalf("%s: red from %v, want %v", name, box, want)
			}
		}
		if !red(m, int(x), int(y)-20) || red(m, int(x), int(y)+20) {
			t.Errorf("%s: the seal does not stand upright", name)
		}
	}
	small := into("office")
	small.Fit = true
	sealed := seal(t, newFile().table(withField("", "100 300 160 440", "")).b, small)
	if box := reds(draw(t, sealed, "fit")); math.Abs(box[2]-box[0]-60) > 3 || math.Abs(box[3]-box[1]-60) > 3 {
		t.Errorf("fitted: red from %v", box)
	}
}

func TestFieldsThatAreRefused(t *testing.T) {
	const room = "100 300 300 500"
	stray := withField("", room, "")
	stray[3] = strings.Replace(stray[3], "17 0 R", "", 1)
	twins := withField("", room, "")
	twins[18] = twins[17]
	twins[1] = strings.Replace(twins[1], "17 0 R", "17 0 R 18 0 R", 1)
	for name, c := range map[string]struct {
		objs          objects
		field, reason string
	}{
		"not there":           {withField("", room, ""), "other", pdf.ReasonField},
		"a text field":        {withField("", room, ""), "name", pdf.ReasonField},
		"two of the name":     {twins, "office", pdf.ReasonField},
		"hidden":              {withField("", room, "/F 6"), "office", ""}, // F twice: the file is broken
		"in a layer":          {withField("", room, "/OC 4 0 R"), "office", pdf.ReasonField},
		"read-only":           {withField("", room, "/Ff 1"), "office", pdf.ReasonField},
		"on no page":          {stray, "office", pdf.ReasonField},
		"no size":             {withField("", "0 0 0 0", ""), "office", pdf.ReasonField},
		"too small":           {withField("", "100 100 150 300", ""), "office", pdf.ReasonField},
		"beyond the page":     {withField("", "500 300 700 500", ""), "office", pdf.ReasonField},
		"demands a filter":    {withField("", room, "/SV<</Ff 1/Filter/Other>>"), "office", pdf.ReasonSeedValue},
		"demands a subfilter": {withField("", room, "/SV<</Ff 2/SubFilter[/ETSI.CAdES.detached]>>"), "office", pdf.ReasonSeedValue},
		"demands a digest":    {withField("", room, "/SV<</Ff 64/DigestMethod[(SHA256)]>>"), "office", pdf.ReasonSeedValue},
		"demands a reason":    {withField("", room, "/SV<</Ff 8/Reasons[(x)]>>"), "office", pdf.ReasonSeedValue},
		"demands attestation": {withField("", room, "/SV<</Ff 16>>"), "office", pdf.ReasonSeedValue},
		"demands a version":   {withField("", room, "/SV<</Ff 4/V 9>>"), "office", pdf.ReasonSeedValue},
		"demands the unknown": {withField("", room, "/SV<</Ff 4096>>"), "office", pdf.ReasonSeedValue},
		"demands a signer":    {withField("", room, "/SV<</Cert<</Ff 2/Issuer[(x)]>>>>"), "office", pdf.ReasonSeedValue},
		"demands a TSA":       {withField("", room, "/SV<</TimeStamp<</Ff 1/URL(http://example.cn)>>>>"), "office", pdf.ReasonSeedValue},
		"demands to certify":  {withField("", room, "/SV<</MDP<</P 2>>>>"), "office", pdf.ReasonSeedValue},
		"an unknown lock":     {withField("", room, "/Lock<</Action/Some>>"), "office", pdf.ReasonField},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := open(newFile().table(c.objs).b)
			if err != nil {
				t.Fatal(err)
			}
			var no *pdf.Refusal
			if _, err := d.Prepare(t.Context(), into(c.field)); !errors.As(err, &no) || c.reason != "" && no.Reason != c.reason {
				t.Errorf("got %v, want %s", err, c.reason)
			}
		})
	}
}

// TestFieldsOwnLock: what the field's /Lock says is written into the
// signature, and holds against the next one.
func TestFieldsOwnLock(t *testing.T) {
	for lock, want := range map[string]struct{ action, next string }{
		"/Lock<</Type/SigFieldLock/Action/All>>":                        {"All", pdf.ReasonLocked},
		"/Lock<</Type/SigFieldLock/Action/Include/Fields[(name)]>>":     {"Include", ""},
		"/Lock<</Type/SigFieldLock/Action/Exclude/Fields[(name)]>>":     {"Exclude", pdf.ReasonLocked},
		"/Lock<</Type/SigFieldLock/Action/Include/Fields[(name)]/P 1>>": {"Include", pdf.ReasonCertified},
	} {
		sealed := seal(t, newFile().table(withField("", "100 300 300 500", lock)).b, into("office"))
		judgeByOthers(t, sealed)
		if !strings.Contains(string(sealed), "/TransformMethod /FieldMDP") {
			t.Errorf("%s was not written into the signature", lock)
		}
		d, err := open(sealed)
		if err != nil {
			t.Fatal(err)
		}
		sigs, err := d.Signatures()
		if err != nil || len(sigs[0].Locks) == 0 || sigs[0].Locks[0].Action != want.action {
			t.Fatalf("%s: %+v, %v", lock, sigs, err)
		}
		_, err = d.Prepare(t.Context(), stampAt(1, 20, 20))
		var no *pdf.Refusal
		if got := errors.As(err, &no); got != (want.next != "") || got && no.Reason != want.next {
			t.Errorf("%s: the next seal: %v", lock, err)
		}
	}
}

func TestCertification(t *testing.T) {
	perms := withField("", "100 300 300 500", "")
	perms[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[17 0 R 7 0 R]>>/Perms<</X 5>>>>"
	indirect := withField("", "100 300 300 500", "")
	indirect[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[17 0 R 7 0 R]>>/Perms 20 0 R>>"
	indirect[20] = "<<>>"
	for name, b := range map[string][]byte{"plain": newFile().table(simple("")).b, "perms": newFile().table(perms).b,
		"indirect": newFile().table(indirect).b, "stream": newFile().stream(simple(""), nil).b} {
		for p := 1; p <= 3; p++ {
			s := stampAt(1, 20, 20)
			s.Certify = p
			sealed := seal(t, b, s)
			judgeByOthers(t, sealed)
			d, err := open(sealed)
			if err != nil {
				t.Fatal(err)
			}
			sigs, err := d.Signatures()
			if err != nil || sigs[0].DocMDP != p || !strings.Contains(string(sealed), fmt.Sprintf("/DocMDP %d 0 R", sigs[0].Object)) {
				t.Errorf("%s: certified for %d, %v", name, sigs[0].DocMDP, err)
			}
			var no *pdf.Refusal
			_, err = d.Prepare(t.Context(), stampAt(1, 80, 20))
			if (p == 1) != (errors.As(err, &no) && no.Reason == pdf.ReasonCertified) {
				t.Errorf("%s, %d: the next seal: %v", name, p, err)
			}
			if _, err = d.Prepare(t.Context(), s); p > 1 && (!errors.As(err, &no) || no.Reason != pdf.ReasonNotFirst) {
				t.Errorf("%s, %d: certified twice: %v", name, p, err)
			}
		}
	}
}

// TestLastDepartmentLocks: several departments in sequence, the last closes
// the document.
func TestLastDepartmentLocks(t *testing.T) {
	b := seal(t, seal(t, newFile().table(simple("")).b, stampAt(1, 20, 20)), stampAt(1, 80, 20))
	s := stampAt(1, 140, 20)
	s.Lock = &pdf.Lock{Action: "All"}
	sealed := seal(t, b, s)
	judgeByOthers(t, sealed)
	wantChanges(t, sealed, pdf.LevelSignature, "signature")
	d, err := open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	var no *pdf.Refusal
	if _, err := d.Prepare(t.Context(), stampAt(1, 20, 100)); !errors.As(err, &no) || no.Reason != pdf.ReasonLocked {
		t.Errorf("after the lock: %v", err)
	}
}
