// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
)

// A fictional code with a right check character: area 990100 is nobody's.
const creditCode = "11990100MB00000000"

func code(t testing.TB) string {
	t.Helper()
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if s := creditCode[:17] + string(c); registry.CheckCreditCode(s) == nil {
			return s
		}
	}
	t.Fatal("no check character fits")
	return ""
}

func TestCheckCreditCode(t *testing.T) {
	good := code(t)
	// The example that texts about GB 32100 use.
	if err := registry.CheckCreditCode("91350100M000100Y43"); err != nil {
		t.Error(err)
	}
	tests := map[string]string{
		"empty": "", "short": good[:17], "long": good + "0", "lower case": strings.ToLower(good),
		"letter I": "I" + good[1:], "area not digits": good[:2] + "A" + good[3:], "not ASCII": "示例市示例市",
	}
	for name, bad := range tests {
		if registry.CheckCreditCode(bad) == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	for i := range 18 { // every single wrong character shows
		for _, c := range []byte("0123456789") {
			if bad := good[:i] + string(c) + good[i+1:]; bad != good && registry.CheckCreditCode(bad) == nil {
				t.Errorf("%s: a wrong character %d is not seen", bad, i+1)
			}
		}
	}
}

func FuzzCheckCreditCode(f *testing.F) {
	f.Add("91350100M000100Y43")
	f.Fuzz(func(t *testing.T, s string) {
		if registry.CheckCreditCode(s) == nil && len(s) != 18 {
			t.Errorf("%q passes", s)
		}
	})
}

func newRegistry() (*registry.Registry, *memory) {
	m := &memory{}
	return registry.New(m, func() time.Time { return noon }), m
}

func addDepartment(t *testing.T, r *registry.Registry) registry.Department {
	t.Helper()
	d, err := r.AddDepartment(t.Context(), "operator:root", registry.Department{
		Name: "示例市行政审批局", CreditCode: code(t), AreaCode: "990100",
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStory(t *testing.T) {
	r, m := newRegistry()
	ctx := t.Context()
	d := addDepartment(t, r)
	o, err := r.AddOfficer(ctx, "operator:root", registry.Officer{Department: d.ID, Name: "示例经办人", StaffNo: "A-001"})
	if err != nil {
		t.Fatal(err)
	}
	a, token, err := r.AddApplication(ctx, "operator:root", "示例审批系统")
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.AddGrant(ctx, "operator:root", registry.Grant{
		Application: a.ID, Officer: o.ID, Seal: "99010000000001", Matters: []string{"*"}, NotAfter: noon.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{d.ID, d.Name, d.CreditCode} {
		if got, err := r.ResolveDepartment(ctx, name); err != nil || got.ID != d.ID {
			t.Errorf("resolve %q: got %v, %v", name, got, err)
		}
	}
	if got, err := r.Authenticate(ctx, token); err != nil || got.ID != a.ID {
		t.Errorf("authenticate: got %v, %v", got, err)
	}
	if err := r.RevokeGrant(ctx, "operator:root", g.ID, "岗位调整"); err != nil {
		t.Fatal(err)
	}
	if err := r.SuspendApplication(ctx, "operator:root", a.ID, "检查"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Authenticate(ctx, token); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("a suspended application: got %v, want ErrNotFound", err)
	}
	if err := r.SetOfficer(ctx, "operator:root", o.ID, "", registry.Ended); err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, e := range m.events {
		acts = append(acts, e.Act)
		if e.Actor != "operator:root" || e.Object == "" || strings.Contains(string(e.After), token) {
			t.Errorf("event %+v", e)
		}
	}
	want := "department.add officer.add application.add grant.add grant.state application.state officer.state"
	if got := strings.Join(acts, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if last := m.events[len(m.events)-1]; string(last.Before) != `{"state":"active"}` || string(last.After) != `{"state":"ended"}` {
		t.Errorf("before %s, after %s", last.Before, last.After)
	}
}

func TestStateChanges(t *testing.T) {
	r, _ := newRegistry()
	a, token, err := r.AddApplication(t.Context(), "operator:root", "x")
	if err != nil {
		t.Fatal(err)
	}
	step := func(name string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	step("resume active", r.ResumeApplication(t.Context(), "o", a.ID, ""), registry.ErrState)
	step("suspend", r.SuspendApplication(t.Context(), "o", a.ID, ""), nil)
	step("resume", r.ResumeApplication(t.Context(), "o", a.ID, ""), nil)
	_, err = r.Authenticate(t.Context(), token)
	step("authenticate", err, nil)
	step("end", r.EndApplication(t.Context(), "o", a.ID, ""), nil)
	step("resume ended", r.ResumeApplication(t.Context(), "o", a.ID, ""), registry.ErrState)
	step("unknown", r.EndApplication(t.Context(), "o", "app-none", ""), registry.ErrNotFound)
	step("unknown state", r.SetOfficer(t.Context(), "o", "off-none", "", "king"), registry.ErrNotFound)
}

func TestTokens(t *testing.T) {
	r, m := newRegistry()
	a, token, err := r.AddApplication(t.Context(), "operator:root", "x")
	if err != nil {
		t.Fatal(err)
	}
	_, other, _ := r.AddApplication(t.Context(), "operator:root", "y")
	if a.TokenDigest != gm.SM3([]byte(token)) || token == other || len(token) != 4+43 {
		t.Errorf("token of %d characters, digest %x", len(token), a.TokenDigest)
	}
	for _, bad := range []string{"", token[:len(token)-1], token + "A", "x" + token[1:], strings.Repeat("A", 1<<20)} {
		if _, err := r.Authenticate(t.Context(), bad); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("a wrong token of %d characters: got %v", len(bad), err)
		}
	}
	m.applications = nil
	if _, err := r.Authenticate(t.Context(), token); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("an unknown token: got %v", err)
	}
}

func TestAddRefuses(t *testing.T) {
	r, m := newRegistry()
	ctx := t.Context()
	d := addDepartment(t, r)
	a, _, _ := r.AddApplication(ctx, "o", "x")
	dep := func(name, code, area string) error {
		_, err := r.AddDepartment(ctx, "o", registry.Department{Name: name, CreditCode: code, AreaCode: area})
		return err
	}
	off := func(department, name, staff string) error {
		_, err := r.AddOfficer(ctx, "o", registry.Officer{Department: department, Name: name, StaffNo: staff})
		return err
	}
	gr := func(spoil func(*registry.Grant)) error {
		g := registry.Grant{Application: a.ID, Seal: "s", Matters: []string{"m"}, NotAfter: noon.Add(time.Hour)}
		spoil(&g)
		_, err := r.AddGrant(ctx, "o", g)
		return err
	}
	app := func(name string) error { _, _, err := r.AddApplication(ctx, "o", name); return err }
	before := len(m.events)
	for name, err := range map[string]error{
		"name empty":             dep("", code(t), "990100"),
		"name long":              dep(strings.Repeat("市", 101), code(t), "990100"),
		"name with newline":      dep("示例\n市", code(t), "990100"),
		"name with U+202E":       dep("示例\u202e市", code(t), "990100"),
		"name with U+200B":       dep("示例\u200b市", code(t), "990100"),
		"name with U+2066":       dep("示例\u2066市", code(t), "990100"),
		"name with ideographic":  dep("示例市\u3000", code(t), "990100"),
		"name not UTF-8":         dep("\xff\xfe", code(t), "990100"),
		"credit code":            dep("示例市", creditCode[:17]+"I", "990100"),
		"area":                   dep("示例市", code(t), "99010"),
		"area with letter":       dep("示例市", code(t), "99010A"),
		"credit code taken":      dep("示例市", d.CreditCode, "990100"),
		"unknown department":     off("dep-none", "示例", "1"),
		"officer's name":         off(d.ID, "", "1"),
		"staff number":           off(d.ID, "示例", "a b"),
		"resident ID":            off(d.ID, "示例", "99010020000101001X"),
		"unknown application":    gr(func(g *registry.Grant) { g.Application = "app-none" }),
		"unknown officer":        gr(func(g *registry.Grant) { g.Officer = "off-none" }),
		"no seal":                gr(func(g *registry.Grant) { g.Seal = "" }),
		"no matters":             gr(func(g *registry.Grant) { g.Matters = nil }),
		"star among matters":     gr(func(g *registry.Grant) { g.Matters = []string{"m", "*"} }),
		"unknown kind":           gr(func(g *registry.Grant) { g.Kinds = []string{"exe"} }),
		"no end":                 gr(func(g *registry.Grant) { g.NotAfter = time.Time{} }),
		"end before beginning":   gr(func(g *registry.Grant) { g.NotBefore = noon.Add(2 * time.Hour) }),
		"application's name":     app("\u202e"),
		"application's name nul": app("a\x00b"),
	} {
		var field *registry.FieldError
		found := errors.Is(err, registry.ErrExists) || errors.Is(err, registry.ErrNotFound)
		if byStore := strings.HasSuffix(name, "taken") || strings.HasPrefix(name, "unknown") && name != "unknown kind"; byStore != found || byStore == errors.As(err, &field) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if len(m.events) != before {
		t.Errorf("refusals left %d events", len(m.events)-before)
	}
}

// Every field of every record is under the code: change one, and it changes.
func TestMACCoversEveryField(t *testing.T) {
	key := [32]byte{1}
	records := []any{
		registry.Grant{Matters: []string{"m"}, Kinds: []string{"k"}},
		registry.Application{}, registry.Officer{}, registry.Department{},
		registry.Operator{}, registry.Approval{Command: []string{"c"}},
	}
	mac := func(v reflect.Value) [32]byte {
		return v.MethodByName("MAC").Call([]reflect.Value{reflect.ValueOf(key)})[0].Interface().([32]byte)
	}
	for _, rec := range records {
		base := mac(reflect.ValueOf(rec))
		for i := range reflect.TypeOf(rec).NumField() {
			changed := reflect.New(reflect.TypeOf(rec)).Elem()
			changed.Set(reflect.ValueOf(rec))
			switch f := changed.Field(i); v := f.Interface().(type) {
			case string, registry.State, registry.Role, registry.ApprovalState:
				f.SetString("changed")
			case []byte:
				f.SetBytes([]byte("changed"))
			case int:
				f.SetInt(1)
			case []string:
				f.Set(reflect.ValueOf(append([]string{"more"}, v...)))
			case [32]byte:
				f.Set(reflect.ValueOf([32]byte{9}))
			case time.Time:
				f.Set(reflect.ValueOf(v.Add(time.Millisecond)))
			default:
				t.Fatalf("%T has a field of type %T", rec, v)
			}
			if mac(changed) == base {
				t.Errorf("%T.%s is not under the code", rec, reflect.TypeOf(rec).Field(i).Name)
			}
		}
	}
}

func TestMACKeepsFieldsApart(t *testing.T) {
	key := [32]byte{1}
	for name, pair := range map[string][2][32]byte{
		"moved border": {registry.MAC(key, "l", "ab", "c"), registry.MAC(key, "l", "a", "bc")},
		"empty field":  {registry.MAC(key, "l", "a"), registry.MAC(key, "l", "a", "")},
		"label":        {registry.MAC(key, "l", "a"), registry.MAC(key, "m", "a")},
		"key":          {registry.MAC(key, "l", "a"), registry.MAC([32]byte{2}, "l", "a")},
		"matter or kind": {
			registry.Grant{Matters: []string{"a"}}.MAC(key), registry.Grant{Kinds: []string{"a"}}.MAC(key),
		},
		"record": {registry.Application{}.MAC(key), registry.Department{}.MAC(key)},
	} {
		if registry.EqualMAC(pair[0], pair[1]) {
			t.Errorf("%s: the codes are equal", name)
		}
	}
}
