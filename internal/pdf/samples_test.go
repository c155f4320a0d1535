// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
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

func TestSampleDump(t *testing.T) {
	for _, line := range strings.Split(string(sample(t, "index.tsv")), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 5 {
			continue
		}
		b := sample(t, f[0])
		d, err := open(b)
		t.Logf("%s: %.60s: %v", f[0], f[4], err)
		if err != nil {
			continue
		}
		n, err := d.PageCount()
		h, err2 := d.Hazards()
		s, err3 := d.Signatures()
		t.Logf("    pages %d %v hazards %v %v rev %d sigs %d %v", n, err, h, err2, len(d.Revisions()), len(s), err3)
		for i := range s {
			t.Logf("     %v %v %v rev %d whole %v law %v", s[i].Fields, s[i].SubFilter, s[i].ByteRange, s[i].Revision, s[i].WholeFile, s[i].Law)
			c, err := d.Changes(context.Background(), &s[i])
			t.Logf("       CHANGES %v %v", c, err)
		}
	}
}
