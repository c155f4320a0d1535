// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
)

// ext is an extension with any content.
func ext(id []int, critical bool, content ...byte) cert.Extension {
	return cert.Extension{ID: id, Critical: critical, Value: content}
}

// TestTolerated: what real certificates do against the standards is read and
// named (facts/seal-formats.md section 4).
func TestTolerated(t *testing.T) {
	p := testpki.New(t)
	gbk := "\xca\xbe\xc0\xfd" // GBK in an IA5String
	odd := cert.Name{{{Type: cert.OIDOrganization, Value: "Ê¾Àý", Raw: value(ia5Tag, gbk)}}}
	utf8IA5 := cert.Name{{{Type: cert.OIDOrganization, Value: "示例", Raw: value(ia5Tag, "示例")}}}
	tests := []struct {
		name string
		spec testpki.Spec
		want string // in Tolerated
		see  func(*cert.Certificate) bool
	}{
		{"GBK in IA5String", testpki.Spec{Subject: odd}, "invalid IA5String", func(c *cert.Certificate) bool { return c.Subject.Equal(odd) }},
		{"UTF-8 in IA5String", testpki.Spec{Subject: utf8IA5}, "invalid IA5String", func(c *cert.Certificate) bool { return c.Subject.Get(cert.OIDOrganization) == "示例" }},
		{"malformed subjectAltName", testpki.Spec{Extensions: []cert.Extension{ext(cert.OIDSubjectAltName, false, 0x30, 3, 0x82, 9, 'x')}},
			"2.5.29.17 is not readable", func(c *cert.Certificate) bool {
				return c.SubjectAltNames == nil && len(c.Unreadable) == 1 && c.Unreadable[0].Equal(cert.OIDSubjectAltName)
			}},
		{"subjectAltName not ASCII", testpki.Spec{Extensions: []cert.Extension{ext(cert.OIDSubjectAltName, false, 0x30, 4, 0x82, 2, 0xca, 0xbe)}},
			"not an IA5String", func(c *cert.Certificate) bool { return len(c.SubjectAltNames) == 1 }},
		{"malformed authority key identifier", testpki.Spec{Extensions: []cert.Extension{ext(cert.OIDAuthorityKeyID, false, 4, 0)}},
			"2.5.29.35 is not readable", func(c *cert.Certificate) bool { return c.AuthorityKeyID == nil }},
		{"empty extKeyUsage", testpki.Spec{Extensions: []cert.Extension{ext(cert.OIDExtKeyUsage, false, 0x30, 0)}},
			"extKeyUsage is an empty list", func(c *cert.Certificate) bool { return c.ExtKeyUsage != nil && len(c.ExtKeyUsage) == 0 }},
		{"cA FALSE written out", testpki.Spec{Extensions: []cert.Extension{ext(cert.OIDBasicConstraints, true, 0x30, 3, 1, 1, 0)}},
			"default FALSE", func(c *cert.Certificate) bool { return !c.BasicConstraints.CA }},
		{"key usage with trailing zeros", testpki.Spec{Extensions: []cert.Extension{ext(cert.OIDKeyUsage, true, 3, 2, 0, 0xC0)}},
			"trailing zero bits", func(c *cert.Certificate) bool {
				return c.KeyUsage.Bits == cert.DigitalSignature|cert.NonRepudiation
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.spec.Label = "odd"
			c := p.Issue(t, tt.spec).Cert
			if !strings.Contains(strings.Join(c.Tolerated, "\n"), tt.want) {
				t.Errorf("Tolerated: got %q, want %q in it", c.Tolerated, tt.want)
			}
			if !tt.see(c) {
				t.Error("the certificate is not read as expected")
			}
			if err := c.CheckSignature(p.Issuing.Cert.PublicKey); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMalformedExtensions: what bears on trust is not guessed at.
func TestMalformedExtensions(t *testing.T) {
	key := testpki.Key(t, "odd")
	for name, e := range map[string]cert.Extension{
		"basicConstraints":       ext(cert.OIDBasicConstraints, true, 0x30, 3, 1, 1, 7),
		"negative path length":   ext(cert.OIDBasicConstraints, true, 0x30, 6, 1, 1, 0xff, 2, 1, 0xff),
		"keyUsage":               ext(cert.OIDKeyUsage, true, 3, 2, 1, 0x81),
		"keyUsage of 32 bits":    ext(cert.OIDKeyUsage, true, 3, 5, 0, 1, 1, 1, 1),
		"extKeyUsage":            ext(cert.OIDExtKeyUsage, false, 0x30, 2, 5, 0),
		"policies":               ext(cert.OIDCertificatePolicies, false, 0x30, 1, 0),
		"subtree with a maximum": ext(cert.OIDNameConstraints, true, 0x30, 10, 0xa0, 8, 0x30, 6, 0x82, 1, 'a', 0x81, 1, 1),
		"inhibitAnyPolicy":       ext(cert.OIDInhibitAnyPolicy, true, 2, 1, 0x80),
	} {
		tmpl := fullTemplate(t, key)
		tmpl.Extensions = []cert.Extension{e}
		tbs, err := tmpl.MarshalTBS()
		var want *cert.ParseError
		if c, err := cert.Parse(sign(t, key, tbs, err)); !errors.As(err, &want) {
			t.Errorf("%s: got %v, %v; want a *ParseError", name, c, err)
		} else if want.Offset <= 0 || want.Field == "" {
			t.Errorf("%s: %v does not say where", name, want)
		}
	}
}

func TestMalformed(t *testing.T) {
	p := testpki.New(t)
	good := p.Seal.DER
	doubled := bytes.Replace(good, []byte{6, 3, 0x55, 0x1d, 14}, []byte{6, 3, 0x55, 0x1d, 35}, 1)
	inner := []byte{6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75}
	mixed := bytes.Clone(good)
	mixed[bytes.LastIndex(mixed, inner)+9] = 0x74
	for name, der := range map[string][]byte{
		"empty": nil, "trailing": append(bytes.Clone(good), 0), "cut": good[:len(good)-1], "only a header": good[:4],
		"doubled extension": doubled, "two algorithms": mixed, "too long": make([]byte, cert.MaxCertificate+1),
		"indefinite length": append([]byte{0x30, 0x80}, good[4:]...),
		"no SEQUENCE":       append([]byte{0x31}, good[1:]...),
	} {
		var want *cert.ParseError
		if c, err := cert.Parse(der); !errors.As(err, &want) {
			t.Errorf("%s: got %v, %v; want a *ParseError", name, c, err)
		}
	}
}

// TestOwnCopy: the caller may reuse its buffer.
func TestOwnCopy(t *testing.T) {
	der := bytes.Clone(testpki.New(t).Seal.DER)
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	subject := c.Subject.String()
	clear(der)
	again, err := cert.Parse(c.Raw)
	if err != nil || again.Subject.String() != subject {
		t.Errorf("the certificate changed with the caller's buffer: %v", err)
	}
}

// TestWrongKeys: a signature only counts under a key of its own kind.
func TestWrongKeys(t *testing.T) {
	p := testpki.New(t)
	c := p.Seal.Cert
	if err := c.CheckSignature(p.Root.Cert.PublicKey); !errors.Is(err, cert.ErrSignature) {
		t.Errorf("other key: %v", err)
	}
	if err := c.CheckSignature(nil); !errors.Is(err, cert.ErrUnsupportedAlgorithm) {
		t.Errorf("no key: %v", err)
	}
	ecdsa := cert.Algorithm{OID: []int{1, 2, 840, 10045, 4, 3, 2}}
	if err := cert.CheckSignature(p.Issuing.Cert.PublicKey, ecdsa, c.RawTBS, c.Signature); !errors.Is(err, cert.ErrUnsupportedAlgorithm) {
		t.Errorf("ECDSA under an SM2 key: %v", err)
	}
	odd := cert.Algorithm{OID: gm.OIDSM2WithSM3, Parameters: []byte{4, 0}}
	if err := cert.CheckSignature(p.Issuing.Cert.PublicKey, odd, c.RawTBS, c.Signature); !errors.Is(err, cert.ErrUnsupportedAlgorithm) {
		t.Errorf("odd parameters: %v", err)
	}
}

func FuzzCertificate(f *testing.F) {
	p := testpki.New(f)
	for _, e := range []*testpki.Entity{p.Root, p.Issuing, p.Seal, p.TSA} {
		f.Add(e.DER)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := cert.Parse(der)
		if err != nil {
			var pe *cert.ParseError
			if !errors.As(err, &pe) || pe.Offset < 0 || pe.Offset > len(der) {
				t.Errorf("got %v", err)
			}
			return
		}
		if !bytes.Equal(c.Raw, der) {
			t.Error("Raw is not what was received")
		}
		_, _, _ = c.Subject.String(), c.CreditCode(), c.SelfIssued()
		_ = c.CheckSignature(c.PublicKey)
		if c.Signature == nil {
			return
		}
		if again, err := cert.Assemble(c.RawTBS, c.Signature); err != nil || !bytes.Equal(again, der) {
			t.Errorf("%x assembled again is %x, %v", der, again, err)
		}
	})
}

func FuzzCRL(f *testing.F) {
	p := testpki.New(f)
	f.Add(p.RootCRL)
	f.Add(p.CRL(f, testpki.Revoke(p.Seal, begin, cert.ReasonKeyCompromise), testpki.Revoke(p.TSA, begin, 0)))
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := cert.ParseCRL(der)
		if err != nil {
			return
		}
		for i := range c.Revoked {
			if c.Find(c.Revoked[i].Serial) == nil {
				t.Errorf("entry %d is not found", i)
			}
		}
		if c.Signature == nil {
			return
		}
		if again, err := cert.Assemble(c.RawTBS, c.Signature); err != nil || !bytes.Equal(again, der) {
			t.Errorf("%x assembled again is %x, %v", der, again, err)
		}
	})
}
