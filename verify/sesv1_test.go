// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/asn1"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

// sequence and the parts that follow build the structures of GM/T 0031-2014,
// which the house reads and does not write (facts/seal-formats.md 2.2).
func sequence(parts ...func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, p := range parts {
				p(b)
			}
		})
	}
}

func raw(value []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddBytes(value) }
}

func number(n int64) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1Int64(n) }
}

func octets(value []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1OctetString(value) }
}

func bits(value []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1BitString(value) }
}

func identifier(o asn1.ObjectIdentifier) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(o) }
}

func text(tag cbasn1.Tag, s string) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) }) }
}

func utc(t time.Time) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1UTCTime(t) }
}

func (h *house) encode(f func(*cryptobyte.Builder)) []byte {
	h.t.Helper()
	var b cryptobyte.Builder
	f(&b)
	out, err := b.Bytes()
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// sealV1 is a seal of 2014. The maker signs the sequence of seal information,
// certificate and algorithm; alone says to sign the information alone, as in
// later versions, which must not do.
func (h *house) sealV1(alone bool) []byte {
	info := h.encode(sequence(
		sequence(text(cbasn1.IA5String, "ES"), number(1), text(cbasn1.IA5String, "govseal")),
		text(cbasn1.IA5String, "99010000000001"),
		sequence(number(1), text(cbasn1.UTF8String, "示例市行政审批局"), sequence(octets(h.Seal.DER)),
			utc(now.AddDate(0, -1, 0)), utc(now.AddDate(0, -1, 0)), utc(now.AddDate(1, 0, 0))),
		sequence(text(cbasn1.IA5String, "png"), octets(picture(h.t, 2)), number(42), number(42)),
	))
	signed := h.encode(sequence(raw(info), octets(h.SealMaker.DER), identifier(gm.OIDSM2WithSM3)))
	if alone {
		signed = info
	}
	return h.encode(sequence(raw(info), sequence(octets(h.SealMaker.DER), identifier(gm.OIDSM2WithSM3), bits(h.SealMaker.Sign(h.t, signed)))))
}

func (h *house) signatureV1(seal []byte, signer *testpki.Entity, path string, digest [32]byte) []byte {
	tbs := h.encode(sequence(number(1), raw(seal), bits([]byte(h.clock.Format("2006-01-02T15:04:05.000Z"))), bits(digest[:]),
		text(cbasn1.IA5String, path), octets(signer.DER), identifier(gm.OIDSM2WithSM3)))
	return h.encode(sequence(raw(tbs), bits(signer.Sign(h.t, tbs))))
}

// Seals of GM/T 0031-2014 are read, alone and on an OFD.
func TestVersion1(t *testing.T) {
	h := newHouse(t)
	doc := paper(1).pack(t)
	on := func(seal []byte, signer *testpki.Entity) []byte {
		return h.stampOFD(doc, ofdSpec{sealFile: seal, value: func(path string, xml []byte) []byte {
			return h.signatureV1(seal, signer, path, gm.SM3(xml))
		}})
	}
	good, wrong := h.sealV1(false), h.sealV1(true)
	want(t, examine(t, document(good), h.withMaterial()), verify.Valid)
	want(t, examine(t, document(wrong), h.withMaterial()), verify.Invalid, verify.CodeSealMakerSignature)
	r := examine(t, document(on(good, h.Seal)), h.withMaterial())
	want(t, r, verify.Valid)
	if s := r.Stamps[0]; s.Seal.Version != 1 || s.Time.Claimed == nil || !s.Time.Claimed.Equal(h.clock) {
		t.Errorf("seal %+v, time %+v", s.Seal.Version, s.Time)
	}
	want(t, examine(t, document(on(wrong, h.Seal)), h.withMaterial()), verify.Invalid, verify.CodeSealMakerSignature)
	want(t, examine(t, document(on(good, h.Officer)), h.withMaterial()), verify.Invalid, verify.CodeSignerNotInList)
	changed := unpack(t, on(good, h.Seal)).swap(t, page0, "准予", "不予").pack(t)
	want(t, examine(t, document(changed), h.withMaterial()), verify.Invalid, verify.CodeHashFailure)
	sum := gm.SM3(content)
	t.Run("every bit of the seal", func(t *testing.T) { neverValid(t, good, nil, h.ownAnchors(), 3) })
	t.Run("every bit of the signature", func(t *testing.T) {
		neverValid(t, h.signatureV1(good, h.Seal, "/x", sum), sum[:], h.ownAnchors(), 3)
	})
}
