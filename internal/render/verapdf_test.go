// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestVeraPDF asks veraPDF, if GOVSEAL_VERAPDF names it, whether a rendered
// decision would be PDF/A-2b if it said so. Until that was seen, it does not
// say so: the declaration is added here, as an update of the metadata. The
// command line is as remembered; it was not run where this was written.
func TestVeraPDF(t *testing.T) {
	program := os.Getenv("GOVSEAL_VERAPDF")
	if program == "" {
		t.Skip("GOVSEAL_VERAPDF names no verapdf; rendered decisions stay undeclared")
	}
	file := declared(t, mustRender(t, sample(1)).File)
	path := filepath.Join(t.TempDir(), "declared.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "--flavour", "2b", "--format", "text", "--verbose", path).CombinedOutput()
	if err != nil || !bytes.HasPrefix(out, []byte("PASS")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// The declaration is laid over the metadata without touching anything else,
// so that what veraPDF judges is what is rendered.
func TestDeclarationIsAllThatIsAdded(t *testing.T) {
	original := mustRender(t, sample(1)).File
	file := declared(t, original)
	if !bytes.HasPrefix(file, original) || bytes.Contains(original, []byte("pdfaid")) || bytes.Count(file, []byte("<pdfaid:part>2<")) != 1 {
		t.Error("the declaration is not what was added")
	}
	tool(t, file, "qpdf", "--check", "FILE")
}

var metadataObject = regexp.MustCompile(`(?s)(\d+) 0 obj\n<<[^>]*/Type ?/Metadata[^>]*>>\nstream\n(.*?)\nendstream`)

// declared appends an update whose metadata call the file PDF/A-2b.
func declared(t *testing.T, file []byte) []byte {
	t.Helper()
	m := metadataObject.FindSubmatch(file)
	if m == nil {
		t.Fatal("no metadata in the clear")
	}
	xmp := bytes.Replace(m[2], []byte("<dc:format>"), []byte(`<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><dc:format>`), 1)
	xmp = bytes.Replace(xmp, []byte(`xmlns:dc=`), []byte(`xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc=`), 1)
	tail := file[bytes.LastIndex(file, []byte("trailer")):]
	trailer := tail[len("trailer\n"):bytes.Index(tail, []byte("\nstartxref"))]
	prev := bytes.Fields(tail[bytes.Index(tail, []byte("startxref")):])[1]
	number, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(file)
	at := len(out)
	out = fmt.Appendf(out, "%d 0 obj\n<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream\nendobj\n", number, len(xmp), xmp)
	start := len(out)
	return fmt.Appendf(out, "xref\n%d 1\n%010d 00000 n \ntrailer\n%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n",
		number, at, bytes.TrimSuffix(trailer, []byte(">>")), prev, start)
}
