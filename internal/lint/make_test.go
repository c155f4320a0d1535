// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"bytes"
	"math/big"
	"slices"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/internal/testpki"
)

// change makes a certificate out of a sound one.
type change func(*cert.Template)

// offence is a certificate that breaks one rule in one way.
type offence struct {
	rule   string
	want   lint.Severity
	ca     bool // begin with an authority's certificate
	change change
	edit   func([]byte) []byte // of the finished DER, when the writer refuses to write it
}

// sound is a template that keeps every rule.
func sound(t testing.TB, p *testpki.PKI, ca bool) cert.Template {
	t.Helper()
	spki, err := gm.MarshalPublicKey(&testpki.Key(t, "linted").PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	usage := cert.ExtKeyUsage(cert.DigitalSignature | cert.NonRepudiation)
	serial, _ := new(big.Int).SetString("5d0f1e2c3b4a59687766554433221100", 16)
	ext := []cert.Extension{cert.ExtSubjectKeyID(testpki.KeyID(t, spki)), cert.ExtAuthorityKeyID(p.Issuing.Cert.SubjectKeyID)}
	if ca {
		usage = cert.ExtKeyUsage(cert.KeyCertSign | cert.CRLSign)
		ext = append(ext, cert.ExtBasicConstraints(true, new(int)))
	}
	return cert.Template{Serial: serial, Issuer: p.Issuing.Cert.RawSubject, Subject: testpki.Name("示例市行政审批局", "0001"),
		NotBefore: testpki.NotBefore, NotAfter: testpki.NotAfter, PublicKey: spki, Extensions: append(ext, usage)}
}

func build(t testing.TB, p *testpki.PKI, o offence) []byte {
	t.Helper()
	tmpl := sound(t, p, o.ca)
	if o.change != nil {
		o.change(&tmpl)
	}
	tbs, err := tmpl.MarshalTBS()
	if err != nil {
		t.Fatal(err)
	}
	der := testpki.Assemble(t, p.Issuing.Key, tbs)
	if o.edit != nil {
		der = o.edit(der)
	}
	return der
}

// with replaces or adds extensions.
func with(list ...cert.Extension) change {
	return func(t *cert.Template) {
		without(ids(list)...)(t)
		t.Extensions = append(t.Extensions, list...)
	}
}

func ids(list []cert.Extension) (out [][]int) {
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

func without(gone ...[]int) change {
	return func(t *cert.Template) {
		t.Extensions = slices.DeleteFunc(t.Extensions, func(e cert.Extension) bool {
			return slices.ContainsFunc(gone, func(id []int) bool { return slices.Equal(id, []int(e.ID)) })
		})
	}
}

// critical turns the flag of an extension.
func critical(e cert.Extension, flag bool) cert.Extension {
	e.Critical = flag
	return e
}

// named appends one attribute to the subject; a nil raw encodes the text.
func named(id []int, text string, raw []byte) change {
	return func(t *cert.Template) {
		t.Subject = append(t.Subject, cert.RDN{{Type: id, Value: text, Raw: raw}})
	}
}

// only makes the subject one attribute.
func only(id []int, text string) change {
	return func(t *cert.Template) { t.Subject = cert.Name{{{Type: id, Value: text}}} }
}

func replace(t testing.TB, old, repl []byte) func([]byte) []byte {
	return func(der []byte) []byte {
		if len(old) != len(repl) || !bytes.Contains(der, old) {
			t.Fatalf("cannot replace %x", old)
		}
		return bytes.Replace(der, old, repl, 1)
	}
}

// check runs offences and says which rules none of them broke.
func check(t *testing.T, p *testpki.PKI, profile *lint.Profile, cases map[string]offence) {
	t.Helper()
	for name, o := range cases {
		t.Run(name, func(t *testing.T) {
			ctx := lint.Context{Issuer: p.Issuing.Cert, Profile: profile}
			got := lint.Certificate(build(t, p, o), ctx)
			for _, f := range got {
				if f.Rule == o.rule && f.Severity == o.want {
					return
				}
			}
			t.Errorf("got %v, want a finding of %s with severity %s", got, o.rule, o.want)
		})
	}
}

// TestTheTemplateIsSound: otherwise the offences prove nothing.
func TestTheTemplateIsSound(t *testing.T) {
	p := testpki.New(t)
	for _, ca := range []bool{false, true} {
		if got := lint.Certificate(build(t, p, offence{ca: ca}), lint.Context{Issuer: p.Issuing.Cert}); len(got) > 0 {
			t.Errorf("ca %t: %v", ca, got)
		}
	}
}
