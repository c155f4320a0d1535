// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/verify"
)

// sample reads a file of the samples' folder, or skips.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("GOVSEAL_SAMPLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "samples")
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("samples are absent: %v", err)
	}
	return raw
}

// The expectations are those of samples/pdf/index.tsv. None of the test
// authorities is trusted, so nothing is valid here: what is asked is whether
// each file gets the right facts, and that no broken one is called good.
func TestSamplePDFs(t *testing.T) {
	table := csv.NewReader(bytes.NewReader(sample(t, "pdf/index.tsv")))
	table.Comma, table.LazyQuotes = '\t', true
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	p := verify.Policy{Time: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Revocation: verify.RevocationOptional}
	for _, row := range rows[1:] {
		word, _, _ := strings.Cut(row[4], ":")
		word, _, _ = strings.Cut(word, ";")
		word, _, _ = strings.Cut(word, ",")
		word, _, _ = strings.Cut(word, " ")
		t.Run(row[0], func(t *testing.T) {
			raw := sample(t, "pdf/"+row[0])
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			start := time.Now()
			r, err := verify.Verify(ctx, verify.Document{ReaderAt: bytes.NewReader(raw), Size: int64(len(raw))}, p)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if err != nil {
				if word != "malformed" {
					t.Errorf("%s: %v", word, err)
				}
				return
			}
			judgeSample(t, word, row[4], r)
		})
	}
}

func judgeSample(t *testing.T, word, expected string, r *verify.Report) {
	t.Helper()
	var integrity, changed bool // of all stamps
	integrity = true
	for _, s := range r.Stamps {
		integrity = integrity && s.Intact.Status == verify.OK && s.Signature.Status != verify.Failed && s.Coverage.Status == verify.OK
		changed = changed || s.Changes.Status == verify.Failed
	}
	t.Logf("%s: %s %v, stamps %d", expected, r.Verdict, r.Codes(), len(r.Stamps))
	if r.Verdict == verify.Valid {
		t.Errorf("%s, though nobody is trusted", r.Verdict)
	}
	switch word {
	case "valid":
		if !integrity || changed || len(r.Stamps) != 1 {
			t.Errorf("not sound: %v", r.Codes())
		}
	case "permitted-changes":
		if !integrity {
			t.Errorf("not sound: %v", r.Codes())
		}
		if changed && !strings.Contains(expected, "stricter") {
			t.Errorf("permitted changes are called changes: %v", r.Codes())
		}
	case "unsigned-changes", "tampered":
		if r.Verdict != verify.Invalid {
			t.Errorf("verdict %s %v", r.Verdict, r.Codes())
		}
	case "unsigned":
		if r.Verdict != verify.Unsealed && r.Document.Status == verify.OK {
			t.Errorf("verdict %s %v", r.Verdict, r.Codes())
		}
	case "malformed":
		if strings.Contains(expected, "must not be called unsigned") && r.Verdict == verify.Unsealed {
			t.Error("called unsealed")
		}
		if strings.Contains(expected, "must be rejected") && r.Verdict != verify.Invalid {
			t.Errorf("verdict %s %v", r.Verdict, r.Codes())
		}
	default:
		t.Errorf("unknown word %q", word)
	}
}
