// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

// samples returns the folder of test data that lies beside the project.
func samples(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("GOVSEAL_SAMPLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "samples")
	}
	dir = filepath.Join(dir, "pdf")
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

func open(b []byte) (*pdf.Document, error) {
	return pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Limits{})
}

// readAll asks a file everything there is to ask.
func readAll(b []byte) (sigs []pdf.Signature, changes [][]pdf.Change, err error) {
	d, err := open(b)
	if err != nil {
		return nil, nil, err
	}
	if _, err = d.PageCount(); err != nil {
		return nil, nil, err
	}
	if _, err = d.Hazards(); err != nil {
		return nil, nil, err
	}
	if sigs, err = d.Signatures(); err != nil {
		return nil, nil, err
	}
	for i := range sigs {
		if len(sigs[i].Law) == 0 {
			if err := d.Digest(context.Background(), &sigs[i], sha256.New()); err != nil {
				return nil, nil, err
			}
		}
		if _, err := d.Appearance(&sigs[i]); err != nil && !errors.Is(err, pdf.ErrNoImage) {
			return nil, nil, err
		}
		c, err := d.Changes(context.Background(), &sigs[i])
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, c)
	}
	return sigs, changes, nil
}

// expected is what the index's verdicts mean for this package, which knows no
// keys: structure, laws and changes.
type expected struct {
	err     bool     // opening or reading is refused
	sigs    int      // else this many signatures
	law     []string // broken by the first
	changes []string // after the first, by name
	level   pdf.Level
}

var sampleTable = map[string]expected{
	"dss__pdf-signed-added-page.pdf":                                       {sigs: 1, changes: []string{"page-added", "page-tree"}, level: pdf.LevelOther},
	"dss__pdf-signed-corrupted.pdf":                                        {err: true},
	"dss__pdf-signed-original.pdf":                                         {sigs: 1},
	"js__poppler-67295-0.pdf":                                              {err: true},
	"js__poppler-91414-0-53.pdf":                                           {err: true},
	"js__xref_command_missing.pdf":                                         {err: true},
	"own__ok.pdf":                                                          {},
	"own__xs_ok.pdf":                                                       {},
	"ph__base.pdf":                                                         {sigs: 1, changes: []string{"trailer"}, level: pdf.LevelOther},
	"ph__broken-objstream1.pdf":                                            {err: true},
	"ph__broken-objstream3.pdf":                                            {err: true},
	"ph__broken-objstream5.pdf":                                            {}, // the broken object is one that nothing leads to
	"ph__circular-page-tree.pdf":                                           {err: true},
	"ph__malformed-encrypt-dict1.pdf":                                      {err: true},
	"ph__malformed-xref-space-padded.pdf":                                  {err: true},
	"ph__minimal-aes256-malformed-oe.pdf":                                  {err: true},
	"ph__minimal-badxref.pdf":                                              {err: true},
	"ph__minimal-hybrid-xref.pdf":                                          {},
	"ph__minimal-illegal-header.pdf":                                       {err: true},
	"ph__minimal-startxref-hopeless.pdf":                                   {err: true},
	"ph__minimal-startxref-obo1.pdf":                                       {err: true},
	"ph__minimal-startxref-obo4.pdf":                                       {err: true},
	"ph__minimal-startxref-obo6.pdf":                                       {err: true},
	"ph__minimal-startxref-same-line.pdf":                                  {},
	"ph__minimal-two-fields-aes256.pdf":                                    {err: true},
	"ph__minimal-with-nonexistent-refs.pdf":                                {},
	"ph__minimal-with-simple-form.pdf":                                     {},
	"ph__one-byterange.pdf":                                                {sigs: 1, law: []string{pdf.LawCount}, changes: []string{"coverage"}, level: pdf.LevelOther},
	"ph__pades-lta-dss-indirect-arrs-test.pdf":                             {sigs: 2, changes: []string{"dss", "leftover", "timestamp"}, level: pdf.LevelLTA},
	"ph__pdf-sig-with-econtent.pdf":                                        {sigs: 1}, // eContent is the CMS verifier's finding
	"ph__scribble.pdf":                                                     {},
	"ph__separate-annots-kids-indir.pdf":                                   {sigs: 2, changes: []string{"signature"}, level: pdf.LevelSignature},
	"ph__sig-no-signed-attrs.pdf":                                          {sigs: 1},
	"ph__sig-with-ski-sid.pdf":                                             {sigs: 1},
	"ph__struct-tree-circular-ref.pdf":                                     {},
	"ph__tail-uncovered.pdf":                                               {sigs: 1, law: []string{pdf.LawTail}, changes: []string{"coverage"}, level: pdf.LevelOther},
	"ph__certified-with-indirect-refs-in-dir.pdf":                          {sigs: 1},
	"ph__minimal-signed-twice-both-created.pdf":                            {sigs: 2, changes: []string{"info", "signature"}, level: pdf.LevelSignature},
	"ph__minimal-two-fields-signed-twice.pdf":                              {sigs: 2, changes: []string{"info", "signature"}, level: pdf.LevelSignature},
	"ph__form-update-no-override-appearance-stream-ap-indirect-sneaky.pdf": {sigs: 2, changes: []string{"object-shared", "signature"}, level: pdf.LevelOther},
	"ph__form-update-override-appearance-stream-sneaky.pdf":                {sigs: 2, changes: []string{"object-shared", "signature"}, level: pdf.LevelOther},
	"ph__form-update-override-appearance-stream.pdf":                       {sigs: 2, changes: []string{"signature"}, level: pdf.LevelSignature},
	"sm2__pocA_pdfsign_chinese_string_broken.pdf":                          {err: true},
	"sm2__pocA_pdfsign_replaced_cms.pdf":                                   {sigs: 1},
	"sm2__pocB_sm2_approval.pdf":                                           {sigs: 1},
}

func TestSamples(t *testing.T) {
	for _, line := range strings.Split(string(sample(t, "index.tsv")), "\n")[1:] {
		name, _, ok := strings.Cut(line, "\t")
		if !ok || name == "own__deep_array_2M.pdf" || name == "own__xs_bomb.pdf" { // see limits_test.go
			continue
		}
		want, known := sampleTable[name]
		if !known && strings.HasPrefix(name, "own__") {
			want, known = expected{err: true}, true
		}
		if !known {
			t.Errorf("%s has no expectation", name)
			continue
		}
		t.Run(name, func(t *testing.T) { judgeSample(t, sample(t, name), want) })
	}
}

func judgeSample(t *testing.T, b []byte, want expected) {
	sigs, changes, err := readAll(b)
	if (err != nil) != want.err {
		t.Fatalf("error %v, want one: %v", err, want.err)
	}
	if want.err {
		sealRefused(t, b)
		return
	}
	if len(sigs) != want.sigs {
		t.Fatalf("%d signatures, want %d", len(sigs), want.sigs)
	}
	if len(sigs) == 0 {
		return
	}
	if !slices.Equal(sigs[0].Law, want.law) {
		t.Errorf("law %v, want %v", sigs[0].Law, want.law)
	}
	var names []string
	level := pdf.LevelNone
	for _, c := range changes[0] {
		names = append(names, c.Name)
		level = max(level, c.Level)
	}
	slices.Sort(names)
	if names = slices.Compact(names); !slices.Equal(names, want.changes) || level != want.level {
		t.Errorf("changes %v level %d, want %v %d", changes[0], level, want.changes, want.level)
	}
	last := len(sigs) - 1
	if len(changes[last]) > 0 && last > 0 && changes[last][0].Level > pdf.LevelLTA {
		t.Errorf("the last signature is followed by %v", changes[last])
	}
}

// sealRefused holds what cannot be read to being refused for sealing.
func sealRefused(t *testing.T, b []byte) {
	d, err := open(b)
	if err != nil {
		return
	}
	if _, err := d.Prepare(context.Background(), stampAt(1, 0, 0)); err == nil {
		t.Error("a file that cannot be read may be sealed")
	}
}
