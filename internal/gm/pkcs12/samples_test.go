// SPDX-License-Identifier: Apache-2.0

package pkcs12_test

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// Files of another project's, made with the old schemes: each is refused by
// name and before its passphrase is tried.
func TestOldFilesOfOthers(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(cmp.Or(os.Getenv("GOVSEAL_SAMPLES"), "../../../../shared/samples"), "ofd", "*.p12"))
	if len(files) == 0 {
		t.Skip("no samples: set GOVSEAL_SAMPLES")
	}
	for _, path := range files {
		der, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var format *pkcs12.FormatError
		if _, err := pkcs12.Decode(der, []byte("a passphrase")); !errors.As(err, &format) {
			t.Errorf("%s: got %v, want a FormatError", filepath.Base(path), err)
		} else {
			t.Logf("%s: %v", filepath.Base(path), err)
		}
	}
}
