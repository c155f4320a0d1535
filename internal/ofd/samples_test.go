// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

// samples returns the folder of test data that lies beside the project.
func samples(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("GOVSEAL_SAMPLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "samples")
	}
	dir = filepath.Join(dir, "ofd")
	if _, err := os.Stat(filepath.Join(dir, "index.tsv")); err != nil {
		t.Skipf("no samples in %s", dir)
	}
	return dir
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(b []byte) (*ofd.Package, error) {
	return ofd.Open(bytes.NewReader(b), int64(len(b)), ofd.Limits{})
}

// expected is what this level can say of each sample of index.tsv.
var expected = map[string]struct {
	pages      int
	signatures []string // type, references by state, laws, lock, stamps
	uncovered  string   // by all signatures together
	findings   string
	notes      string
}{
	"01_ofdrw_v4_continue.ofd": {1, []string{"Seal match=5 stamps=1"},
		"Doc_0/Signs/Signatures.xml=signatures", "", ""},
	"02_ofdrw_v4_wholeprotected.ofd": {1, []string{"Seal match=6 stamps=1 locks"}, "", "", ""},
	"03_ofdrw_v4_riding_seal.ofd": {5, []string{"Seal match=9 stamps=5 locks"}, "",
		"dangling:Doc_0/Document.xml", ""},
	"04_ofdrw_two_sigs_first_broken.ofd": {5, []string{"Seal match=8 mismatch=1 stamps=5 locks", "Seal match=11 stamps=1 after-lock"}, "",
		"dangling:Doc_0/Document.xml", "max-sign-id"},
	"05_ofdrw_plain_sign_rawsm2.ofd": {1, []string{"Sign match=4 stamps=0"}, "Doc_0/Signs/Signatures.xml=signatures", "", ""},
	"12_taxtest_v4_ofdxml_unprotected.ofd": {5, []string{"Seal match=20 stamps=1"},
		"OFD.xml=package! Doc_0/Signs/Signatures.xml=signatures", "stamp-as-annotation:Doc_0/Annots/Page_0/Annotation.xml", "zip64"},
	"16_taxtest_v4_tpl_unprotected_sigs_locked.ofd": {5, []string{"Seal match=17 stamps=1 locks"},
		"Doc_0/TPLS/TPL_0/Content.xml=template! Doc_0/TPLS/TPL_1/Content.xml=template!", "stamp-as-annotation:Doc_0/Annotation.xml", ""},
	"gmt0099_integrity_ofdentries.ofd": {2, nil, "", "", ""},
	"unsigned_7pages.ofd":              {5, nil, "", "dangling:Doc_0/Document.xml", ""},
	"unsigned_helloworld.ofd":          {1, nil, "", "", ""},
}

func TestSamples(t *testing.T) {
	seen := 0
	for _, line := range strings.Split(string(sample(t, "index.tsv")), "\n")[1:] {
		name := strings.Split(line, "\t")[0]
		if !strings.HasSuffix(name, ".ofd") {
			continue
		}
		seen++
		t.Run(name, func(t *testing.T) { checkSample(t, name) })
	}
	if seen != len(expected) {
		t.Errorf("%d packages in the index, %d expected", seen, len(expected))
	}
}

func checkSample(t *testing.T, name string) {
	want, known := expected[name]
	if !known {
		t.Fatal("nothing is expected of this sample: look at it")
	}
	p := mustOpen(t, sample(t, name))
	d, err := p.Document(0)
	if err != nil || len(d.Pages) != want.pages {
		t.Errorf("%d pages, want %d: %v", len(d.Pages), want.pages, err)
	}
	all := signatures(t, p)
	if len(all) != len(want.signatures) {
		t.Fatalf("%d signatures, want %d", len(all), len(want.signatures))
	}
	var pointers []*ofd.Signature
	for i := range all {
		if got := describe(t, p, &all[i]); got != want.signatures[i] {
			t.Errorf("signature %d: %s, want %s", i, got, want.signatures[i])
		}
		if faults, err := p.CheckStamps(&all[i]); err != nil || len(faults) > 0 {
			t.Errorf("signature %d: stamps %v %v", i, faults, err)
		}
		pointers = append(pointers, &all[i])
	}
	if len(all) > 0 {
		if got := uncovered(coverage(t, p, pointers...)); got != want.uncovered {
			t.Errorf("uncovered %s, want %s", got, want.uncovered)
		}
	}
	if got := findings(t, p); got != want.findings {
		t.Errorf("findings %s, want %s", got, want.findings)
	}
	var notes []string
	for _, n := range p.Tolerated() {
		notes = append(notes, n.Name)
	}
	if got := strings.Join(notes, " "); got != want.notes {
		t.Errorf("tolerated %s, want %s", got, want.notes)
	}
}

func describe(t *testing.T, p *ofd.Package, s *ofd.Signature) string {
	out := s.Type
	count := states(t, p, s)
	for _, state := range []string{ofd.StateMatch, ofd.StateMismatch, ofd.StateMissing, ofd.StateUnreadable, ofd.StateUnknown} {
		if count[state] > 0 {
			out += fmt.Sprintf(" %s=%d", state, count[state])
		}
	}
	out += fmt.Sprintf(" stamps=%d", len(s.Stamps))
	if s.Locks() {
		out += " locks"
	}
	for _, law := range s.Law {
		out += " " + law
	}
	return out
}

// Sample 04 was appended to although the first signature locked it: exactly
// that must be seen, and nothing else.
func TestSampleAppendedAfterLock(t *testing.T) {
	p := mustOpen(t, sample(t, "04_ofdrw_two_sigs_first_broken.ofd"))
	all := signatures(t, p)
	changes, err := p.Changes(t.Context(), &all[0])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprint(c.Name, " ", c.Entry, " ", c.Level == ofd.LevelOther))
	}
	want := "signatures Doc_0/Signs/Signatures.xml true, signature Doc_0/Signs/Sign_1/Signature.xml false"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

// Sealing the samples: the locked and the broken ones refuse, the others take
// a further seal and the earlier one still holds.
func TestSealSamples(t *testing.T) {
	for name, reason := range map[string]string{
		"01_ofdrw_v4_continue.ofd":                      "",
		"02_ofdrw_v4_wholeprotected.ofd":                ofd.ReasonLocked,
		"03_ofdrw_v4_riding_seal.ofd":                   ofd.ReasonLocked,
		"04_ofdrw_two_sigs_first_broken.ofd":            ofd.ReasonLocked,
		"05_ofdrw_plain_sign_rawsm2.ofd":                "",
		"12_taxtest_v4_ofdxml_unprotected.ofd":          "",
		"16_taxtest_v4_tpl_unprotected_sigs_locked.ofd": ofd.ReasonLocked,
		"gmt0099_integrity_ofdentries.ofd":              ofd.ReasonEntries,
		"unsigned_7pages.ofd":                           "",
		"unsigned_helloworld.ofd":                       "",
	} {
		in := sample(t, name)
		spec := sealSpec()
		spec.Places[0].Y = 50
		if reason != "" {
			refused(t, in, spec, reason)
			continue
		}
		out := sign(t, in, spec)
		p := mustOpen(t, out)
		changed := []string{"OFD.xml"}
		if n := len(signatures(t, p)); n > 1 {
			changed = []string{"Doc_0/Signs/Signatures.xml"}
		}
		untouched(t, in, out, changed...)
		for _, s := range signatures(t, p) {
			if got := states(t, p, &s); got[ofd.StateMatch] != len(s.References) || len(s.Law) > 0 {
				t.Errorf("%s: signature %s: %v %v", name, s.ID, got, s.Law)
			}
		}
	}
}
