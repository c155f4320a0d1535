// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
	"unicode"
)

// Every code has a sentence in both languages, and every code is used.
func TestEveryCodeSpeaksBothLanguages(t *testing.T) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]string{}
	spoken := map[string][2]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if len(n.Values) == 1 {
				if lit, ok := n.Values[0].(*ast.BasicLit); ok {
					declared[n.Names[0].Name] = lit.Value
				}
			}
		case *ast.KeyValueExpr:
			lits := n.Value.(*ast.CompositeLit).Elts
			spoken[n.Key.(*ast.Ident).Name] = [2]string{lits[0].(*ast.BasicLit).Value, lits[1].(*ast.BasicLit).Value}
		}
		return true
	})
	if len(declared) < 40 {
		t.Fatalf("only %d codes found", len(declared))
	}
	source := otherSource(t)
	values := map[string]bool{}
	for name, value := range declared {
		if values[value] {
			t.Errorf("%s: %s stands twice", name, value)
		}
		values[value] = true
		zh, en := spoken[name][0], spoken[name][1]
		if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || len(en) < 12 {
			t.Errorf("%s: sentences %s, %s", name, zh, en)
		}
		if !strings.Contains(source, name) {
			t.Errorf("%s is never used", name)
		}
	}
}

func otherSource(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != "codes.go" {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(raw)
		}
	}
	return all.String()
}
