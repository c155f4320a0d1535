// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"govseal": main, "teststamp": testStamp})
}

// TestScripts runs the program as people do. Each script gets a city of its
// own in $GOVSEAL_DIR by "mkcity".
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOVSEAL_DIR", filepath.Join(e.WorkDir, "city"))
			e.Setenv("GOVSEAL_OPERATOR", "zhang")
			e.Setenv("GOVSEAL_PASSPHRASE_FILE", filepath.Join(e.WorkDir, "store.pass"))
			e.Setenv("GOVSEAL_ROOT_PASSPHRASE_FILE", filepath.Join(e.WorkDir, "root.pass"))
			e.Setenv("TZ", "Asia/Shanghai")
			if err := os.WriteFile(filepath.Join(e.WorkDir, "store.pass"), []byte("test passphrase of the store\n"), 0o600); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "root.pass"), []byte("test passphrase of the root\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "mkcity": makeCity, "capture": capture, "sql": runSQL},
	})
}

// exits runs a command that must end with the status given: exits 2 govseal …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND…")
	}
	want := args[0]
	if got := status0(ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit status %s, want %s", got, want)
	}
}

// makeCity runs init, and adds a department (示例市行政审批局) for scripts that
// are about something else.
func makeCity(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(ts.Exec("govseal", "init", "--url", "https://seal.example"))
	ts.Check(ts.Exec("govseal", "dept", "add", "示例市行政审批局", "--credit-code", "11990100MB1000010Y", "--area", "990100"))
}
