// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// desk is a person at the command line beside a running service.
type desk struct {
	*house
	t    *testing.T
	dir  string
	base []string
}

func (h *house) desk(t *testing.T) *desk {
	t.Helper()
	d := &desk{house: h, t: t, dir: t.TempDir()}
	d.write("pass", []byte("a passphrase for tests\n"))
	d.write("token", []byte(h.token+"\n"))
	d.write("root.pem", certificatePEM(h.ca.Root()))
	d.base = []string{"--dir", h.dir, "--passphrase-file", d.at("pass"), "--operator", "zhang"}
	return d
}

func (d *desk) at(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) write(name string, octets []byte) {
	d.t.Helper()
	if err := os.WriteFile(d.at(name), octets, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// does runs the program, which must end with that status.
func (d *desk) does(status int, args ...string) (out, talk string) {
	d.t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(d.t.Context(), args, strings.NewReader(""), &stdout, &stderr); got != status {
		d.t.Fatalf("govseal %s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String()
}

// administers runs a command on the city's folder.
func (d *desk) administers(args ...string) string {
	out, _ := d.does(exitOK, append(args, d.base...)...)
	return out
}

func (d *desk) stamps(status int, esID, in, out string, more ...string) string {
	d.t.Helper()
	_, talk := d.does(status, append([]string{"stamp", "ofd", d.at(in), "-o", d.at(out), "--server", d.http.URL, "--token-file", d.at("token"),
		"--seal", esID, "--matter", demoMatter, "--case", "SL-1"}, more...)...)
	return talk
}

// From the seal to the verdict by the command line alone: seals of several
// shapes are made, granted, put on one OFD in every way, and verified; changed
// by one word it is invalid.
func TestStampOFDByCommand(t *testing.T) {
	d := newHouse(t, Config{}).desk(t)
	make_ := func(args ...string) string {
		var made struct{ ESID string }
		out := d.administers(append([]string{"seal", "make", "--department", d.dept.Name, "--json"}, args...)...)
		if err := json.Unmarshal([]byte(out), &made); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		d.administers("grant", "add", "--app", d.app.Name, "--seal", made.ESID, "--matter", demoMatter, "--until", "2099-12-31")
		return made.ESID
	}
	oval := make_("--shape", "oval", "--middle", "990100MB0000001T", "--horizontal", "审批专用章")
	personal := make_("--shape", "personal", "--name", "章示例", "--carving", "intaglio")
	five := make_("--ses", "5", "--list", "digest", "--serial", "number")

	d.write("paper.ofd", plainOFD(t))
	d.stamps(exitOK, oval, "paper.ofd", "one.ofd", "--page", "1", "--x", "20", "--y", "200")
	d.stamps(exitOK, personal, "one.ofd", "two.ofd", "--keyword", "准予许可", "--dx", "30")
	d.stamps(exitOK, five, "two.ofd", "three.ofd", "--pages", "all", "--x", "130", "--y", "200", "--lock", "--whole")
	verify := func(status int, file string) string {
		t.Helper()
		out, talk := d.does(status, "verify", d.at(file), "--trust", d.at("root.pem"))
		return out + talk
	}
	for _, file := range []string{"one.ofd", "two.ofd", "three.ofd"} {
		if said := verify(exitOK, file); !strings.Contains(said, "valid") {
			t.Errorf("%s: %s", file, said)
		}
	}
	if said := d.stamps(exitRefused, oval, "three.ofd", "four.ofd"); !strings.Contains(said, "locks") {
		t.Errorf("refused without saying why: %s", said)
	}
	if _, err := os.Stat(d.at("four.ofd")); err == nil {
		t.Error("a file was written all the same")
	}
	sealed, err := os.ReadFile(d.at("three.ofd"))
	if err != nil {
		t.Fatal(err)
	}
	forged, err := editPackage("Doc_0/Pages/Page_0/Content.xml", "准予", "不予")(sealed)
	if err != nil {
		t.Fatal(err)
	}
	d.write("forged.ofd", forged)
	verify(exitRefused, "forged.ofd")
	// The rendered paper of a decision, its evidence beside it.
	d.write("decision.json", d.decision("2099-12-31"))
	d.does(exitOK, "stamp", "decision", d.at("decision.json"), "-o", d.at("stamped.json"), "--ofd", d.at("stamped.ofd"), "--server", d.http.URL,
		"--token-file", d.at("token"), "--seal", d.house.seal.ESID, "--matter", demoMatter, "--case", "SL-1")
	verify(exitOK, "stamped.ofd")
	verify(exitOK, "stamped.json")
	out, _ := d.does(exitOK, "inspect", d.at("three.ofd"))
	for _, id := range []string{oval, personal, five} {
		if !strings.Contains(out, id) {
			t.Errorf("inspect does not show seal %s:\n%s", id, out)
		}
	}
}
