// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/internal/decision"
)

var (
	planning = decision.CreditCheck("11990000MB0000001")
	building = decision.CreditCheck("11990000MB0000002")
)

func sample() *decision.File {
	return &decision.File{
		Schema: decision.Schema,
		Code:   "0123456789ABCDEF",
		Decision: decision.Decision{
			Number: "示审批〔2026〕1号", CaseNumber: "SL-2026-000001", MatterCode: "SL-0117", MatterName: "建设工程规划许可证核发",
			Applicant:   decision.Applicant{Name: "示例市某某置业有限公司", CreditCode: decision.CreditCheck("91990000MA0000001")},
			Outcome:     decision.Approved,
			Departments: []decision.Department{{planning, "示例市规划局"}, {building, "示例市住房和城乡建设局"}},
			LegalBasis:  []string{"《中华人民共和国城乡规划法》第四十条"},
			Date:        "2026-03-02", ValidFrom: "2026-03-02", ValidTo: "2027-03-01",
			Title:       "关于准予核发建设工程规划许可证的决定",
			Text:        []string{"你单位“东区三号地块”申请收悉。", "经审查，符合法定条件，\\决定准予/许可。"},
			Attachments: []decision.Attachment{{"总平面图.pdf", strings.Repeat("0a", 32)}},
		},
		Stamps:   [][]byte{{0x30, 0x00}, bytes.Repeat([]byte{7}, 100)},
		Evidence: &decision.Evidence{Certificates: [][]byte{{1}, {2, 3}}, CRLs: [][]byte{{4, 5, 6}}},
	}
}

func text(t testing.TB, f *decision.File) string {
	t.Helper()
	raw, err := f.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestMarshalThenParseIsTheSameDocument(t *testing.T) {
	want := sample()
	got, err := decision.Parse([]byte(text(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	bare := sample()
	bare.Stamps, bare.Evidence, bare.Decision.Attachments = nil, nil, nil
	bare.Decision.ValidFrom, bare.Decision.ValidTo, bare.Decision.Applicant.CreditCode = "", "", ""
	if got, err = decision.Parse([]byte(text(t, bare))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bare, got); diff != "" {
		t.Error(diff)
	}
}

// The signed octets are written out here once, by hand.
func TestSignedBytesAreCanonical(t *testing.T) {
	f := sample()
	f.Decision.Applicant = decision.Applicant{Name: `张"三`}
	f.Decision.Departments = f.Decision.Departments[:1]
	f.Decision.Text = []string{"甲", "乙"}
	f.Decision.ValidFrom, f.Decision.ValidTo, f.Decision.Attachments = "", "", nil
	got, err := f.SignedBytes()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"code":"0123456789ABCDEF","decision":{"applicant":{"name":"张\"三"},"caseNumber":"SL-2026-000001",` +
		`"date":"2026-03-02","departments":[{"creditCode":"` + planning + `","name":"示例市规划局"}],` +
		`"legalBasis":["《中华人民共和国城乡规划法》第四十条"],"matterCode":"SL-0117","matterName":"建设工程规划许可证核发",` +
		`"number":"示审批〔2026〕1号","outcome":"approved","text":["甲","乙"],"title":"关于准予核发建设工程规划许可证的决定"},` +
		`"schema":"govseal.decision/v1"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnySpellingIsTheSameDocument(t *testing.T) {
	f := sample()
	want, err := f.SignedBytes()
	if err != nil {
		t.Fatal(err)
	}
	plain := text(t, f)
	var escaped strings.Builder
	for _, r := range plain {
		if r > 0x7F {
			fmt.Fprintf(&escaped, `\u%04X`, r)
		} else {
			escaped.WriteRune(r)
		}
	}
	start := strings.Index(plain, `  "schema": "govseal.decision/v1",`+"\n")
	line := plain[start : start+strings.Index(plain[start:], "\n")+1]
	reordered := strings.TrimSuffix(strings.Replace(plain, line, "", 1), "}\n") + `, "schema":"govseal.decision\/v1"}`
	for name, spelling := range map[string]string{
		"escapes": escaped.String(), "white space": strings.ReplaceAll(plain, "\n", "\r\n\t"), "member order": reordered,
	} {
		again, err := decision.Parse([]byte(spelling))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, _ := again.SignedBytes(); !bytes.Equal(got, want) {
			t.Errorf("%s: other signed octets:\n%s", name, got)
		}
	}
}

func TestCodeIsSigned(t *testing.T) {
	a, b := sample(), sample()
	b.Code = "ZZZZZZZZZZZZZZZZ"
	signedA, _ := a.SignedBytes()
	signedB, _ := b.SignedBytes()
	if bytes.Equal(signedA, signedB) {
		t.Error("two codes, one signed text")
	}
	c := sample()
	c.Stamps, c.Evidence = nil, nil
	if signedC, _ := c.SignedBytes(); !bytes.Equal(signedA, signedC) {
		t.Error("stamps and evidence must not change what is signed")
	}
}

func TestParseRefuses(t *testing.T) {
	good := text(t, sample())
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("sample has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct{ name, raw, path, reason string }{
		{"empty", "", "", "ends where"},
		{"byte order mark", "\ufeff" + good, "", "not a value"},
		{"trailing data", good + "{}", "", "after the end"},
		{"trailing NUL", good + "\x00", "", "after the end"},
		{"array", "[]", "", "must be an object"},
		{"unclosed", good[:len(good)-3], "", ""},
		{"trailing comma", swap(`"title"`, `,"title"`), "/decision", "member name"},
		{"unknown member", swap(`"title"`, `"remark": "x", "title"`), "/decision", `unknown member "remark"`},
		{"hostile unknown member", swap(`"title"`, `"<script>": "x", "title"`), "/decision", "unknown member"},
		{"unknown member in a list", swap(`"sm3"`, `"md5": "x", "sm3"`), "/decision/attachments/0", "unknown member"},
		{"member by other case", swap(`"title"`, `"Title"`), "/decision/title", "missing"},
		{"duplicate member", swap(`"title"`, `"number": "1", "title"`), "/decision", `duplicate member "number"`},
		{"duplicate by escape", swap(`"title"`, `"\u006eumber": "1", "title"`), "/decision", "duplicate member"},
		{"missing member", swap(`"outcome": "approved",`, ""), "/decision/outcome", "missing"},
		{"number", swap(`"SL-0117"`, "117"), "/decision/matterCode", "numbers"},
		{"negative number", swap(`"SL-0117"`, "-1"), "/decision/matterCode", "numbers"},
		{"null", swap(`"SL-0117"`, "null"), "/decision/matterCode", "null"},
		{"true", swap(`"SL-0117"`, "true"), "/decision/matterCode", "true"},
		{"object for a string", swap(`"SL-0117"`, "{}"), "/decision/matterCode", "must be a string"},
		{"invalid UTF-8", swap("SL-0117", "SL\xff"), "/decision/matterCode", "UTF-8"},
		{"overlong UTF-8", swap("SL-0117", "SL\xc0\xaf"), "/decision/matterCode", "UTF-8"},
		{"UTF-8 surrogate", swap("SL-0117", "SL\xed\xa0\x80"), "/decision/matterCode", "UTF-8"},
		{"lone high surrogate", swap("东区", `\uD842`), "/decision/text/0", "surrogate"},
		{"lone low surrogate", swap("东区", `\uDFB7`), "/decision/text/0", "surrogate"},
		{"two high surrogates", swap("东区", `\uD842\uD842`), "/decision/text/0", "surrogate"},
		{"bad escape", swap("东区", `\x41`), "/decision/text/0", "escape"},
		{"short escape", swap("东区", `\u00`), "/decision/text/0", "escape"},
		{"raw control", swap("东区", "\x01"), "/decision/text/0", "control"},
		{"escaped control", swap("东区", `\u0007`), "/decision/text/0", "control"},
		{"line end", swap("东区", `\n`), "/decision/text/0", "control"},
		{"C1 control", swap("东区", "\u0085"), "/decision/text/0", "control"},
		{"right-to-left override", swap("东区", "\u202e"), "/decision/text/0", "bidirectional"},
		{"isolate by escape", swap("东区", `\u2066`), "/decision/text/0", "bidirectional"},
		{"zero-width space", swap("东区", "\u200b"), "/decision/text/0", "invisible"},
		{"variation selector", swap("东区", "东\ufe00"), "/decision/text/0", "invisible"},
		{"tag character", swap("东区", "\U000E0041"), "/decision/text/0", "invisible"},
		{"Hangul filler", swap("东区", "\u3164"), "/decision/text/0", "invisible"},
		{"no-break space", swap("东区", "东\u00a0区"), "/decision/text/0", "unusual space"},
		{"line separator", swap("东区", "东\u2028区"), "/decision/text/0", "unusual space"},
		{"private use", swap("东区", "\ue000"), "/decision/text/0", "private-use"},
		{"replacement character", swap("东区", "\ufffd"), "/decision/text/0", "not a character"},
		{"leading space", swap(`"SL-2026-000001"`, `" SL"`), "/decision/caseNumber", "space"},
		{"wrong schema", swap("decision/v1", "decision/v2"), "/schema", "schema"},
		{"code in fours", swap("0123456789ABCDEF", "0123-4567-89AB-CDEF"), "/code", "Crockford"},
		{"code in lower case", swap("0123456789ABCDEF", "0123456789abcdef"), "/code", "Crockford"},
		{"outcome", swap(`"approved"`, `"granted"`), "/decision/outcome", "must be"},
		{"no such day", swap(`"date": "2026-03-02"`, `"date": "2026-02-29"`), "/decision/date", "real date"},
		{"date with time", swap(`"date": "2026-03-02"`, `"date": "2026-03-02T00:00:00Z"`), "/decision/date", "real date"},
		{"validity reversed", swap("2027-03-01", "2025-03-01"), "/decision/validTo", "before it begins"},
		{"credit code check digit", swap(planning, planning[:17]+"0"), "/decision/departments/0/creditCode", "check digit"},
		{"department twice", swap(building, planning), "/decision/departments/1/creditCode", "twice"},
		{"resident ID for a credit code", swap(sample().Decision.Applicant.CreditCode, "990000190001010008"), "/decision/applicant/creditCode", "resident ID"},
		{"resident ID in a name", swap("示例市某某置业有限公司", "某某990000190001010008"), "/decision/applicant/name", "resident ID"},
		{"empty optional text", swap(`"validTo": "2027-03-01"`, `"validTo": ""`), "/decision/validTo", "leave"},
		{"empty optional list", swap(`"crls": [`+"\n      \"BAUG\"\n    ]", `"crls": []`), "/evidence/crls", "leave"},
		{"empty required text", swap("建设工程规划许可证核发", ""), "/decision/matterName", "empty"},
		{"upper-case digest", swap("0a0a", "0A0A"), "/decision/attachments/0/sm3", "64"},
		{"matter code", swap("SL-0117", "SL 0117"), "/decision/matterCode", "must be"},
		{"base64 without padding", swap(`"MAA="`, `"MAA"`), "/stamps/0", "base64"},
		{"base64 with trailing bits", swap(`"MAA="`, `"MAB="`), "/stamps/0", "base64"},
		{"base64 with a line end", swap(`"MAA="`, `"MA\nA="`), "/stamps/0", "base64"},
		{"base64url", swap(`"MAA="`, `"MA-_"`), "/stamps/0", "base64"},
		{"empty stamp", swap(`"MAA="`, `""`), "/stamps/0", "empty"},
		{"deep", strings.Repeat(`{"a":`, 100), "/a/a/a/a/a/a/a/a/a", "deeper"},
		{"deep arrays", strings.Repeat(`[`, 1<<20), "/0/0/0/0/0/0/0/0/0", "deeper"},
		{"many values", `[` + strings.Repeat(`"",`, 20000) + `""]`, "/16383", "more than"},
		{"many stamps", swap(`"MAA=",`, strings.Repeat(`"MAA=",`, 100)), "/stamps", "more than"},
		{"long title", swap("关于准予", strings.Repeat("长", 300)), "/decision/title", "longer"},
		{"too large", strings.Repeat(" ", decision.MaxFile+1), "", "longer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decision.Parse([]byte(tt.raw))
			var perr *decision.ParseError
			if !errors.As(err, &perr) {
				t.Fatalf("got %v, want a ParseError", err)
			}
			if tt.reason != "" && (perr.Path != tt.path || !strings.Contains(perr.Reason, tt.reason)) {
				t.Errorf("got %v, want %q at %q", err, tt.reason, tt.path)
			}
			if perr.Offset < 0 || perr.Offset > len(tt.raw) {
				t.Errorf("offset %d of %d", perr.Offset, len(tt.raw))
			}
		})
	}
}

func TestErrorPointsAtTheValue(t *testing.T) {
	raw := strings.Replace(text(t, sample()), `"date": "2026-03-02"`, `"date": "2026-13-02"`, 1)
	_, err := decision.Parse([]byte(raw))
	var perr *decision.ParseError
	if !errors.As(err, &perr) || !strings.HasPrefix(raw[perr.Offset:], `"2026-13-02"`) {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "2026-13-02") {
		t.Error("error repeats the value")
	}
}

func TestParseDecision(t *testing.T) {
	raw := text(t, sample())
	from := strings.Index(raw, `"decision": `) + len(`"decision": `)
	bare := raw[from : strings.Index(raw, "\n  },\n")+4]
	d, err := decision.ParseDecision([]byte(bare))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&sample().Decision, d); diff != "" {
		t.Error(diff)
	}
	if _, err := decision.ParseDecision([]byte(raw)); err == nil {
		t.Error("a file passed for a bare decision")
	}
}

func TestNothingInvalidIsSignedOrWritten(t *testing.T) {
	for name, spoil := range map[string]func(*decision.File){
		"invalid UTF-8":  func(f *decision.File) { f.Decision.Title = "\xff" },
		"no departments": func(f *decision.File) { f.Decision.Departments = nil },
		"no code":        func(f *decision.File) { f.Code = "" },
		"empty CRL":      func(f *decision.File) { f.Evidence.CRLs = [][]byte{{}} },
	} {
		f := sample()
		spoil(f)
		if _, err := f.SignedBytes(); err == nil {
			t.Errorf("%s: signed", name)
		}
		if _, err := f.Marshal(); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if err := (&decision.Decision{}).Validate(); err == nil {
		t.Error("an empty decision is valid")
	}
	if err := sample().Decision.Validate(); err != nil {
		t.Error(err)
	}
}
