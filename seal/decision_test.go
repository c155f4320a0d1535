// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/render"
	"github.com/govseal/govseal/seal"
)

// rawDecision is a decision that the first n departments issue.
func rawDecision(t testing.TB, n int) []byte {
	t.Helper()
	d := decision.Decision{
		Number: "示例审〔2026〕1号", CaseNumber: "C-1", MatterCode: "M-1", MatterName: "取水许可",
		Applicant: decision.Applicant{Name: "示例水务有限公司"}, Outcome: decision.Approved,
		LegalBasis: []string{"《示例条例》第一条"}, Date: "2026-11-22", Title: "准予行政许可决定书", Text: []string{"经审查，准予许可。"},
	}
	for _, dept := range departments[:n] {
		d.Departments = append(d.Departments, decision.Department{CreditCode: dept.CreditCode, Name: dept.Name})
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// checkDecision holds file and PDF to each other and to the seals that
// stamped, in order.
func checkDecision(t testing.TB, h *house, st *seal.Stamp, seals ...seal.Seal) *decision.File {
	t.Helper()
	f, err := decision.Parse(h.output(st.Output))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := f.SignedBytes()
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Stamps) != len(seals) || f.Code != st.Code {
		t.Fatalf("%d stamps, code %s", len(f.Stamps), f.Code)
	}
	for n, s := range seals {
		if sig := verifySES(t, f.Stamps[n], s, gm.SM3(signed)); sig.PropertyInfo != seal.PropertyDecision || sig.TimeStamp == nil {
			t.Errorf("stamp %d: propertyInfo %q", n, sig.PropertyInfo)
		}
	}
	if f.Evidence == nil || len(f.Evidence.Certificates) != 2 || len(f.Evidence.CRLs) != 2 {
		t.Errorf("evidence %+v", f.Evidence)
	}
	octets := h.output(st.Rendered)
	verifyCMS(t, octets, seals[len(seals)-1], true)
	doc, _ := newestSignature(t, octets)
	all, err := doc.Signatures()
	if err != nil || len(all) != len(seals) {
		t.Fatalf("%d signatures in the PDF, %v", len(all), err)
	}
	bare, err := render.PDF(f, render.Options{VerifyURL: "https://seal.example"})
	if err != nil || !bytes.HasPrefix(octets, bare.File) {
		t.Errorf("the PDF is not the rendering of the decision: %v", err)
	}
	return f
}

func TestStampDecision(t *testing.T) {
	h := newHouse(t)
	raw := rawDecision(t, 1)
	st, err := h.StampDecision(ctx, h.request(h.seals[0], "k1"), raw)
	if err != nil {
		t.Fatal(err)
	}
	checkDecision(t, h, st, h.seals[0])
	a := readAnswer(t, st)
	if a.Decision == nil || a.Decision.Number != "示例审〔2026〕1号" || len(a.Decision.Missing) != 0 || a.Decision.ID != st.Decision ||
		a.Rendered == "" || a.Code != decision.FormatCode(st.Code) {
		t.Errorf("answer %s", st.Answer)
	}
	rec, err := h.Store().Decision(ctx, st.Decision)
	if err != nil || rec.File != st.Output || rec.PDF != st.Rendered || rec.Revision != 1 || rec.Code != st.Code {
		t.Errorf("record %+v, %v", rec, err)
	}
	if st.Document != gm.SM3(raw) {
		t.Error("document is not the SM3 of what was handed in")
	}
	again, err := h.StampDecision(ctx, h.request(h.seals[0], "k1"), raw)
	if err != nil || !bytes.Equal(again.Answer, st.Answer) || len(h.store.sheets) != 1 {
		t.Errorf("again: %v, %d decisions", err, len(h.store.sheets))
	}
}

func TestJointDecision(t *testing.T) {
	h := newHouse(t)
	first, err := h.StampDecision(ctx, h.request(h.seals[1], "k1"), rawDecision(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	if a := readAnswer(t, first); !slices.Equal(a.Decision.Missing, []string{departments[0].CreditCode}) {
		t.Errorf("missing %v", a.Decision.Missing)
	}
	second, err := h.AddDecisionStamp(ctx, h.request(h.seals[0], "k2"), first.Decision)
	if err != nil {
		t.Fatal(err)
	}
	f := checkDecision(t, h, second, h.seals[1], h.seals[0])
	if second.Code != first.Code || f.Code != first.Code {
		t.Error("the second stamp changed the code")
	}
	if a := readAnswer(t, second); len(a.Decision.Missing) != 0 || a.Decision.Number == "" {
		t.Errorf("missing %v", a.Decision.Missing)
	}
	if !bytes.HasPrefix(h.output(second.Rendered), h.output(first.Rendered)) {
		t.Error("the second stamp changed the first's PDF")
	}
	// Each stands on its own place.
	doc, _ := newestSignature(t, h.output(second.Rendered))
	if changes, err := doc.Signatures(); err != nil || changes[0].Fields[0] == changes[1].Fields[0] {
		t.Error("both signatures in one field")
	}
	rec, _ := h.Store().Decision(ctx, first.Decision)
	if rec.Revision != 2 {
		t.Errorf("revision %d", rec.Revision)
	}
}

func TestDecisionStampsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	st, err := h.StampDecision(ctx, h.request(h.seals[0], "k1"), rawDecision(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	foreign := h.seals[1]
	_, err = h.StampDecision(ctx, h.request(foreign, "k2"), rawDecision(t, 1))
	wantRefused(t, err, seal.ReasonNotListed)
	_, err = h.AddDecisionStamp(ctx, h.request(foreign, "k3"), st.Decision)
	wantRefused(t, err, seal.ReasonNotListed)
	_, err = h.AddDecisionStamp(ctx, h.request(h.seals[0], "k4"), st.Decision)
	wantRefused(t, err, seal.ReasonAlreadyStamped)
	// Another seal of the same department is the same department.
	second := h.makeSeal("dept-a")
	_, err = h.AddDecisionStamp(ctx, h.request(second, "k5"), st.Decision)
	wantRefused(t, err, seal.ReasonAlreadyStamped)
	if _, err = h.AddDecisionStamp(ctx, h.request(h.seals[0], "k6"), "nothing"); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("unknown decision: %v", err)
	}
	if len(h.store.stamps) != 1 {
		t.Errorf("%d stamps", len(h.store.stamps))
	}
}

// A seal that went to a department with another credit code in the registry
// would make stamps that a verifier calls foreign.
func TestDecisionStampNeedsTheDepartmentOfTheCertificate(t *testing.T) {
	h := newHouse(t)
	d := departments[0]
	d.CreditCode = departments[2].CreditCode
	h.people.departments[d.ID] = d
	if _, err := h.StampDecision(ctx, h.request(h.seals[0], "k1"), rawDecision(t, 3)); err == nil {
		t.Error("stamped")
	}
}

func TestWithdrawnDecisionTakesNoFurtherStamp(t *testing.T) {
	h := newHouse(t)
	st, err := h.StampDecision(ctx, h.request(h.seals[0], "k1"), rawDecision(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Withdraw(ctx, "operator:test", st.ID, "issued in error"); err != nil {
		t.Fatal(err)
	}
	_, err = h.AddDecisionStamp(ctx, h.request(h.seals[1], "k2"), st.Decision)
	wantRefused(t, err, seal.ReasonWithdrawn)
}

func TestBadDecisions(t *testing.T) {
	h := newHouse(t)
	good := string(rawDecision(t, 1))
	replace := func(old, with string) []byte { return []byte(strings.Replace(good, old, with, 1)) }
	cases := map[string]struct {
		raw    []byte
		reason string
	}{
		"empty":     {nil, seal.ReasonNotADecision},
		"truncated": {[]byte(good[:len(good)/2]), seal.ReasonNotADecision},
		"unknown":   {replace(`{"number"`, `{"extra":"x","number"`), seal.ReasonNotADecision},
		"duplicate": {replace(`{"number"`, `{"date":"2026-11-22","number"`), seal.ReasonNotADecision},
		"number":    {replace(`"C-1"`, `1`), seal.ReasonNotADecision},
		"UTF-8":     {replace("C-1", "C-\xff"), seal.ReasonNotADecision},
		"bidi":      {replace("C-1", "C\u202e1"), seal.ReasonNotADecision},
		"schema":    {[]byte(`{"schema":"govseal.decision/v2","decision":` + good + `}`), seal.ReasonNotADecision},
		"glyph":     {replace("取水许可", "取\U0002A6D6许可"), seal.ReasonCharacters},
	}
	n := 0
	for name, c := range cases {
		n++
		t.Run(name, func(t *testing.T) {
			_, err := h.StampDecision(ctx, h.request(h.seals[0], fmt.Sprint("k", n)), c.raw)
			wantRefused(t, err, c.reason)
		})
	}
	if len(h.store.stamps)+len(h.store.sheets)+len(h.store.files) != 0 {
		t.Error("something was recorded")
	}
}

// Departments that stamp at the same time all end up on the decision, once
// each, in file and PDF alike.
func TestConcurrentDepartments(t *testing.T) {
	h := newHouse(t)
	third := h.makeSeal("dept-c")
	st, err := h.StampDecision(ctx, h.request(h.seals[0], "k0"), rawDecision(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	stamps := make([]*seal.Stamp, 2)
	for n, s := range []seal.Seal{h.seals[1], third} {
		wg.Go(func() {
			var err error
			if stamps[n], err = h.AddDecisionStamp(ctx, h.request(s, fmt.Sprint("k", n+1)), st.Decision); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	rec, _ := h.Store().Decision(ctx, st.Decision)
	if rec.Revision != 3 {
		t.Fatalf("revision %d", rec.Revision)
	}
	last, order := stamps[0], []seal.Seal{h.seals[0], third, h.seals[1]}
	if stamps[1].Output == rec.File {
		last, order = stamps[1], []seal.Seal{h.seals[0], h.seals[1], third}
	}
	checkDecision(t, h, last, order...)
}

// The conflict itself, without luck: another department's stamp lands between
// load and record.
func TestConflictSignsAgain(t *testing.T) {
	h := newHouse(t)
	third := h.makeSeal("dept-c")
	st, err := h.StampDecision(ctx, h.request(h.seals[0], "k0"), rawDecision(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	intruded := false
	h.store.hook("RecordStamp", func() {
		if !intruded {
			intruded = true
			if _, err := h.AddDecisionStamp(ctx, h.request(third, "k1"), st.Decision); err != nil {
				t.Error(err)
			}
		}
	})
	last, err := h.AddDecisionStamp(ctx, h.request(h.seals[1], "k2"), st.Decision)
	if err != nil {
		t.Fatal(err)
	}
	checkDecision(t, h, last, h.seals[0], third, h.seals[1])
}

// What was kept is not believed: a file that was changed stops the stamp.
func TestChangedFileStopsTheStamp(t *testing.T) {
	h := newHouse(t)
	st, err := h.StampDecision(ctx, h.request(h.seals[0], "k0"), rawDecision(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	h.store.files[st.Output] = bytes.Replace(h.store.files[st.Output], []byte("准予许可"), []byte("不予许可"), 1)
	if _, err := h.AddDecisionStamp(ctx, h.request(h.seals[1], "k1"), st.Decision); err == nil {
		t.Error("stamped over a changed decision")
	}
}
