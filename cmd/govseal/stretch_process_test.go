// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/govseal/govseal/internal/gm/keyfile"
)

// The programs in these tests stretch passphrases a little (TestMain); the one
// that people build must do it in full.
func TestBuiltProgramStretchesInFull(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "govseal")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for name, text := range map[string]string{"store.pass": storePassphrase, "root.pass": rootPassphrase} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(program, "init", "--dir", filepath.Join(dir, "city"), "--url", "https://seal.example",
		"--passphrase-file", filepath.Join(dir, "store.pass"), "--root-passphrase-file", filepath.Join(dir, "root.pass"))
	c.Env = append(os.Environ(), "GOVSEAL_OPERATOR=zhang")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("init: %v\n%s", err, out)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "city", databaseFile)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT iterations FROM keks`).Scan(&n); err != nil || n < keyfile.MinIterations {
		t.Errorf("the key store has %s iterations, %v; want %d at least", strconv.Itoa(n), err, keyfile.MinIterations)
	}
	// The root key's file is read back by its own floor: this test binary's is
	// lower, so the count is looked for in the file by OpenSSL where there is one.
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		return
	}
	out, err := exec.Command(openssl, "asn1parse", "-in", filepath.Join(dir, "city", rootFolder, rootKeyFile)).CombinedOutput()
	if err != nil {
		t.Fatalf("asn1parse: %v\n%s", err, out)
	}
	if want := strconv.FormatInt(keyfile.MinIterations, 16); !regexp.MustCompile("(?i):0*" + want + "\\b").Match(out) {
		t.Errorf("the root key's file does not say %d (%s) iterations:\n%s", keyfile.MinIterations, want, out)
	}
}
