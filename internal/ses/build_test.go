// SPDX-License-Identifier: Apache-2.0

package ses_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

var (
	day     = time.Date(2026, 3, 1, 2, 3, 4, 0, time.UTC)
	fakeSig = []byte{0x30, 6, 2, 1, 5, 2, 1, 7}
)

// certificates are opaque to the codec.
func template(version int) ses.SealTemplate {
	return ses.SealTemplate{
		Version: version, Vendor: "govseal", ESID: "33010000000001", Type: 1, Name: "示例市行政审批局",
		Certs: [][]byte{[]byte("certificate one"), []byte("certificate two")}, Created: day, ValidFrom: day, ValidTo: day.AddDate(3, 0, 0),
		Picture: ses.Picture{Type: "png", Data: []byte("picture"), Width: 42, Height: 42},
	}
}

func mustSeal(t testing.TB, tmpl ses.SealTemplate, stamp []byte) []byte {
	t.Helper()
	info, err := tmpl.TBS()
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	if tmpl.Version == 1 {
		message, err1 := ses.MessageV1(info, []byte("maker"), gm.OIDSM2WithSM3)
		if err1 != nil {
			t.Fatal(err1)
		}
		raw, err = ses.AssembleSealV1(message, fakeSig)
	} else {
		raw, err = ses.AssembleSeal(info, []byte("maker"), fakeSig, stamp)
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBuiltSealsComeBackTheSame(t *testing.T) {
	digests := template(4)
	digests.ListDigests = true
	vendor := template(1)
	vendor.HeaderVersion = 3
	odd := template(4)
	odd.HeaderVersion = 3
	extended := template(5)
	extended.Extensions = []ses.ExtData{{ID: []int{2, 999, 1, 9}, Critical: true, Value: []byte("a")}, {ID: []int{2, 999, 1, 8}, Value: []byte("b")}}
	for name, c := range map[string]struct {
		tmpl  ses.SealTemplate
		stamp []byte
	}{
		"v1": {template(1), nil}, "v1 of a vendor": {vendor, nil}, "v4": {template(4), nil}, "v4 with 3": {odd, nil}, "v5": {template(5), nil}, "v5 stamped": {template(5), []byte("token")},
		"digest list": {digests, nil}, "extensions": {extended, nil},
	} {
		t.Run(name, func(t *testing.T) {
			raw := mustSeal(t, c.tmpl, c.stamp)
			s, err := ses.ParseSeal(raw)
			if err != nil {
				t.Fatal(err)
			}
			if s.Version != c.tmpl.Version || s.Name != c.tmpl.Name || s.ESID != c.tmpl.ESID || !s.ValidTo.Equal(c.tmpl.ValidTo) {
				t.Errorf("read back %+v", s)
			}
			if len(s.Tolerated) != 0 {
				t.Errorf("our own output needs tolerance: %v", s.Tolerated)
			}
			if !s.HasCertificate([]byte("certificate two")) || s.HasCertificate([]byte("certificate")) {
				t.Error("the certificate list does not answer as it should")
			}
			info, err := s.Template().TBS()
			if err != nil || c.tmpl.Version != 1 && !bytes.Equal(info, s.Signed) || !bytes.Contains(s.Signed, info) {
				t.Errorf("the template makes other octets (%v)", err)
			}
			if again, err := s.Marshal(); err != nil || !bytes.Equal(again, raw) {
				t.Errorf("marshalled to other octets (%v)", err)
			}
			if !bytes.Equal(s.TimeStamp, c.stamp) {
				t.Errorf("time stamp %q, want %q", s.TimeStamp, c.stamp)
			}
		})
	}
}

// mustSignature makes a signature with a seal, of the seal's version.
func mustSignature(t testing.TB, tmpl ses.SignatureTemplate, v1 bool, stamp []byte) []byte {
	t.Helper()
	if v1 {
		tmpl.Cert, tmpl.SignAlg = []byte("signer"), gm.OIDSM2WithSM3
	}
	tbs, err := tmpl.TBS()
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	if v1 {
		raw, err = ses.AssembleSignatureV1(tbs, fakeSig)
	} else {
		raw, err = ses.AssembleSignature(tbs, []byte("signer"), fakeSig, stamp)
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBuiltSignaturesComeBackTheSame(t *testing.T) {
	exts := []ses.ExtData{{ID: []int{2, 999, 1, 9}, Critical: true, Value: []byte("a")}, {ID: []int{2, 999, 1, 8}}}
	for name, c := range map[string]struct {
		version int
		exts    []ses.ExtData
		stamp   []byte
	}{
		"v1": {1, nil, nil}, "v4": {4, nil, nil}, "v5": {5, nil, nil},
		"v4, stamped": {4, nil, []byte("token")}, "v4, extended": {4, exts, nil}, "v5, all of it": {5, exts, []byte("token")},
	} {
		t.Run(name, func(t *testing.T) {
			seal := mustSeal(t, template(c.version), nil)
			tmpl := ses.SignatureTemplate{Seal: seal, Time: day, DataHash: [32]byte{1, 2, 3}, PropertyInfo: "govseal.decision/v1", Extensions: c.exts}
			raw := mustSignature(t, tmpl, c.version == 1, c.stamp)
			s, err := ses.ParseSignature(raw)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(s.Seal.Raw, seal) || !bytes.Contains(raw, s.TBS) || !bytes.Equal(s.DataHash, tmpl.DataHash[:]) || s.Version != c.version ||
				!s.Time.Equal(day) || s.PropertyInfo != tmpl.PropertyInfo || !bytes.Equal(s.TimeStamp, c.stamp) || len(s.Extensions) != len(c.exts) {
				t.Errorf("read back %+v", s)
			}
			if string(s.Cert) != "signer" || !s.SignAlg.Equal(gm.OIDSM2WithSM3) || len(s.Tolerated) != 0 {
				t.Errorf("by %q with %v, tolerated %v", s.Cert, s.SignAlg, s.Tolerated)
			}
			if again, err := s.Marshal(); err != nil || !bytes.Equal(again, raw) {
				t.Errorf("marshalled to other octets (%v)", err)
			}
		})
	}
}

func TestSignatureTemplatesRefuse(t *testing.T) {
	one, four := mustSeal(t, template(1), nil), mustSeal(t, template(4), nil)
	good := ses.SignatureTemplate{Seal: one, Time: day, PropertyInfo: "/x", Cert: []byte("signer"), SignAlg: gm.OIDSM2WithSM3}
	change := func(f func(*ses.SignatureTemplate)) ses.SignatureTemplate { x := good; f(&x); return x }
	if _, err := good.TBS(); err != nil {
		t.Fatal(err)
	}
	for name, tmpl := range map[string]ses.SignatureTemplate{
		"no seal":            change(func(s *ses.SignatureTemplate) { s.Seal = nil }),
		"v1, nobody":         change(func(s *ses.SignatureTemplate) { s.Cert = nil }),
		"v1, no algorithm":   change(func(s *ses.SignatureTemplate) { s.SignAlg = nil }),
		"v1, extended":       change(func(s *ses.SignatureTemplate) { s.Extensions = []ses.ExtData{{ID: []int{2, 999}}} }),
		"v1, after 2049":     change(func(s *ses.SignatureTemplate) { s.Time = day.AddDate(30, 0, 0) }),
		"v4 with a signer":   change(func(s *ses.SignatureTemplate) { s.Seal = four }),
		"no time":            {Seal: four},
		"chinese property":   {Seal: four, Time: day, PropertyInfo: "印"},
		"a very long path":   {Seal: four, Time: day, PropertyInfo: strings.Repeat("/x", 1<<14)},
		"garbage for a seal": {Seal: []byte("garbage"), Time: day},
	} {
		var pe *ses.ParseError
		if _, err := tmpl.TBS(); !errors.As(err, &pe) {
			t.Errorf("%s: got %v, want a ParseError", name, err)
		}
	}
}

func TestTemplatesRefuse(t *testing.T) {
	change := func(f func(*ses.SealTemplate)) ses.SealTemplate { x := template(4); f(&x); return x }
	for name, tmpl := range map[string]ses.SealTemplate{
		"version 2":      change(func(s *ses.SealTemplate) { s.Version = 2 }),
		"5 in a 4":       change(func(s *ses.SealTemplate) { s.HeaderVersion = 5 }),
		"4 in a 5":       change(func(s *ses.SealTemplate) { s.Version, s.HeaderVersion = 5, 4 }),
		"negative":       change(func(s *ses.SealTemplate) { s.HeaderVersion = -1 }),
		"v1 by digest":   change(func(s *ses.SealTemplate) { s.Version, s.ListDigests = 1, true }),
		"v1 after 2049":  change(func(s *ses.SealTemplate) { s.Version, s.ValidTo = 1, day.AddDate(24, 0, 0) }),
		"no certificate": change(func(s *ses.SealTemplate) { s.Certs = nil }),
		"chinese esID":   change(func(s *ses.SealTemplate) { s.ESID = "印" }),
		"no time":        change(func(s *ses.SealTemplate) { s.Created = time.Time{} }),
		"ends early":     change(func(s *ses.SealTemplate) { s.ValidTo = s.ValidFrom.Add(-1) }),
	} {
		var pe *ses.ParseError
		if _, err := tmpl.TBS(); !errors.As(err, &pe) {
			t.Errorf("%s: got %v, want a ParseError", name, err)
		}
	}
	if _, err := ses.AssembleSeal([]byte{0x30, 0}, nil, make([]byte, 64), nil); err == nil {
		t.Error("a raw signature value was written")
	}
	message, err := ses.MessageV1([]byte{0x30, 0}, nil, gm.OIDSM2WithSM3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ses.AssembleSealV1(message, make([]byte, 64)); err == nil {
		t.Error("a raw signature value was written into version 1")
	}
	if _, err := ses.AssembleSealV1(append(message, 0), fakeSig); err == nil {
		t.Error("a message with something behind it was taken apart")
	}
}

// Each deviation seen in the field is read, and named.
func TestTolerances(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"critical FALSE written":  {fieldSeal(t, fieldOptions{falseWritten: true}), "extDatas with critical FALSE written"},
		"raw signature":           {fieldSeal(t, fieldOptions{rawSignature: true}), "SESeal.signedValue as raw r||s instead of DER"},
		"UTCTime":                 {fieldSeal(t, fieldOptions{utcTime: true}), "property.createDate as the other time type"},
		"bare time stamp":         {fieldSeal(t, fieldOptions{bareStamp: true}), "SESeal.timeStamp without its tag"},
		"extDatas in octets":      {fieldSeal(t, fieldOptions{extInOctets: true}), "extDatas inside an OCTET STRING"},
		"v1, signInfo in bits":    {fieldSealV1(t, true), "SES_SignInfo inside a BIT STRING"},
		"v1 with GeneralizedTime": {fieldSealV1(t, true), "property.validEnd as the other time type"},
	} {
		s, err := ses.ParseSeal(c.raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Contains(s.Tolerated, c.want) {
			t.Errorf("%s: tolerated %v, want %q", name, s.Tolerated, c.want)
		}
	}
	sig, err := ses.ParseSignature(fieldSignatureV1(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"timeInfo as OCTET STRING", "dataHash as OCTET STRING", "eseal inside an OCTET STRING", "timeInfo without a zone, read as UTC+8"} {
		if !slices.Contains(sig.Tolerated, want) {
			t.Errorf("v1 signature: tolerated %v, want %q", sig.Tolerated, want)
		}
	}
	if want := time.Date(2020, 1, 24, 23, 31, 56, 0, time.UTC); !sig.Time.Equal(want) {
		t.Errorf("time %v, want %v", sig.Time, want)
	}
}

type fieldOptions struct{ falseWritten, rawSignature, utcTime, bareStamp, extInOctets bool }

func build(t testing.TB, f func(*cryptobyte.Builder)) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, f)
	raw, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func text(b *cryptobyte.Builder, tag cbasn1.Tag, s string) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}

func fieldInfo(t testing.TB, o fieldOptions, v1 bool) []byte {
	moment := func(b *cryptobyte.Builder) {
		if o.utcTime {
			b.AddASN1UTCTime(day)
		} else {
			b.AddASN1GeneralizedTime(day)
		}
	}
	return build(t, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			text(b, cbasn1.IA5String, "ES")
			b.AddASN1Int64(4)
			text(b, cbasn1.IA5String, "v")
		})
		text(b, cbasn1.IA5String, "1")
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			text(b, cbasn1.UTF8String, "示例市")
			if !v1 {
				b.AddASN1Int64(1)
			}
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString([]byte("c")) })
			moment(b)
			moment(b)
			moment(b)
		})
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			text(b, cbasn1.IA5String, "png")
			b.AddASN1OctetString([]byte("p"))
			b.AddASN1Int64(1)
			b.AddASN1Int64(1)
		})
		exts := build(t, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier([]int{2, 999, 1})
				b.AddASN1Boolean(false)
				b.AddASN1OctetString([]byte("v"))
			})
		})
		if o.extInOctets {
			b.AddASN1OctetString(exts)
		} else if o.falseWritten {
			b.AddBytes(exts)
		}
	})
}

func fieldSeal(t testing.TB, o fieldOptions) []byte {
	sig := fakeSig
	if o.rawSignature {
		sig = bytes.Repeat([]byte{7}, 64)
	}
	return build(t, func(b *cryptobyte.Builder) {
		b.AddBytes(fieldInfo(t, o, false))
		b.AddASN1OctetString([]byte("maker"))
		b.AddASN1ObjectIdentifier([]int{1, 2, 156, 10197, 1, 501})
		b.AddASN1BitString(sig)
		if o.bareStamp {
			b.AddASN1BitString([]byte("token"))
		}
	})
}

func fieldSealV1(t testing.TB, bits bool) []byte {
	sign := build(t, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString([]byte("maker"))
		b.AddASN1ObjectIdentifier([]int{1, 2, 156, 10197, 1, 501})
		b.AddASN1BitString(fakeSig)
	})
	return build(t, func(b *cryptobyte.Builder) {
		b.AddBytes(fieldInfo(t, fieldOptions{}, true))
		if bits {
			b.AddASN1BitString(sign)
		} else {
			b.AddBytes(sign)
		}
	})
}

func fieldSignatureV1(t testing.TB) []byte {
	return build(t, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1OctetString(fieldSealV1(t, false))
			b.AddASN1OctetString([]byte("2020-01-25 07:31:56"))
			b.AddASN1OctetString(make([]byte, 32))
			text(b, cbasn1.IA5String, "/x")
			b.AddASN1OctetString([]byte("signer"))
			b.AddASN1ObjectIdentifier([]int{1, 2, 156, 10197, 1, 501})
		})
		b.AddASN1BitString(fakeSig)
	})
}

func FuzzParseSeal(f *testing.F) {
	f.Add(mustSeal(f, template(4), nil))
	f.Add(mustSeal(f, template(5), []byte("token")))
	f.Add(mustSeal(f, template(1), nil))
	f.Add(fieldSealV1(f, true))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ses.ParseSeal(raw)
		if err != nil || len(s.Tolerated) > 0 {
			return
		}
		again, err := s.Marshal()
		if err == nil && !bytes.Equal(again, raw) {
			t.Errorf("marshalled to other octets: %x", again)
		}
	})
}

func FuzzParseSignature(f *testing.F) {
	f.Add(fieldSignatureV1(f))
	for _, version := range []int{1, 4, 5} {
		f.Add(mustSignature(f, ses.SignatureTemplate{Seal: mustSeal(f, template(version), nil), Time: day}, version == 1, []byte("token")))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ses.ParseSignature(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(s.Raw, raw) {
			t.Error("raw octets were not kept")
		}
		if again, err := s.Marshal(); err == nil && len(s.Tolerated) == 0 && !bytes.Equal(again, raw) {
			t.Errorf("marshalled to other octets: %x", again)
		}
	})
}
