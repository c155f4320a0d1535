// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// constants are the values of the string constants of a package's file whose
// names begin with a prefix.
func constants(t *testing.T, file, prefix string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, value)
		}
		return true
	})
	return out
}

// Whatever a reader can name has words in both languages.
func TestEveryNameHasWords(t *testing.T) {
	for _, c := range []struct {
		file, prefix string
		words        map[string]Text
	}{{"../internal/pdf/changes.go", "Change", changeWords}, {"../internal/ofd/reach.go", "Role", roleWords}} {
		names := constants(t, c.file, c.prefix)
		if len(names) < 10 || len(names) != len(c.words) {
			t.Errorf("%s: %d names, %d with words", c.file, len(names), len(c.words))
		}
		for _, name := range names {
			text := c.words[name]
			if !strings.ContainsFunc(text.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || len(text.En) < 5 {
				t.Errorf("%s: %q says %+v", c.file, name, text)
			}
		}
	}
}

func TestChangeWords(t *testing.T) {
	for _, c := range []struct{ level, name, zh string }{
		{"lta", "dss", "追加了验证材料（证书、吊销信息）"},
		{"signature", "Doc_0/Signs/Sign_1/Signature.xml", "追加了另一枚签章"},
		{"other", "Doc_0/Signs/Signatures.xml", "其他改动"},
	} {
		if got := newChange(c.level, c.name, ""); got.Zh != c.zh || got.En == "" || got.Name != c.name {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestWordsOfFacts(t *testing.T) {
	texts := map[Text]bool{}
	for _, result := range []string{"good", "revoked", "on-hold", "stale", "unknown"} {
		texts[RevocationAnswer{Result: result}.Text()] = true
	}
	for _, by := range []string{"tsa", "document-timestamp", "ledger", "claim", "now"} {
		texts[TimeFact{By: by}.Text()] = true
	}
	for _, scope := range []string{"whole-file", "revision", "package", "partial"} {
		texts[CoverageFact{Scope: scope}.Text()] = true
	}
	if len(texts) != 14 {
		t.Errorf("%d different texts, want 14", len(texts))
	}
	for text := range texts {
		if text.Zh == "" || text.En == "" {
			t.Errorf("%+v", text)
		}
	}
}

// The reasons are what the verdict was derived from, and nothing else.
func TestReasons(t *testing.T) {
	var r Report
	r.Stamps = []Stamp{{}}
	s := &r.Stamps[0]
	s.Intact.fail(CodeHashFailure, "a")
	s.Intact.fail(CodeHashFailure, "b")
	s.Revocation.unknown(CodeRevocationUnknown, "")
	s.Time.unknown(CodeNoPOE, "")
	s.Ledger.fail(CodeLedgerInvalid, "")
	s.Coverage.note(CodeListOpen, "")
	for verdict, want := range map[Verdict][]Code{Valid: nil, Unsealed: nil, Invalid: {CodeHashFailure}, Indeterminate: {CodeRevocationUnknown}} {
		r.Verdict = verdict
		var got []Code
		for _, x := range r.Reasons() {
			got = append(got, x.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", verdict, got, want)
		}
	}
	s.Time.fail(CodeTimeOrder, "")
	r.Verdict = Invalid
	if got := r.Reasons(); len(got) != 2 || got[1].Code != CodeTimeOrder {
		t.Errorf("%+v", got)
	}
}
