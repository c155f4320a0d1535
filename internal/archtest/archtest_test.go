// SPDX-License-Identifier: Apache-2.0

package archtest_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/govseal/govseal/"

// allowed is the law: package -> packages of ours that its non-test code may
// import. Arrows point from the outside (cmd) inwards (bytes).
var allowed = map[string]string{
	"cmd/govseal":         "ca/ceremony internal/pdfium api store web internal/keys internal/fetch internal/inspect ca seal verify tsa ledger ledger/proof registry internal/cert internal/bulk internal/gm",
	"cmd/verify-wasm":     "verify",
	"api":                 "ca seal verify tsa registry ledger ledger/proof web internal/decision internal/gm",
	"web":                 "",
	"store":               "ca seal registry ledger ledger/proof tsa internal/keys internal/gm",
	"ca":                  "registry ledger internal/chain internal/lint internal/ocsp internal/tsp internal/cms internal/cert internal/csrresp internal/escrow internal/gm/pkcs12 internal/gm",
	"ca/ceremony":         "ca internal/cert internal/gm",
	"seal":                "registry ledger internal/chain internal/ocsp internal/render internal/pdf internal/ofd internal/ses internal/cms internal/tsp internal/decision internal/glyph internal/cert internal/gm",
	"verify":              "ledger/proof internal/chain internal/ofd internal/pdf internal/ses internal/cms internal/tsp internal/decision internal/cert internal/gm",
	"tsa":                 "internal/tsp internal/cms internal/gm",
	"ledger":              "ledger/proof internal/gm",
	"ledger/proof":        "internal/gm",
	"registry":            "ledger internal/gm",
	"internal/archtest":   "",
	"internal/bulk":       "internal/gm",
	"internal/cert":       "internal/gm",
	"internal/chain":      "internal/ocsp internal/cert internal/gm",
	"internal/cms":        "internal/cert internal/gm",
	"internal/csrresp":    "",
	"internal/decision":   "internal/gm",
	"internal/escrow":     "internal/gm internal/gm/keyfile internal/shamir",
	"internal/fetch":      "",
	"internal/glyph":      "",
	"internal/gm":         "",
	"internal/gm/keyfile": "internal/gm internal/gm/pbes2",
	"internal/gm/pbes2":   "internal/gm",
	"internal/gm/pkcs12":  "internal/gm internal/gm/keyfile internal/gm/pbes2",
	"internal/inspect":    "internal/pdf internal/ofd internal/ses internal/csrresp internal/cms internal/tsp internal/ocsp internal/decision internal/cert internal/gm ledger/proof",
	"internal/interop":    "",
	"internal/keys":       "internal/cert internal/csrresp internal/gm internal/gm/keyfile internal/gm/pkcs12",
	"internal/lint":       "internal/decision internal/cert internal/gm",
	"internal/ocsp":       "internal/cms internal/cert internal/gm",
	"internal/ofd":        "internal/gm",
	"internal/pdf":        "internal/gm",
	"internal/pdfium":     "",
	"internal/render":     "internal/decision internal/glyph internal/pdf internal/gm",
	"internal/ses":        "internal/cms internal/cert internal/gm",
	"internal/shamir":     "",
	"internal/testpki":    "internal/cert internal/cms internal/gm internal/ses internal/tsp",
	"internal/tsp":        "internal/cms internal/cert internal/gm",
}

// Packages that only tests may import.
var testOnly = []string{"internal/testpki", "internal/interop", "internal/archtest"}

// A verifier must stay small and free of input and output of its own.
var notInVerify = []string{
	module + "internal/glyph", module + "internal/render", module + "store", module + "ca", module + "seal",
	module + "internal/pdfium", "github.com/tetratelabs/wazero", "net/http", "database/sql", "github.com/tjfoc/gmsm", "github.com/digitorus",
}

type listed struct {
	ImportPath   string
	Imports      []string
	Deps         []string
	GoFiles      []string
	TestImports  []string
	XTestImports []string
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,GoFiles,TestImports,XTestImports"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range list(t, module+"...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		row, ok := allowed[name]
		if !ok {
			t.Errorf("package %s is not in the import table: enter it, and say in docs/adr why it exists", name)
			continue
		}
		seen[name] = true
		may := strings.Fields(row)
		for _, imp := range p.Imports {
			inner, ours := strings.CutPrefix(imp, module)
			if ours && !slices.Contains(may, inner) {
				t.Errorf("%s must not import %s", name, inner)
			}
			if ours && slices.Contains(testOnly, inner) && !slices.Contains(testOnly, name) {
				t.Errorf("%s imports %s outside its tests", name, inner)
			}
		}
		checkSecondOpinions(t, name, p)
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("the import table lists %s, which does not exist", name)
		}
	}
}

// The independent implementations serve as second opinions only, in the tests
// of internal/interop.
func checkSecondOpinions(t *testing.T, name string, p listed) {
	t.Helper()
	all := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
	for _, imp := range all {
		second := strings.HasPrefix(imp, "github.com/tjfoc/gmsm") || strings.HasPrefix(imp, "github.com/digitorus/pdfsign")
		if second && (name != "internal/interop" || slices.Contains(p.Imports, imp)) {
			t.Errorf("%s imports %s: only the tests of internal/interop may", name, imp)
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	documented := map[string]bool{}
	for _, platform := range []string{"GOOS=linux GOARCH=amd64", "GOOS=js GOARCH=wasm"} {
		list := exec.Command("go", "list", "-e", "-f", "{{.ImportPath}}\t{{.Doc}}", module+"...")
		list.Env = append(os.Environ(), strings.Fields(platform)...)
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for line := range strings.Lines(string(out)) {
			path, doc, _ := strings.Cut(strings.TrimSpace(line), "\t")
			documented[path] = documented[path] || doc != ""
		}
	}
	for path, has := range documented {
		if !has {
			t.Errorf("%s has no package comment", path)
		}
	}
}

func TestOnlyGMNamesTheLibrary(t *testing.T) {
	for _, p := range list(t, module+"...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "github.com/emmansun/gmsm") && name != "internal/gm" && !strings.HasPrefix(name, "internal/gm/") {
				t.Errorf("%s imports %s: only internal/gm names the SM library", name, imp)
			}
		}
	}
}

func TestVerifyStaysSmall(t *testing.T) {
	for _, p := range list(t, module+"verify") {
		for _, dep := range p.Deps {
			for _, bad := range notInVerify {
				if dep == bad || strings.HasPrefix(dep, bad+"/") {
					t.Errorf("verify links %s", dep)
				}
			}
		}
	}
}

func TestPublicSignaturesShowNoInternalType(t *testing.T) {
	for _, pkg := range []string{"ca", "seal", "verify", "tsa", "ledger", "ledger/proof", "registry", "api", "web", "store"} {
		out, err := exec.Command("go", "doc", "-short", "-all", module+pkg).Output()
		if err != nil {
			continue // not built yet; TestImportTable names rows without a package
		}
		for line := range strings.Lines(string(out)) {
			for _, p := range []string{"gm.", "cert.", "cms.", "ses.", "tsp.", "pdf.", "chain.", "decision.", "glyph.", "keys."} {
				if strings.HasPrefix(strings.TrimSpace(line), "//") {
					continue
				}
				if mentions(line, p) && (strings.HasPrefix(line, "func ") || strings.HasPrefix(line, "\t")) {
					t.Errorf("%s shows an internal type: %s", pkg, strings.TrimSpace(line))
				}
			}
		}
	}
}

// mentions reports whether line uses the package qualifier p as a type's.
func mentions(line, p string) bool {
	for _, before := range []string{" *", " ", "]", "(", "*"} {
		i := strings.Index(line, before+p)
		if i < 0 {
			continue
		}
		rest := line[i+len(before)+len(p):]
		if rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' {
			return true
		}
	}
	return false
}
