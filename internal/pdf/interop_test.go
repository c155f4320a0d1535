// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSealWhatQpdfWrites has qpdf write the same documents in its own ways:
// linearised, packed into object streams, with other versions.
func TestSealWhatQpdfWrites(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("qpdf is not installed")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(in, newFile().table(rich()).b, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"linearised":        {"--linearize"},
		"linearised-packed": {"--linearize", "--object-streams=generate"},
		"packed":            {"--object-streams=generate"},
		"old":               {"--object-streams=disable", "--force-version=1.2"},
		"new":               {"--object-streams=generate", "--force-version=2.0"},
		"qdf":               {"--qdf"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, name+".pdf")
			if msg, err := exec.Command("qpdf", append(args, in, out)...).CombinedOutput(); err != nil {
				t.Fatalf("qpdf: %v: %s", err, msg)
			}
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			d, err := open(b)
			if err != nil {
				t.Fatal(err)
			}
			if r := d.Revisions(); len(r) != 1 || r[0].End < int64(len(b))-2 {
				t.Errorf("revisions %+v of %d octets", r, len(b))
			}
			twice := seal(t, seal(t, b, stampAt(1, 20, 20)), stampAt(2, 20, 20))
			judgeByOthers(t, twice)
		})
	}
}
