// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
	"time"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/internal/testpki"
)

// fieldOffences break the rules about the fields before the key.
func fieldOffences(t *testing.T, p *testpki.PKI) map[string]offence {
	return map[string]offence{
		"short serial": {"serial-number", lint.Warning, false, func(t *cert.Template) { t.Serial = big.NewInt(7) }, nil},
		"negative serial": {"serial-number", lint.Error, false, nil,
			replace(t, []byte{0x02, 0x10, 0x5d}, []byte{0x02, 0x10, 0xdd})},
		"parameters of SM2": {"signature-algorithm", lint.Error, false, func(t *cert.Template) { t.NullParameters = true }, func(der []byte) []byte {
			alg := []byte{0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75, 5, 0}
			odd := bytes.Clone(alg)
			odd[8] = 4 // an empty OCTET STRING
			return bytes.ReplaceAll(der, alg, odd)
		}},
		"broken digest": {"signature-algorithm", lint.Error, false, nil, func(der []byte) []byte {
			return bytes.ReplaceAll(der, []byte{0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75}, []byte{0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x76})
		}},
		"empty issuer":   {"issuer", lint.Error, false, func(t *cert.Template) { t.Issuer = []byte{0x30, 0} }, nil},
		"another issuer": {"issuer", lint.Error, false, func(t *cert.Template) { t.Issuer = p.Root.Cert.RawSubject }, nil},
		"issuer in another encoding": {"issuer", lint.Warning, false, nil, func(der []byte) []byte {
			return bytes.Replace(der, []byte{0x13, 2, 'C', 'N'}, []byte{0x0c, 2, 'C', 'N'}, 1)
		}},
		"outlives its issuer": {"validity", lint.Warning, false, func(t *cert.Template) { t.NotAfter = testpki.CANotAfter.Add(time.Hour) }, nil},
		"eleven years":        {"validity", lint.Notice, false, func(t *cert.Template) { t.NotAfter = t.NotBefore.AddDate(11, 0, 0) }, nil},
		"empty subject":       {"subject", lint.Error, false, func(t *cert.Template) { t.Subject = cert.Name{} }, nil},
		"empty subject of CA": {"subject", lint.Error, true, func(t *cert.Template) { t.Subject = cert.Name{} }, nil},
		"RDN of two":          {"subject", lint.Warning, false, func(t *cert.Template) { t.Subject[0] = append(t.Subject[0], t.Subject[1]...) }, nil},
		"BMPString":           {"string-types", lint.Error, false, named(cert.OIDUnit, "示", []byte{0x1e, 2, 0x79, 0x3a}), nil},
		"T61String":           {"string-types", lint.Error, false, named(cert.OIDUnit, "abc", []byte{0x14, 3, 'a', 'b', 'c'}), nil},
		"BMPString of a CA":   {"string-types", lint.Warning, true, named(cert.OIDUnit, "示", []byte{0x1e, 2, 0x79, 0x3a}), nil},
		"country as UTF8":     {"string-types", lint.Error, false, only(cert.OIDEmailAddress, "a@b.example"), replace(t, []byte{0x16, 11, 'a', '@'}, []byte{0x0c, 11, 'a', '@'})},
		"long common name":    {"name-lengths", lint.Error, false, only(cert.OIDCommonName, strings.Repeat("示", 65)), nil},
		"small country":       {"name-lengths", lint.Error, false, only(cert.OIDCountry, "cn"), nil},
		"empty unit":          {"name-lengths", lint.Error, false, named(cert.OIDUnit, "", []byte{0x0c, 0}), nil},
		"two common names":    {"repeated-names", lint.Warning, false, named(cert.OIDCommonName, "another", nil), nil},
		"bidirectional text":  {"name-characters", lint.Error, false, named(cert.OIDUnit, "a\u202eb", nil), nil},
		"control character":   {"name-characters", lint.Error, false, named(cert.OIDUnit, "a\nb", nil), nil},
		"blank at the end":    {"name-characters", lint.Warning, false, named(cert.OIDUnit, "unit ", nil), nil},
		"resident ID":         {"resident-id", lint.Error, false, named(cert.OIDUnit, "11010119900307002X", nil), nil},
		"resident ID extension": {"resident-id", lint.Error, false, with(cert.Extension{ID: []int{1, 2, 156, 10260, 4, 1, 1},
			Value: append([]byte{0xa0, 20, 0x13, 18}, "11010119900307002X"...)}), nil},
		"passport extension": {"resident-id", lint.Warning, false, with(cert.Extension{ID: []int{1, 2, 156, 10260, 4, 1, 1},
			Value: append([]byte{0xa2, 4, 0x13, 2}, "E1"...)}), nil},
		"wrong credit code":     {"credit-code", lint.Error, false, with(cert.ExtCreditCode("11990100MA0000001A")), nil},
		"no credit code":        {"credit-code", lint.Warning, false, with(cert.ExtCreditCode("000000000")), nil},
		"resident ID as code":   {"credit-code", lint.Error, false, with(cert.ExtCreditCode("11010119900307002X")), nil},
		"unreadable extension":  {"extension-content", lint.Error, false, with(cert.Extension{ID: cert.OIDSubjectKeyID, Value: []byte{5, 0}}), nil},
		"validity turned round": {"validity", lint.Error, false, nil, replace(t, []byte("270901000000Z"), []byte("240901000000Z"))},
	}
}

func TestFields(t *testing.T) {
	p := testpki.New(t)
	check(t, p, nil, fieldOffences(t, p))
}

// TestRewrittenOutlines: what package cert's writer cannot write is put
// together by hand.
func TestRewrittenOutlines(t *testing.T) {
	p := testpki.New(t)
	der := build(t, p, offence{})
	v1 := lint.Certificate(versionOne(t, p), lint.Context{})
	if s, _ := finds(v1, "version"); s != lint.Error {
		t.Errorf("version 1: got %v", v1)
	}
	uid := lint.Certificate(withUniqueID(t, p), lint.Context{})
	if s, _ := finds(uid, "unique-identifiers"); s != lint.Error {
		t.Errorf("unique identifier: got %v", uid)
	}
	for _, text := range []string{"250901000000+0800", "2509010000Z"} {
		got := lint.Certificate(withNotBefore(t, p, cbasn1.UTCTime, text), lint.Context{})
		if s, _ := finds(got, "time-form"); s != lint.Error {
			t.Errorf("notBefore %s: got %v", text, got)
		}
	}
	early := lint.Certificate(withNotBefore(t, p, cbasn1.GeneralizedTime, "20250901000000Z"), lint.Context{})
	if s, _ := finds(early, "time-form"); s != lint.Error {
		t.Errorf("GeneralizedTime before 2050: got %v", early)
	}
	twice := bytes.Replace(der, []byte{6, 3, 0x55, 0x1d, 14}, []byte{6, 3, 0x55, 0x1d, 35}, 1)
	if s, text := finds(lint.Certificate(twice, lint.Context{}), "readable"); s != lint.Error || !strings.Contains(text, "appears twice") {
		t.Errorf("an extension twice: got %q", text)
	}
}
