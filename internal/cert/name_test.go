// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"bytes"
	"encoding/asn1"
	"testing"

	"github.com/govseal/govseal/internal/cert"
)

// value is an attribute value in a chosen string type.
func value(tag byte, content string) []byte {
	return append([]byte{tag, byte(len(content))}, content...)
}

// nameOf is a DER name of one organisation.
func nameOf(t *testing.T, raw []byte) cert.Name {
	t.Helper()
	oid := []byte{6, 3, 0x55, 4, 10}
	attribute := value(0x30, string(oid)+string(raw))
	n, err := cert.ParseName(value(0x30, string(value(0x31, string(attribute)))))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	utf8Tag      = 12
	printableTag = 19
	t61Tag       = 20
	ia5Tag       = 22
	bmpTag       = 30
)

func TestNameEqual(t *testing.T) {
	tests := []struct {
		name string
		a, b []byte
		want bool
	}{
		{"case", value(utf8Tag, "Example City"), value(utf8Tag, "EXAMPLE city"), true},
		{"inner space", value(utf8Tag, "Example  City"), value(utf8Tag, " Example City "), true},
		{"string types", value(printableTag, "Example"), value(utf8Tag, "example"), true},
		{"IA5 and T61", value(ia5Tag, "Example"), value(t61Tag, "example"), true},
		{"BMP", value(bmpTag, "\x79\x3a\x4f\x8b"), value(utf8Tag, "示例"), true},
		{"full width", value(utf8Tag, "ＡＢ１"), value(printableTag, "ab1"), true},
		{"ideographic space", value(utf8Tag, "示\u3000例"), value(utf8Tag, "示 例"), true},
		{"invisible", value(utf8Tag, "示\u200b例"), value(utf8Tag, "示例"), true},
		{"missing space", value(utf8Tag, "Example City"), value(utf8Tag, "ExampleCity"), false},
		{"other text", value(utf8Tag, "示例甲"), value(utf8Tag, "示例乙"), false},
		{"text against octets", value(4, "ab"), value(utf8Tag, "#04026162"), false},
		{"octets", value(4, "ab"), value(4, "AB"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := nameOf(t, tt.a), nameOf(t, tt.b)
			if got := a.Equal(b); got != tt.want {
				t.Errorf("got %v, want %v (%q, %q)", got, tt.want, a, b)
			}
			if a.Equal(b) != b.Equal(a) || (a.Canonical() == b.Canonical()) != tt.want {
				t.Error("Equal and Canonical disagree")
			}
		})
	}
}

func TestNameShape(t *testing.T) {
	o, u := cert.Attribute{Type: cert.OIDOrganization, Value: "a"}, cert.Attribute{Type: cert.OIDUnit, Value: "b"}
	tests := []struct {
		name string
		a, b cert.Name
		want bool
	}{
		{"set order", cert.Name{{o, u}}, cert.Name{{u, o}}, true},
		{"sequence order", cert.Name{{o}, {u}}, cert.Name{{u}, {o}}, false},
		{"joined", cert.Name{{o, u}}, cert.Name{{o}, {u}}, false},
		{"prefix", cert.Name{{o}}, cert.Name{{o}, {u}}, false},
		{"doubled", cert.Name{{o, o}}, cert.Name{{o, u}}, false},
		{"empty", cert.Name{}, cert.Name{}, true},
	}
	for _, tt := range tests {
		if got := tt.a.Equal(tt.b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	if !(cert.Name{{o}, {u}}).HasPrefix(cert.Name{{o}}) || (cert.Name{{o}}).HasPrefix(cert.Name{{o}, {u}}) {
		t.Error("HasPrefix is wrong")
	}
}

func TestNameMarshal(t *testing.T) {
	n := cert.Name{
		{{Type: cert.OIDCountry, Value: "CN"}},
		{{Type: cert.OIDOrganization, Value: "示例"}},
		{{Type: cert.OIDCommonName, Value: "plain"}, {Type: cert.OIDEmailAddress, Value: "a@b.cn"}},
	}
	der, err := n.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]byte{value(printableTag, "CN"), value(utf8Tag, "示例"), value(printableTag, "plain"), value(ia5Tag, "a@b.cn")} {
		if !bytes.Contains(der, want) {
			t.Errorf("%x is not in %x", want, der)
		}
	}
	back, err := cert.ParseName(der)
	if err != nil || !back.Equal(n) {
		t.Fatalf("got %v, %v", back, err)
	}
	again, err := back.Marshal()
	if err != nil || !bytes.Equal(again, der) {
		t.Errorf("got %x, %v", again, err)
	}
	back[1][0].Value = "换"
	if _, err := back.Marshal(); err == nil {
		t.Error("a value that its DER contradicts was written")
	}
}

func TestParseNameRefuses(t *testing.T) {
	deep := cert.Name{}
	for range 65 {
		deep = append(deep, cert.RDN{{Type: asn1.ObjectIdentifier{2, 5, 4, 11}, Value: "x"}})
	}
	for name, der := range map[string][]byte{
		"empty": {}, "no sequence": {0x31, 0}, "trailing": {0x30, 0, 0}, "empty set": {0x30, 2, 0x31, 0},
		"indefinite": {0x30, 0x80, 0, 0}, "long form": {0x30, 0x81, 0}, "cut": {0x30, 4, 0x31, 2, 0x30},
	} {
		if n, err := cert.ParseName(der); err == nil {
			t.Errorf("%s: got %v", name, n)
		}
	}
	if _, err := deep.Marshal(); err == nil {
		t.Error("65 RDNs were written")
	}
}

func FuzzName(f *testing.F) {
	der, err := cert.Name{{{Type: cert.OIDCountry, Value: "CN"}}, {{Type: cert.OIDCommonName, Value: "示例"}, {Type: cert.OIDUnit, Value: "b"}}}.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		n, err := cert.ParseName(der)
		if err != nil {
			return
		}
		_ = n.String()
		again, err := n.Marshal()
		if err != nil {
			t.Fatalf("a name that was read is not written: %v", err)
		}
		back, err := cert.ParseName(again)
		if err != nil || !back.Equal(n) || len(again) != len(der) {
			t.Errorf("%x became %x, %v", der, again, err)
		}
	})
}
