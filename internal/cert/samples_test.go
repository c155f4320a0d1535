// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sampleDir finds the shared samples (samples/README.md); tests that need them
// skip where they are absent.
func sampleDir(t testing.TB, folder string) string {
	t.Helper()
	root := os.Getenv("GOVSEAL_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "samples")
	}
	dir := filepath.Join(root, folder)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no samples at %s: set GOVSEAL_SAMPLES", dir)
	}
	return dir
}

func readSample(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sample is a row of an index.tsv.
type sample struct{ file, what, expected string }

func sampleIndex(t testing.TB, dir string) []sample {
	t.Helper()
	var rows []sample
	for i, line := range strings.Split(strings.TrimSpace(string(readSample(t, dir, "index.tsv"))), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 5 {
			continue
		}
		rows = append(rows, sample{file: f[0], what: f[3], expected: f[4]})
	}
	if len(rows) == 0 {
		t.Fatalf("%s: the index is empty", dir)
	}
	return rows
}
