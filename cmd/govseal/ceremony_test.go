// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/govseal/govseal/internal/gm"
)

var windowLine = regexp.MustCompile(`(?m)^window: .*$`)

// ceremonyFile puts an example of docs/ceremonies into the script's folder,
// with a window that is open now: ceremony NAME [FROM TO]… replaces texts, and
// sm3:FILE in TO stands for the file's digest. It sets $SM3 to the result's.
func ceremonyFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 1 {
		ts.Fatalf("usage: ceremony NAME [FROM TO]…")
	}
	text, err := os.ReadFile(filepath.Join(ts.Getenv("CEREMONIES"), args[0]))
	ts.Check(err)
	now := time.Now().UTC().Truncate(time.Second)
	out := windowLine.ReplaceAllString(string(text), "window: {from: "+now.Add(-time.Hour).Format(time.RFC3339)+", until: "+now.Add(time.Hour).Format(time.RFC3339)+"}")
	for i := 1; i < len(args); i += 2 {
		to := args[i+1]
		if file, ok := strings.CutPrefix(to, "sm3:"); ok {
			d := gm.SM3([]byte(ts.ReadFile(file)))
			to = hex.EncodeToString(d[:])
		}
		if !strings.Contains(out, args[i]) {
			ts.Fatalf("%s holds no %q", args[0], args[i])
		}
		out = strings.Replace(out, args[i], strings.ReplaceAll(to, `\n`, "\n"), 1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out), 0o644))
	d := gm.SM3([]byte(out))
	ts.Setenv("SM3", hex.EncodeToString(d[:]))
}

// Only the exact words go on.
func TestConfirmation(t *testing.T) {
	for typed, ok := range map[string]bool{
		"root 0123456789ab\n": true, "root 0123456789ab\r\n": true, "root 0123456789ab": true,
		"y\n": false, "yes\n": false, "\n": false, "": false, "root 0123456789ac\n": false, "ROOT 0123456789ab\n": false, " root 0123456789ab\n": false,
		strings.Repeat("x", 1000): false,
	} {
		var talk bytes.Buffer
		err := askFor(strings.NewReader(typed), &talk, "root 0123456789ab")
		if (err == nil) != ok {
			t.Errorf("%q: got %v", typed, err)
		}
		if err != nil && status(err) != exitRefused {
			t.Errorf("%q: status %d", typed, status(err))
		}
	}
}
