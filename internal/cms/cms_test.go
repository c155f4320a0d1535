// SPDX-License-Identifier: Apache-2.0

package cms_test

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
)

var content = []byte("示例市行政审批局")

// signed builds a message with every optional part.
func signed(t testing.TB, p *testpki.PKI, change func(*cms.Builder)) []byte {
	t.Helper()
	revocation, err := cms.MarshalRevocationInfo([][]byte{p.IssuingCRL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := cms.Builder{
		Certificate: p.Seal.DER, Chain: [][]byte{p.Issuing.DER}, CRLs: [][]byte{p.RootCRL}, SigningTime: testpki.Now,
		Attributes: []cms.Attribute{{Type: cms.OIDRevocationInfo, Values: [][]byte{revocation}}},
	}
	if change != nil {
		change(&b)
	}
	attrs, err := b.Prepare(gm.SM3(content))
	if err != nil {
		t.Fatal(err)
	}
	der, err := b.Complete(attrs, p.Seal.Sign(t, attrs), nil)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestBuiltMessagesVerify(t *testing.T) {
	p := testpki.New(t)
	for name, change := range map[string]func(*cms.Builder){
		"detached, RFC 5652":  nil,
		"detached, GB/T35275": func(b *cms.Builder) { b.GB35275 = true },
		"attached":            func(b *cms.Builder) { b.EContent = content },
	} {
		t.Run(name, func(t *testing.T) {
			d, err := cms.Parse(signed(t, p, change))
			if err != nil {
				t.Fatal(err)
			}
			s := &d.Signers[0]
			certDER := d.Certificate(s)
			if !bytes.Equal(certDER, p.Seal.DER) {
				t.Fatal("the signer's certificate was not found")
			}
			if err := s.VerifySignature(p.Seal.Cert.PublicKey, nil); err != nil {
				t.Errorf("signature: %v", err)
			}
			if err := s.VerifySignature(p.Issuing.Cert.PublicKey, nil); !errors.Is(err, cert.ErrSignature) {
				t.Errorf("another key: got %v", err)
			}
			sum := gm.SM3(content)
			if md, err := s.MessageDigest(); err != nil || !bytes.Equal(md, sum[:]) {
				t.Errorf("messageDigest %x, %v", md, err)
			}
			if ok, err := s.MatchESS(certDER); !ok || err != nil {
				t.Errorf("ESS: %v, %v", ok, err)
			}
			if _, err := s.MatchESS(p.Officer.DER); err == nil {
				t.Error("ESS names every certificate")
			}
			if at, ok, err := s.SigningTime(); !ok || err != nil || !at.Equal(testpki.Now) {
				t.Errorf("signingTime %v, %v, %v", at, ok, err)
			}
			if mixed, err := s.CheckContentType(d.EContentType); mixed || err != nil {
				t.Errorf("contentType: %v, %v", mixed, err)
			}
			value, ok, err := cms.Find(s.Signed, cms.OIDRevocationInfo)
			if crls, _, err2 := cms.ParseRevocationInfo(value); !ok || err != nil || err2 != nil || len(crls) != 1 || !bytes.Equal(crls[0], p.IssuingCRL) {
				t.Errorf("revocation info: %v %v %v", ok, err, err2)
			}
			if len(d.Tolerated) != 0 {
				t.Errorf("our own output needs tolerance: %v", d.Tolerated)
			}
		})
	}
}

func TestTokenBecomesUnsignedAttribute(t *testing.T) {
	p := testpki.New(t)
	b := cms.Builder{Certificate: p.Seal.DER}
	attrs, err := b.Prepare(gm.SM3(content))
	if err != nil {
		t.Fatal(err)
	}
	token := []byte{0x30, 0x03, 0x02, 0x01, 0x07}
	der, err := b.Complete(attrs, p.Seal.Sign(t, attrs), token)
	if err != nil {
		t.Fatal(err)
	}
	d, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok, err := cms.Find(d.Signers[0].Unsigned, cms.OIDTimeStampToken); !ok || err != nil || !bytes.Equal(got, token) {
		t.Errorf("token %x, %v, %v", got, ok, err)
	}
	if !bytes.Equal(d.Signers[0].SignedRaw, attrs) {
		t.Error("the signed octets changed on the way")
	}
}

func TestRawSignatureValue(t *testing.T) {
	p := testpki.New(t)
	d, err := cms.Parse(signed(t, p, nil))
	if err != nil {
		t.Fatal(err)
	}
	s := d.Signers[0]
	var rs struct{ R, S asn1.RawValue }
	if _, err := asn1.Unmarshal(s.Signature, &rs); err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 64)
	r, v := bytes.TrimLeft(rs.R.Bytes, "\x00"), bytes.TrimLeft(rs.S.Bytes, "\x00")
	copy(raw[32-len(r):], r)
	copy(raw[64-len(v):], v)
	s.Signature = raw
	if err := s.VerifySignature(p.Seal.Cert.PublicKey, nil); err != nil {
		t.Errorf("raw r||s: %v", err)
	}
}

func TestFindWantsExactlyOneValue(t *testing.T) {
	one, two := []byte{5, 0}, []byte{2, 1, 1}
	for name, c := range map[string]struct {
		attrs []cms.Attribute
		ok    bool
		fails bool
	}{
		"absent":     {nil, false, false},
		"one":        {[]cms.Attribute{{Type: cms.OIDMessageDigest, Values: [][]byte{one}}}, true, false},
		"two values": {[]cms.Attribute{{Type: cms.OIDMessageDigest, Values: [][]byte{one, two}}}, false, true},
		"no value":   {[]cms.Attribute{{Type: cms.OIDMessageDigest}}, false, true},
		"twice":      {[]cms.Attribute{{Type: cms.OIDMessageDigest, Values: [][]byte{one}}, {Type: cms.OIDMessageDigest, Values: [][]byte{one}}}, false, true},
	} {
		_, ok, err := cms.Find(c.attrs, cms.OIDMessageDigest)
		if ok != c.ok || (err != nil) != c.fails {
			t.Errorf("%s: ok %v, error %v", name, ok, err)
		}
	}
}

// toIndefinite rewrites the outer constructed layers of a DER message to BER's
// indefinite form, and splits the content's octet string.
func toIndefinite(der []byte, depth int) []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(der, &v); err != nil || depth == 0 || !v.IsCompound {
		return der
	}
	out := []byte{der[0], 0x80}
	for rest := v.Bytes; len(rest) > 0; {
		var child asn1.RawValue
		after, err := asn1.Unmarshal(rest, &child)
		if err != nil {
			return der
		}
		if child.Class == asn1.ClassUniversal && child.Tag == asn1.TagOctetString && len(child.Bytes) > 2 && !child.IsCompound && depth == 1 {
			out = append(out, 0x24, 0x80, 0x04, 1, child.Bytes[0], 0x04, byte(len(child.Bytes)-1))
			out = append(append(out, child.Bytes[1:]...), 0, 0)
		} else {
			out = append(out, toIndefinite(child.FullBytes, depth-1)...)
		}
		rest = after
	}
	return append(out, 0, 0)
}

func TestBERIsRead(t *testing.T) {
	p := testpki.New(t)
	der := signed(t, p, func(b *cms.Builder) { b.EContent = content })
	for depth := 1; depth <= 5; depth++ {
		ber := toIndefinite(der, depth)
		if bytes.Equal(ber, der) {
			t.Fatal("nothing was rewritten")
		}
		d, err := cms.Parse(ber)
		if err != nil {
			t.Fatalf("depth %d: %v", depth, err)
		}
		if !bytes.Equal(d.EContent, content) || len(d.Tolerated) == 0 {
			t.Errorf("depth %d: content %q, tolerated %v", depth, d.EContent, d.Tolerated)
		}
		if err := d.Signers[0].VerifySignature(p.Seal.Cert.PublicKey, nil); err != nil {
			t.Errorf("depth %d: %v", depth, err)
		}
		cut, err := cms.Trim(append(bytes.Clone(ber), 0, 0, 0))
		if err != nil || !bytes.Equal(cut, ber) {
			t.Errorf("depth %d: Trim: %v", depth, err)
		}
	}
	deep := bytes.Repeat([]byte{0x30, 0x80}, 10_000)
	if _, err := cms.Parse(deep); err == nil {
		t.Error("10,000 levels were read")
	}
}

func TestTrim(t *testing.T) {
	for name, c := range map[string]struct {
		in    []byte
		want  int
		fails bool
	}{
		"exact":      {[]byte{0x30, 1, 0}, 3, false},
		"padded":     {[]byte{0x30, 1, 7, 0, 0, 0}, 3, false},
		"not zeros":  {[]byte{0x30, 1, 7, 0, 1, 0}, 0, true},
		"cut short":  {[]byte{0x30, 5, 7}, 0, true},
		"only zeros": {make([]byte, 8), 0, true},
		"empty":      {nil, 0, true},
	} {
		got, err := cms.Trim(c.in)
		if (err != nil) != c.fails || len(got) != c.want {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

// The expectation is that of samples/sm2/index.tsv.
func TestSampleOfAnotherWriter(t *testing.T) {
	dir := os.Getenv("GOVSEAL_SAMPLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "samples")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "sm2", "gmsm__pkcs7_sign_test.go__1.der"))
	if err != nil {
		t.Skipf("samples are absent: %v", err)
	}
	d, err := cms.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(d.Certificate(&d.Signers[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !d.ContentType.Equal(cms.OIDGBSignedData) || d.Signers[0].SignedRaw != nil {
		t.Error("not the GB/T 35275 form without attributes")
	}
	if err := d.Signers[0].VerifySignature(c.PublicKey, d.EContent); err != nil {
		t.Error(err)
	}
	if err := d.Signers[0].VerifySignature(c.PublicKey, append(d.EContent, 'x')); err == nil {
		t.Error("changed content verifies")
	}
}

// OpenSSL judges the signed attributes (facts/ca-and-crypto.md 3.1).
func TestOpenSSLAgrees(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	p := testpki.New(t)
	der := signed(t, p, nil)
	d, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pub, err := exec.Command(openssl, "x509", "-in", write("c.pem", p.Seal.PEM()), "-noout", "-pubkey").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := d.Signers[0]
	out, err := exec.Command(openssl, "dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", write("p", pub),
		"-signature", write("s", s.Signature), write("m", s.SignedRaw)).CombinedOutput()
	if err != nil {
		t.Errorf("openssl dgst: %v: %s", err, out)
	}
	out, err = exec.Command(openssl, "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", write("cms", der)).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("SM2-with-SM3")) && !bytes.Contains(out, []byte("1.2.156.10197.1.501")) {
		t.Errorf("openssl cms -print: %v: %.400s", err, out)
	}
}

func FuzzParse(f *testing.F) {
	p := testpki.New(f)
	der := signed(f, p, func(b *cms.Builder) { b.EContent = content })
	f.Add(der)
	f.Add(toIndefinite(der, 3))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := cms.Trim(raw); err != nil {
			_ = err
		}
		d, err := cms.Parse(raw)
		if err != nil {
			return
		}
		for i := range d.Signers {
			s := &d.Signers[i]
			c := d.Certificate(s)
			s.MatchESS(c)
			s.MessageDigest()
			s.SigningTime()
			s.VerifySignature(p.Seal.Cert.PublicKey, d.EContent)
		}
	})
}

func FuzzParseRevocationInfo(f *testing.F) {
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		crls, ocsps, err := cms.ParseRevocationInfo(raw)
		if err != nil {
			return
		}
		again, err := cms.MarshalRevocationInfo(crls, ocsps)
		if err != nil || len(again) > len(raw) {
			t.Errorf("%x became %x (%v)", raw, again, err)
		}
	})
}
