// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/seal"
)

// formPDF has three pages, the second of which says "Seal here" at 200, 400,
// and on the third an empty signature field.
func formPDF() []byte {
	const text = "BT /F 20 Tf 200 400 Td (Seal here) Tj ET"
	b := []byte("%PDF-1.7\n")
	var at []int
	page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 7 0 R>>>>"
	for _, o := range []string{
		"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[8 0 R]>>>>", "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>",
		page + ">>", page + "/Contents 6 0 R>>", page + "/Annots[8 0 R]>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(text), text),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		"<</Type/Annot/Subtype/Widget/FT/Sig/T(office)/Rect[300 100 440 240]/P 5 0 R/F 4>>",
	} {
		at = append(at, len(b))
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", len(at), o)
	}
	start := len(b)
	b = fmt.Appendf(b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		b = fmt.Appendf(b, "%010d 00000 n \n", n)
	}
	return fmt.Appendf(b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
}

// counter is a folder from which somebody works with a service on the command line.
type counter struct {
	t       *testing.T
	h       *house
	in, dir string
}

func newCounter(t *testing.T, config Config) *counter {
	t.Helper()
	d := &counter{t: t, h: newHouse(t, config), dir: t.TempDir()}
	d.in = filepath.Join(d.dir, "in.pdf")
	for name, content := range map[string][]byte{"in.pdf": formPDF(), "token": []byte(d.h.token), "root.der": d.h.ca.Root()} {
		if err := os.WriteFile(filepath.Join(d.dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d *counter) path(name string) string { return filepath.Join(d.dir, name) }

func (d *counter) run(args ...string) (status int, stdout, stderr string) {
	var out, talk bytes.Buffer
	status = run(d.t.Context(), args, strings.NewReader(""), &out, &talk)
	return status, out.String(), talk.String()
}

// stamp runs "govseal stamp pdf"; the service, the seal and the matter are known.
func (d *counter) stamp(in string, args ...string) (status int, stdout, stderr string) {
	return d.run(append([]string{"stamp", "pdf", in, "--server", d.h.http.URL, "--token-file", d.path("token"),
		"--seal", d.h.seal.ESID, "--matter", demoMatter, "--json"}, args...)...)
}

// The flags of "stamp pdf", one after the other, against a living service:
// what comes back verifies with nothing but the root, stands where it was
// asked for, and begins with the octets that were sent.
func TestStampPDFOnTheCommandLine(t *testing.T) {
	d := newCounter(t, Config{})
	for name, test := range map[string]struct {
		args   []string
		places int
		holds  string // in what was appended
	}{
		"position":  {[]string{"--page", "1", "--x", "20", "--y", "30"}, 1, "adbe.pkcs7.detached"},
		"pages":     {[]string{"--pages", "2-3", "--x", "20", "--y", "30"}, 2, ""},
		"edge":      {[]string{"--edge", "right", "--offset", "100"}, 3, "/Kids ["},
		"placement": {[]string{"--placement", `[{"page":1,"x":20,"y":20},{"edge":"left"}]`}, 4, ""},
		"field":     {[]string{"--field", "office"}, 1, "/T (office)"},
		"caption":   {[]string{"--page", "1", "--x", "20", "--y", "30", "--date", "--qr"}, 1, "/ImageMask true"},
		"certify":   {[]string{"--certify", "2", "--reason", "准予"}, 1, "/Perms"},
		"lock":      {[]string{"--lock"}, 1, "/FieldMDP"},
		"ses":       {[]string{"--profile", "ses"}, 1, "GM.sm2seal"},
	} {
		t.Run(name, func(t *testing.T) {
			out := d.path(name + ".pdf")
			status, stdout, stderr := d.stamp(d.in, append(test.args, "-o", out)...)
			if status != exitOK {
				t.Fatalf("status %d: %s", status, stderr)
			}
			var a seal.Answer
			if err := json.Unmarshal([]byte(stdout), &a); err != nil || max(1, len(a.Places)) != test.places || a.Level != "T" {
				t.Errorf("%v: %s", err, stdout)
			}
			sealed, err := os.ReadFile(out)
			if err != nil || !bytes.HasPrefix(sealed, formPDF()) || !bytes.Contains(sealed[len(formPDF()):], []byte(test.holds)) {
				t.Errorf("%v, %d octets, without %q", err, len(sealed), test.holds)
			}
			if name == "ses" { // its Contents has no room for revocation lists; a store has
				bare := out
				out = d.path("extended.pdf")
				if status, _, stderr := d.run("extend", bare, "-o", out, "--level", "LT", "--server", d.h.http.URL, "--token-file", d.path("token")); status != exitOK {
					t.Fatalf("extend: status %d: %s", status, stderr)
				}
			}
			if status, stdout, stderr := d.run("verify", out, "--trust", d.path("root.der")); status != exitOK {
				t.Errorf("verify: status %d: %s%s", status, stdout, stderr)
			}
		})
	}
}

// Departments one after the other; behind the lock nobody signs any more, and
// nothing is written where nothing was sealed.
func TestStampPDFInSequence(t *testing.T) {
	d := newCounter(t, Config{})
	once, twice, thrice := d.path("once.pdf"), d.path("twice.pdf"), d.path("thrice.pdf")
	if status, _, stderr := d.stamp(d.in, "-o", once, "--certify", "2"); status != exitOK {
		t.Fatal(stderr)
	}
	if status, _, stderr := d.stamp(once, "-o", twice, "--field", "office", "--lock"); status != exitOK {
		t.Fatal(stderr)
	}
	if status, stdout, stderr := d.run("verify", twice, "--trust", d.path("root.der")); status != exitOK {
		t.Errorf("verify: status %d: %s%s", status, stdout, stderr)
	}
	for name, args := range map[string][]string{
		"locked":    {twice, "-o", thrice},
		"not-first": {once, "-o", thrice, "--certify", "1"},
		"place":     {d.in, "-o", thrice, "--page", "9", "--x", "1", "--y", "1"},
		"field":     {d.in, "-o", thrice, "--field", "nowhere"},
	} {
		status, _, stderr := d.stamp(args[0], args[1:]...)
		if _, err := os.Stat(thrice); status != exitRefused || !strings.Contains(stderr, name) || !os.IsNotExist(err) {
			t.Errorf("%s: status %d: %s, %v", name, status, stderr, err)
		}
	}
	if status, _, stderr := d.stamp(d.in, "-o", once); status != exitUsage || !strings.Contains(stderr, "exists already") {
		t.Errorf("over a file: status %d: %s", status, stderr)
	}
}

// A dry run finds the keyword, says where the seal would stand, and leaves no
// trace.
func TestStampPDFDryRun(t *testing.T) {
	d := newCounter(t, Config{Seal: SealConfig{Keywords: true}})
	status, stdout, stderr := d.stamp(d.in, "--dry-run", "--keyword", "Seal here", "--dx", "10")
	var a seal.AnswerDryRun
	if err := json.Unmarshal([]byte(stdout), &a); err != nil || status != exitOK || len(a.Places) != 1 {
		t.Fatalf("status %d, %v: %s%s", status, err, stdout, stderr)
	}
	// "Seal here" is 88 units wide; the seal's middle stands 10 mm right of its middle.
	box := a.Places[0].Box
	if x := (box[0] + box[2]) / 2; a.Places[0].Page != 2 || x < 265 || x > 280 {
		t.Errorf("page %d, box %v", a.Places[0].Page, box)
	}
	if left, err := d.h.seals.Unfinished(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("a dry run left %v, %v", left, err)
	}
	if status, _, stderr := d.stamp(d.in, "--dry-run", "--keyword", "nowhere"); status != exitRefused || !strings.Contains(stderr, "found 0 times") {
		t.Errorf("status %d: %s", status, stderr)
	}
}
