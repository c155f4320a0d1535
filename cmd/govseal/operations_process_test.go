// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const operations = "../../docs/operations.md"

func readDocument(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The manual names every field of the configuration, and none besides.
func TestOperationsNamesEveryField(t *testing.T) {
	fields := yamlNames("", reflect.TypeFor[Config]())
	_, section, _ := strings.Cut(readDocument(t, operations), "### Configuration")
	section, _, _ = strings.Cut(section, "\n##") // the next heading of any depth
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z._]+)` \\|").FindAllStringSubmatch(section, -1) {
		documented = append(documented, m[1])
	}
	slices.Sort(fields)
	slices.Sort(documented)
	if !slices.Equal(fields, documented) {
		t.Errorf("fields     %q\ndocumented %q", fields, documented)
	}
}

// yamlNames lists the keys of a section and of the sections in it.
func yamlNames(prefix string, section reflect.Type) (names []string) {
	for f := range section.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		names = append(names, prefix+name)
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			names = append(names, yamlNames(prefix+name+".", inner)...)
		}
	}
	return names
}

// manual is a run of the manual's commands, in its order, on a city in a
// folder of our own.
type manual struct {
	dir     string
	places  *strings.Replacer
	env     []string
	town    *town
	server  *server
	metrics string
}

// block is a fenced block whose info string begins with sh.
var block = regexp.MustCompile("(?ms)^```(sh|sh pg)\n(.*?)^```$")

func TestOperationsCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("the manual's commands open many key stores")
	}
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	m := newManual(t)
	text := readDocument(t, operations)
	for _, b := range block.FindAllStringSubmatch(text, -1) {
		if b[1] == "sh pg" && os.Getenv("GOVSEAL_TEST_PG") == "" {
			t.Logf("no PostgreSQL (GOVSEAL_TEST_PG), not run:\n%s", b[2])
			continue
		}
		m.run(t, b[2])
	}
	if m.server == nil {
		t.Fatal("no block asked the server")
	}
	for _, name := range regexp.MustCompile(`govseal_[a-z_]+`).FindAllString(text, -1) {
		if strings.HasPrefix(name, "govseal_restored") {
			continue
		}
		if !strings.Contains(m.metrics, name) && !declared(name) {
			t.Errorf("the manual's metric %s is not served", name)
		}
	}
	for check := range m.server.ready(t) {
		if !strings.Contains(text, "| `"+check+"` |") {
			t.Errorf("the check %s of /readyz is not in the manual", check)
		}
	}
}

// declared looks a metric up in the source: those with labels are served only
// once something was counted.
func declared(name string) bool {
	raw, err := os.ReadFile("../../api/metrics.go")
	return err == nil && bytes.Contains(raw, []byte(`"`+name+`"`))
}

func newManual(t *testing.T) *manual {
	t.Helper()
	m := &manual{dir: t.TempDir()}
	for _, dir := range []string{"srv", "run", "media/safe", "mnt/backup", "mnt/witness"} {
		if err := os.MkdirAll(filepath.Join(m.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	pairs := manualDatabases(t)
	for _, place := range []string{"/srv/govseal", "/run/keys", "/media/safe", "/mnt/backup", "/mnt/witness"} {
		pairs = append(pairs, place, m.dir+place)
	}
	m.places = strings.NewReplacer(pairs...)
	m.env = append(os.Environ(), "GOVSEAL_DIR="+m.dir+"/srv/govseal", "GOVSEAL_OPERATOR=zhang", "GOVSEAL_PASSPHRASE_FILE="+m.dir+"/run/keys/store")
	m.town = &town{dir: m.dir + "/srv/govseal", passphraseFile: m.dir + "/run/keys/store"}
	return m
}

// manualDatabases makes the database that the manual calls govseal on the
// server that GOVSEAL_TEST_PG names, and returns what stands for what.
func manualDatabases(t *testing.T) []string {
	t.Helper()
	pg := os.Getenv("GOVSEAL_TEST_PG")
	if pg == "" {
		return nil
	}
	name, maintenance := fmt.Sprintf("govseal_manual_%d", os.Getpid()), "--maintenance-db="+pg
	restored, base := name+"_restored", pg[:strings.LastIndex(pg, "/")+1]
	if out, err := exec.Command("createdb", maintenance, name).CombinedOutput(); err != nil {
		t.Fatalf("createdb: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		for _, name := range []string{name, restored} {
			if out, err := exec.Command("dropdb", maintenance, "--if-exists", "--force", name).CombinedOutput(); err != nil {
				t.Errorf("dropdb: %v\n%s", err, out)
			}
		}
	})
	const example = "postgres://govseal@db.example/"
	return []string{example + "govseal_restored", base + restored, example + "govseal", base + name, "govseal_restored", restored}
}

func (m *manual) run(t *testing.T, commands string) {
	t.Helper()
	script := m.places.Replace(commands)
	if strings.Contains(script, "127.0.0.1:8440") {
		script = strings.NewReplacer("127.0.0.1:8440", m.address(t), "127.0.0.1:8441", m.metricsAddress(t)).Replace(script)
	}
	for name, query := range map[string]string{
		"$NUMBER":     `SELECT es_id FROM seals ORDER BY seq DESC LIMIT 1`,
		"$SERIAL":     `SELECT serial FROM certificates WHERE profile = 'department' ORDER BY seq DESC LIMIT 1`,
		"$OFFICER":    `SELECT serial FROM certificates WHERE profile = 'officer' ORDER BY seq DESC LIMIT 1`,
		"$ENCRYPTION": `SELECT serial FROM escrowed_keys ORDER BY seq DESC LIMIT 1`,
		"$GRANT":      `SELECT id FROM grants ORDER BY seq DESC LIMIT 1`,
	} {
		if strings.Contains(script, name) {
			script = strings.ReplaceAll(script, name, m.town.strings(t, query)[0])
		}
	}
	c := exec.Command("bash", "-eu", "-o", "pipefail", "-c", script)
	c.Dir, c.Env = m.dir, m.env // what a block writes beside itself stays there
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
	if strings.Contains(commands, "/metrics") {
		m.metrics = string(out)
	}
}

// address starts the server when the manual first asks it.
func (m *manual) address(t *testing.T) string {
	t.Helper()
	if m.server == nil {
		c, err := loadConfig(m.town.dir)
		if err != nil {
			t.Fatal(err)
		}
		c.Serve.Metrics = freeAddress(t)
		if err := c.save(m.town.dir); err != nil {
			t.Fatal(err)
		}
		m.server = m.town.serve(t)
	}
	return strings.TrimPrefix(m.server.url, "http://")
}

func (m *manual) metricsAddress(t *testing.T) string {
	t.Helper()
	c, err := loadConfig(m.town.dir)
	if err != nil {
		t.Fatal(err)
	}
	return c.Serve.Metrics
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
