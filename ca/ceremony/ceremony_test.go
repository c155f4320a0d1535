// SPDX-License-Identifier: Apache-2.0

package ceremony_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/ca/ceremony"
)

const examples = "../../docs/ceremonies"

func example(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExamples(t *testing.T) {
	kinds := map[ceremony.Kind]bool{}
	files, err := filepath.Glob(filepath.Join(examples, "*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, path := range files {
		s, err := ceremony.Parse([]byte(example(t, filepath.Base(path))))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		kinds[s.Kind] = true
	}
	if len(kinds) != 5 {
		t.Errorf("the examples show %v, want all five acts", kinds)
	}
}

// Every way in which a file can be other than it looks is refused, by name.
func TestRefusals(t *testing.T) {
	east := example(t, "east.yaml")
	for _, tt := range []struct{ name, old, new, want string }{
		{"an unknown field", "purpose:", "porpoise: x\npurpose:", "porpoise"},
		{"an unknown field within", "path_length: 0", "path_length: 0\n  pathlength: 1", "pathlength"},
		{"a field twice", "issuer: root", "issuer: root\nissuer: issuing", "issuer"},
		{"another schema", "govseal.ceremony/v1", "govseal.ceremony/v2", "ceremony:"},
		{"another act", "kind: subordinate", "kind: demolition", "kind:"},
		{"no purpose", "purpose: 示例市东区签发CA成立\n", "", "purpose"},
		{"nobody present", "participants:\n  - {name: 张示例, role: administrator}\n  - {name: 李示例, role: key-holder}\n  - {name: 王示例, role: witness}\n", "participants: []\n", "participants"},
		{"a witness of himself", "name: 王示例", "name: 张示例", "twice"},
		{"a role of no meaning", "role: witness", "role: friend", "role"},
		{"no issuer", "issuer: root\n", "", "issuer"},
		{"a list in a CA's ceremony", "issuer: root", "issuer: root\ncrl: {days: 5}", "crl"},
		{"no subject", "subject: {organization: 示例市东区, common_name: 示例市东区电子印章签发CA}\n", "x: y\n", ""},
		{"no path length", "  path_length: 0\n", "", "path_length"},
		{"a path length in quotes", "path_length: 0", `path_length: "0"`, "path_length"},
		{"a path length of another word", "path_length: 0", "path_length: any", "path_length"},
		{"a negative path length", "path_length: 0", "path_length: -1", "path_length"},
		{"a long path length", "path_length: 0", "path_length: 900", "path_length"},
		{"octal", "path_length: 0", "path_length: 010", "path_length"},
		{"a number as text", "organization: 示例市东区教育局", "organization: 12345", "quotes"},
		{"a truth as text", "organization: 示例市东区教育局", "organization: true", "quotes"},
		{"nothing as text", "organization: 示例市东区教育局", "organization: null", "quotes"},
		{"a date as text", "organization: 示例市东区教育局", "organization: 2026-01-01", "quotes"},
		{"a map as text", "purpose: 示例市东区签发CA成立", "purpose: {a: b}", "line 6"},
		{"a list as text", "purpose: 示例市东区签发CA成立", "purpose: [a]", ""},
		{"a text as list", "policies: [2.999.1.4.1]", "policies: 2.999.1.4.1", ""},
		{"a validity of both kinds", "validity: {for: 6y}", "validity: {for: 6y, until: 2030-01-01T00:00:00Z}", "validity"},
		{"a validity of no kind", "validity: {for: 6y}", "validity: {}", "validity"},
		{"a validity of another unit", "validity: {for: 6y}", "validity: {for: 6 years}", "validity"},
		{"an endless validity", "validity: {for: 6y}", "validity: {for: 60000y}", "validity"},
		{"a window that is over first", "until: 2026-12-01T18:00:00+08:00", "until: 2026-11-01T18:00:00+08:00", "window"},
		{"a window without end", "until: 2026-12-01T18:00:00+08:00", "until: 2099-11-01T18:00:00+08:00", "window"},
		{"a day for an instant", "until: 2026-12-01T18:00:00+08:00", "until: 2026-12-02", "instant"},
		{"half a second", "until: 2026-12-01T18:00:00+08:00", "until: 2026-12-01T18:00:00.5+08:00", "instant"},
		{"a key from elsewhere", "from: store", "from: heaven", "key.from"},
		{"a key of the store in a file", "{from: store}", "{from: store, file: a.key}", "key.file"},
		{"a file without name", "{from: store}", "{from: file}", "key.file"},
		{"a folder as file", "{from: store}", "{from: file, file: a/}", "key.file"},
		{"a file out of the way", "{from: store}", "{from: file, file: a/../../b}", "key.file"},
		{"a request without digest", "{from: store}", "{from: request, file: a.csr}", "key.sm3"},
		{"a short digest", "{from: store}", `{from: request, file: a.csr, sm3: "00"}`, "key.sm3"},
		{"a digest of a key to be", "{from: store}", `{from: file, file: a.key, sm3: "` + strings.Repeat("0", 64) + `"}`, "key.sm3"},
		{"somebody's certificate below us", "{from: store}", `{from: certificate, file: a.pem, sm3: "` + strings.Repeat("0", 64) + `"}`, "key.from"},
		{"two documents", "ceremony:", "a: b\n---\nceremony:", "document"},
		{"a document behind", "key: {from: store}", "key: {from: store}\n---\na: b", "document"},
		{"an anchor", "issuer: root", "issuer: &r root", "anchors"},
		{"an alias", "issuer: root", "issuer: &r root\nkind: *r", "anchors"},
		{"a merge", "authority:\n", "authority:\n  <<: {id: other}\n", ""},
		{"a tag", "issuer: root", "issuer: !!str root", "tags"},
		{"a tag of one's own", "issuer: root", "issuer: !issuer root", "tags"},
		{"a turned line", "# A district's CA", "# A district's \u202eCA", "invisible"},
		{"a name with a zero width", "common_name: 示例市东区", "common_name: 示例市\u200b东区", "invisible"},
		{"no UTF-8", "示例市东区教育局", "\xff\xfe", "UTF-8"},
	} {
		text := strings.Replace(east, tt.old, tt.new, 1)
		if text == east {
			t.Fatalf("%s: the change changes nothing", tt.name)
		}
		if _, err := ceremony.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want …%s…", tt.name, err, tt.want)
		}
	}
	for name, tt := range map[string]struct{ file, old, new, want string }{
		"a root with an issuer":          {"root.yaml", "authority:\n", "issuer: root\nauthority:\n", "issuer"},
		"a root in the store":            {"root.yaml", "{from: file, file: safe/province.key}", "{from: store}", "key.from"},
		"a root that publishes":          {"root.yaml", "  usages: [any]", "  publication: {crl: []}\n  usages: [any]", "publication"},
		"a cross without names":          {"neighbour.yaml", "permitted:", "excluded2:", ""},
		"a cross with a name of its own": {"neighbour.yaml", "  validity:", "  subject: {organization: a, common_name: b}\n  validity:", "subject"},
		"a rollover with names":          {"root-2.yaml", "  key:", "  permitted: [{dns: a.example}]\n  key:", "permitted"},
		"a rollover with a path length":  {"root-2.yaml", "  key:", "  path_length: 1\n  key:", "path_length"},
		"a list with an authority":       {"root-list.yaml", "crl:\n", "authority: {id: x, validity: {for: 1y}, key: {from: store}}\ncrl:\n", "authority"},
		"a list for ever":                {"root-list.yaml", "days: 365", "days: 3650", "days"},
		"a list for no day":              {"root-list.yaml", "days: 365", "days: 0", "days"},
		"days as text":                   {"root-list.yaml", "days: 365", `days: "365"`, "days"},
		"a revocation twice":             {"root-list.yaml", "days: 365", "days: 365\n  revoke: [{serial: \"12\", reason: superseded}, {serial: 12, reason: superseded}]", "twice"},
		"a revocation without reason":    {"root-list.yaml", "days: 365", "days: 365\n  revoke: [{serial: \"12\"}]", "reason"},
	} {
		text := strings.Replace(example(t, tt.file), tt.old, tt.new, 1)
		if _, err := ceremony.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want …%s…", name, err, tt.want)
		}
	}
}

func TestBounds(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := range 9 {
		bomb.WriteString(strings.ReplaceAll("aN: &aN [*aM,*aM,*aM,*aM,*aM,*aM,*aM,*aM,*aM,*aM]\n", "N", string(rune('1'+i))))
	}
	for name, text := range map[string]string{
		"nothing":     "",
		"only words":  "words",
		"a comment":   "# nothing\n",
		"a bomb":      strings.NewReplacer("aM", "a0").Replace(bomb.String()),
		"deep":        strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"deep maps":   strings.Repeat("a: {", 20) + strings.Repeat("}", 20),
		"wide":        "participants: [" + strings.Repeat("{name: a, role: witness},", 2600) + "]",
		"too long":    example(t, "east.yaml") + "#" + strings.Repeat("x", ceremony.MaxScript),
		"binary":      "\x00\x01\x02",
		"a long line": strings.Repeat("x", 60000),
	} {
		if _, err := ceremony.Parse([]byte(text)); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(examples, "*.yaml"))
	for _, path := range files {
		f.Add([]byte(example(f, filepath.Base(path))))
	}
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ceremony.Parse(text)
		if err == nil && (s.Made() == "" || len(s.Participants) == 0) {
			t.Errorf("accepted: %+v", s)
		}
	})
}

// What YAML's escapes hide from the eye is refused as well.
func TestEscapedCharacters(t *testing.T) {
	east := example(t, "east.yaml")
	for name, change := range map[string][2]string{
		"purpose":     {"purpose: 示例市东区签发CA成立", `purpose: "成立\u202e"`},
		"participant": {"name: 王示例", `name: "王\u200b示例"`},
		"key file":    {"{from: store}", `{from: file, file: "a\u0000.key"}`},
	} {
		text := strings.Replace(east, change[0], change[1], 1)
		if _, err := ceremony.Parse([]byte(text)); text == east || err == nil || !strings.Contains(err.Error(), "invisible") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
