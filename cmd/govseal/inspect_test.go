// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/inspect"
)

func inspectOf(t *testing.T, args ...string) (status int, out, talk string) {
	t.Helper()
	var data, said bytes.Buffer
	status = run(t.Context(), append([]string{"inspect"}, args...), strings.NewReader(""), &data, &said)
	return status, data.String(), said.String()
}

// What a city makes must be readable: stamps, evidence, lists, keys.
func TestInspectWhatACityMakes(t *testing.T) {
	h := newHouse(t, Config{})
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list, err := h.ca.CRL(t.Context(), "issuing")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		write("root.crt", h.ca.Root()):  {"certificate: 示例市电子印章根CA", "CA"},
		write("issuing.crl", list.DER):  {"CRL: 示例市电子印章签发CA", "number:"},
		write("seal.esl", h.seal.DER):   {"seal: 示例市行政审批局", "maker:", "certificate: ", "size on paper: ", "list of certificates: "},
		h.rootKeyPath():                 {"private key: PKCS#8, encrypted"},
		write("evil\x1b.txt", []byte{}): nil,
	} {
		status, out, talk := inspectOf(t, path)
		if want == nil {
			if status != exitUsage || strings.ContainsRune(out, '\x1b') {
				t.Errorf("empty file: status %d", status)
			}
			continue
		}
		for _, w := range want {
			if status != exitOK || !strings.Contains(out, w) {
				t.Errorf("%s: status %d, no %q in\n%s%s", path, status, w, out, talk)
			}
		}
	}
	status, out, _ := inspectOf(t, "--json", filepath.Join(dir, "seal.esl"))
	var n inspect.Node
	if err := json.Unmarshal([]byte(out), &n); status != exitOK || err != nil || n.Name != "seal" || len(n.Children) < 5 {
		t.Errorf("JSON: status %d, %v, %+v", status, err, n)
	}
	if status, _, _ := inspectOf(t, filepath.Join(dir, "nowhere")); status != exitUsage {
		t.Errorf("missing file: status %d", status)
	}
}

// Values of neighbours stand in one column, by the width at which terminals
// show Chinese; a very long name moves nobody, and nothing moves the cursor.
func TestInspectAligns(t *testing.T) {
	long := strings.Repeat("很", widest)
	tree := &inspect.Node{Name: "OFD", Value: "8 octets", Children: []*inspect.Node{
		{Name: "页", Value: "first"}, {Name: "entries", Value: "second", Children: []*inspect.Node{{Name: "文档/内容.xml", Value: "third\x1b[2J"}, {Name: "a", Value: "fourth"}}},
		{Name: "group", Children: []*inspect.Node{{Name: long, Value: "fifth"}, {Name: "b", Value: "sixth"}}},
	}}
	var out bytes.Buffer
	if err := (&program{out: &out}).printTree(tree); err != nil {
		t.Fatal(err)
	}
	want := "OFD: 8 octets\n  页:      first\n  entries: second\n    文档/内容.xml: third\uFFFD[2J\n    a:             fourth\n  group\n    " + long + ": fifth\n    b: sixth\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
