// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources is the text of all Go files of the project, tests and others apart,
// by folder.
func sources(t *testing.T) (code, tests map[string]string) {
	t.Helper()
	code, tests = map[string]string{}, map[string]string{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		raw, err := fs.ReadFile(root, name)
		if strings.HasSuffix(name, "_test.go") {
			tests[path.Dir(name)] += string(raw)
		} else {
			code[path.Dir(name)] += string(raw)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code, tests
}

// The security model promises nothing that is not there: each test it names
// exists in the folder it names, each function in its package.
func TestSecurityModelNamesWhatExists(t *testing.T) {
	raw, err := os.ReadFile(filepath.FromSlash("../../docs/security-model.md"))
	if err != nil {
		t.Fatal(err)
	}
	code, tests := sources(t)
	found, folder := 0, ""
	word := regexp.MustCompile("(?:^|[ |;,(])([a-z][a-z-]*(?:/[a-z]+)*) `(?:Test|Fuzz)|`((?:Test|Fuzz)\\w+)`|`([a-z]+)\\.([A-Z]\\w+)`")
	for line := range strings.SplitSeq(string(raw), "\n") {
		folder = ""
		for at := 0; at < len(line); {
			m := word.FindStringSubmatchIndex(line[at:])
			if m == nil {
				break
			}
			part := func(i int) string {
				if m[2*i] < 0 {
					return ""
				}
				return line[at:][m[2*i]:m[2*i+1]]
			}
			switch {
			case part(1) != "":
				folder, at = part(1), at+m[3]
				continue
			case part(2) != "":
				found++
				checkTest(t, tests, folder, part(2))
			default:
				found++
				checkFunction(t, code, part(3), part(4))
			}
			at += m[1]
		}
	}
	if found < 80 {
		t.Errorf("only %d names were found in the document", found)
	}
}

// checkTest takes a folder, or none for a test anywhere.
func checkTest(t *testing.T, tests map[string]string, folder, name string) {
	t.Helper()
	for dir, text := range tests {
		if (folder == "" || folder == "that" || dir == folder) && strings.Contains(text, "\nfunc "+name+"(") {
			return
		}
	}
	t.Errorf("there is no test %s in %q", name, folder)
}

func checkFunction(t *testing.T, code map[string]string, pkg, name string) {
	t.Helper()
	declared := regexp.MustCompile(`\n(?:func (?:\([^)]*\) )?|type |\t)` + name + `\b[\[( ]`)
	for dir, text := range code {
		if path.Base(dir) == pkg && declared.MatchString(text) {
			return
		}
	}
	t.Errorf("there is no %s.%s", pkg, name)
}
