// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"bytes"
	"context"
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

func TestSampleDump(t *testing.T) {
	for _, line := range strings.Split(string(sample(t, "index.tsv")), "\n")[1:] {
		f := strings.Split(line, "\t")
		if !strings.HasSuffix(f[0], ".ofd") {
			continue
		}
		p, err := open(sample(t, f[0]))
		t.Logf("%s: %v", f[0], err)
		if err != nil {
			continue
		}
		d, err := p.Document(0)
		t.Logf("   %v %v %v", p.Bodies(), d, err)
		box, err := p.PageBox(0, 0)
		t.Logf("   %v %v", box, err)
		sigs, err := p.Signatures()
		t.Logf("   %d sigs %v notes %v", len(sigs), err, p.Tolerated())
		for i := range sigs {
			s := &sigs[i]
			t.Logf("   %s %s %v %v %v laws %v notes %v locks %v %v", s.ID, s.Type, s.Provider, s.Stamps, s.CheckMethod, s.Law, s.Tolerated, s.Locks(), s.Fault)
			c, err := p.CheckReferences(context.Background(), s)
			for _, c := range c {
				if c.State != ofd.StateMatch {
					t.Logf("      %s %s", c.FileRef, c.State)
				}
			}
			t.Logf("     %d refs %v", len(c), err)
		}
	}
}
