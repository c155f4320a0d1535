// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

// rawSignature is r||s of 64 octets, as some vendors write it.
func rawSignature(t *testing.T, der []byte) []byte {
	t.Helper()
	var v struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		t.Fatal(err)
	}
	return append(v.R.FillBytes(make([]byte, 32)), v.S.FillBytes(make([]byte, 32))...)
}

// What writers in the field do otherwise than the text is read, is as valid as
// it was, and is said in the report (facts/seal-formats.md 4).
func TestOFDTolerances(t *testing.T) {
	h := newHouse(t)
	doc := paper(1).pack(t)
	four := h.seal(sealSpec{})
	signature := func(path string, xml []byte) *ses.Signature {
		t.Helper()
		tbs, err := ses.SignatureTemplate{Seal: four, Time: h.clock, DataHash: gm.SM3(xml), PropertyInfo: path}.TBS()
		if err != nil {
			t.Fatal(err)
		}
		value := h.Seal.Sign(t, tbs)
		raw, err := ses.AssembleSignature(tbs, h.Seal.DER, value, h.stampTime(nil, value))
		if err != nil {
			t.Fatal(err)
		}
		s, err := ses.ParseSignature(raw)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	written := func(s *ses.Signature) []byte {
		t.Helper()
		raw, err := s.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	one := h.sealV1(false)
	for name, c := range map[string]struct {
		seal  []byte
		value func(path string, xml []byte) []byte
		said  string
	}{
		"a raw signature value, under another identifier": {four, func(path string, xml []byte) []byte {
			s := signature(path, xml)
			s.Signature, s.SignAlg = rawSignature(t, s.Signature), gm.OIDSM2Sign
			s.TimeStamp = h.stampTime(nil, s.Signature) // over the value as it is written
			return written(s)
		}, "raw r||s"},
		"a time-stamp without its tag": {four, func(path string, xml []byte) []byte {
			s := signature(path, xml)
			var b cryptobyte.Builder
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(s.TBS)
				b.AddASN1OctetString(s.Cert)
				b.AddASN1ObjectIdentifier(s.SignAlg)
				b.AddASN1BitString(s.Signature)
				b.AddASN1BitString(s.TimeStamp)
			})
			return b.BytesOrPanic()
		}, "without its tag"},
		"version 1, the time as text": {one, func(path string, xml []byte) []byte {
			seal, err := ses.ParseSeal(one)
			if err != nil {
				t.Fatal(err)
			}
			sum := gm.SM3(xml)
			s := &ses.Signature{Version: 1, HeaderVersion: 1, Seal: seal, TimeStamp: []byte(h.clock.UTC().Format("2006-01-02T15:04:05.000Z")),
				DataHash: sum[:], PropertyInfo: path, Cert: h.Seal.DER, SignAlg: gm.OIDSM2WithSM3}
			draft, err := ses.ParseSignature(written(s))
			if err != nil {
				t.Fatal(err)
			}
			s.Signature = h.Seal.Sign(t, draft.TBS)
			return written(s)
		}, "timeInfo as text"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := h.stampOFD(doc, ofdSpec{sealFile: c.seal, value: c.value})
			r := examine(t, document(raw), h.withMaterial())
			want(t, r, verify.Valid)
			if !slices.ContainsFunc(r.Stamps[0].Signature.Findings, func(f verify.Finding) bool {
				return f.Code == verify.CodeTolerated && strings.Contains(f.Detail, c.said)
			}) {
				t.Errorf("nothing is said of it: %+v", r.Stamps[0].Signature.Findings)
			}
			changed := unpack(t, raw).swap(t, page0, "准予", "不予").pack(t)
			want(t, examine(t, document(changed), h.withMaterial()), verify.Invalid, verify.CodeHashFailure)
		})
	}
}

// A maker whose certificate has ended since: a remark by GM/T 0031-2025, a
// failure by the stricter reading of GB/T 38540, which a policy may choose.
func TestOFDMakerExpired(t *testing.T) {
	h := newHouse(t)
	shortMaker := h.Issue(t, testpki.Spec{Label: "short maker", ExtKeyUsage: []oid{cert.DefaultArc.SealMaker()}, NotAfter: now.Add(day)})
	for _, version := range []int{4, 5} {
		spec := ofdSpec{stampSpec: stampSpec{noToken: true, claimed: now.Add(2 * day), sealSpec: sealSpec{maker: shortMaker, template: func(s *ses.SealTemplate) { s.Version = version }}}}
		raw := h.stampOFD(paper(1).pack(t), spec)
		p := h.withMaterial()
		p.Time = now.Add(3 * day)
		r := examine(t, document(raw), p)
		want(t, r, verify.Valid)
		if !slices.ContainsFunc(r.Stamps[0].Seal.Findings, func(f verify.Finding) bool { return f.Code == verify.CodeSealMakerExpired }) {
			t.Error("nothing is said of the maker")
		}
		p.Name = verify.PolicyStrict38540
		want(t, examine(t, document(raw), p), verify.Invalid, verify.CodeSealMakerExpired)
	}
}
