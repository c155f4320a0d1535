// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/render"
)

// TestVeraPDF asks veraPDF, if GOVSEAL_VERAPDF names it, whether rendered
// decisions are PDF/A-2b, as they say they are. docs/standards.md tells how to
// make such a program; seal has the same test for sealed files.
func TestVeraPDF(t *testing.T) {
	program := os.Getenv("GOVSEAL_VERAPDF")
	if program == "" {
		t.Skip("GOVSEAL_VERAPDF names no verapdf")
	}
	paths := []string{}
	for name, f := range samples() {
		path := filepath.Join(t.TempDir(), name+".pdf")
		if err := os.WriteFile(path, mustRender(t, f).File, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	out, err := exec.Command(program, append([]string{"--flavour", "2b", "--format", "text", "--verbose"}, paths...)...).CombinedOutput()
	if got := bytes.Count(append([]byte{'\n'}, out...), []byte("\nPASS")); err != nil || got != len(paths) {
		t.Errorf("%d of %d files pass: %v\n%s", got, len(paths), err, out)
	}
}

// Every decision claims PDF/A-2b, once and in the clear.
func TestDecisionsClaimPDFA(t *testing.T) {
	file := mustRender(t, sample(1)).File
	for _, claim := range []string{"<pdfaid:part>2<", "<pdfaid:conformance>B<"} {
		if bytes.Count(file, []byte(claim)) != 1 {
			t.Errorf("%s stands there %d times", claim, bytes.Count(file, []byte(claim)))
		}
	}
	silent, err := render.PDF(sample(1), render.Options{VerifyURL: options.VerifyURL, NoArchive: true})
	if err != nil || bytes.Contains(silent.File, []byte("<pdfaid:")) {
		t.Errorf("a claim, though none was to be made: %v", err)
	}
}
