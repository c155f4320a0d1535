// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/registry"
)

// programs are what tests run as processes: this test binary under their names.
var programs = map[string]func(){"govseal": main, "teststamp": testStamp}

func TestMain(m *testing.M) {
	keyfile.CheapForTests() // here and in the programs that scripts run, which are this binary
	testscript.Main(tidy{m}, programs)
}

// tidy runs the tests and then what tests left to be done at the end.
type tidy struct{ *testing.M }

var atEnd []func()

func (t tidy) Run() int {
	defer func() {
		for _, do := range atEnd {
			do()
		}
	}()
	return t.M.Run()
}

// TestScripts runs the program as people do. "mkcity" puts a city into
// $GOVSEAL_DIR.
func TestScripts(t *testing.T) {
	city := template(t)
	examples, err := filepath.Abs("../../docs/ceremonies")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOVSEAL_DIR", filepath.Join(e.WorkDir, "city"))
			e.Setenv("GOVSEAL_OPERATOR", "zhang")
			e.Setenv("GOVSEAL_PASSPHRASE_FILE", filepath.Join(e.WorkDir, "store.pass"))
			e.Setenv("GOVSEAL_ROOT_PASSPHRASE_FILE", filepath.Join(e.WorkDir, "root.pass"))
			e.Setenv("TZ", "Asia/Shanghai")
			e.Setenv("GOVSEAL_NEW_KEY_PASSPHRASE_FILE", filepath.Join(e.WorkDir, "new.pass"))
			e.Setenv("CEREMONIES", examples)
			if err := os.WriteFile(filepath.Join(e.WorkDir, "new.pass"), []byte("test passphrase of a new key\n"), 0o600); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(e.WorkDir, "store.pass"), []byte(storePassphrase+"\n"), 0o600); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "root.pass"), []byte(rootPassphrase+"\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "mkcity": makeCity(city), "capture": capture, "sql": runSQL, "ceremony": ceremonyFile},
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

// Passphrases of all test cities.
const (
	storePassphrase = "test passphrase of the store"
	rootPassphrase  = "test passphrase of the root"
)

// template makes the city that mkcity copies: opening a key store costs a good
// part of a second, and most scripts are about something else.
func template(t *testing.T) string {
	t.Helper()
	dir, ctx := filepath.Join(t.TempDir(), "city"), context.Background()
	c, err := createCity(ctx, founding{dir: dir, config: Config{URL: "https://seal.example"}, actor: "operator:zhang",
		passphrase: []byte(storePassphrase), rootPassphrase: []byte(rootPassphrase)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.registry.AddDepartment(ctx, "operator:zhang", registry.Department{Name: "示例市行政审批局", CreditCode: "11990100MB1000010Y", AreaCode: "990100"})
	if err := errors.Join(err, c.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// makeCity gives a script a city with one department, 示例市行政审批局.
func makeCity(from string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		ts.Check(os.CopyFS(ts.MkAbs("city"), os.DirFS(from)))
	}
}
