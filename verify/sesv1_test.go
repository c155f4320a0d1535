// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

// sealV1 is a seal of 2014. The maker signs the sequence of seal information,
// certificate and algorithm; alone says to sign the information alone, as in
// later versions, which must not do.
func (h *house) sealV1(alone bool) []byte {
	return h.sealBy(makerV1{cert: h.SealMaker.DER, alg: gm.OIDSM2WithSM3, alone: alone, lists: h.Seal.DER,
		sign: func(m []byte) []byte { return h.SealMaker.Sign(h.t, m) }})
}

// makerV1 makes a seal of version 1 by any algorithm.
type makerV1 struct {
	cert  []byte
	alg   asn1.ObjectIdentifier
	alone bool
	lists []byte // the certificate in the seal's list
	sign  func(message []byte) []byte
}

func (h *house) sealBy(m makerV1) []byte {
	h.t.Helper()
	info, err := ses.SealTemplate{
		Version: 1, Vendor: "govseal", ESID: "99010000000001", Type: 1, Name: "示例市行政审批局", Certs: [][]byte{m.lists},
		Created: now.AddDate(0, -1, 0), ValidFrom: now.AddDate(0, -1, 0), ValidTo: now.AddDate(1, 0, 0),
		Picture: ses.Picture{Type: "png", Data: picture(h.t, 2), Width: 42, Height: 42},
	}.TBS()
	if err != nil {
		h.t.Fatal(err)
	}
	message, err := ses.MessageV1(info, m.cert, m.alg)
	if err != nil {
		h.t.Fatal(err)
	}
	signed := message
	if m.alone {
		signed = info
	}
	raw, err := ses.AssembleSealV1(message, m.sign(signed))
	if err != nil {
		h.t.Fatal(err)
	}
	return raw
}

func (h *house) signatureV1(seal []byte, signer *testpki.Entity, path string, digest [32]byte) []byte {
	return h.signatureBy(ses.SignatureTemplate{Seal: seal, Time: h.clock, DataHash: digest, PropertyInfo: path, Cert: signer.DER, SignAlg: gm.OIDSM2WithSM3},
		func(m []byte) []byte { return signer.Sign(h.t, m) })
}

func (h *house) signatureBy(tmpl ses.SignatureTemplate, sign func([]byte) []byte) []byte {
	h.t.Helper()
	tbs, err := tmpl.TBS()
	if err != nil {
		h.t.Fatal(err)
	}
	raw, err := ses.AssembleSignatureV1(tbs, sign(tbs))
	if err != nil {
		h.t.Fatal(err)
	}
	return raw
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
	t.Run("every bit of the seal", func(t *testing.T) { neverValid(t, good, nil, h.ownAnchors()) })
	t.Run("every bit of the signature", func(t *testing.T) {
		neverValid(t, h.signatureV1(good, h.Seal, "/x", sum), sum[:], h.ownAnchors())
	})
}

// rsaEntity is a self-signed RSA certificate, as trust for one party.
type rsaEntity struct {
	t    testing.TB
	key  *rsa.PrivateKey
	cert []byte
}

func newRSA(t testing.TB, bits int, cn string) rsaEntity {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: cn},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return rsaEntity{t, key, der}
}

// by signs with a digest; SHA-1 is what the text of 2014 allows besides SHA-256.
func (e rsaEntity) by(hash crypto.Hash) func([]byte) []byte {
	return func(message []byte) []byte {
		h := hash.New()
		h.Write(message)
		sig, err := rsa.SignPKCS1v15(rand.Reader, e.key, hash, h.Sum(nil))
		if err != nil {
			e.t.Fatal(err)
		}
		return sig
	}
}

// RSA is allowed in version 1, with SHA-1 or SHA-256 (GM/T 0031-2014, as in
// facts/seal-formats.md 2.2): SHA-256 counts, SHA-1 and short keys do not.
func TestVersion1WithRSA(t *testing.T) {
	h := newHouse(t)
	strong, weak := newRSA(t, 2048, "RSA of 2,048 bits"), newRSA(t, 1024, "RSA of 1,024 bits")
	doc := paper(1).pack(t)
	for name, c := range map[string]struct {
		maker, signer rsaEntity
		hash          crypto.Hash
		dataHash      func([]byte) [32]byte
		want          verify.Verdict
		codes         []verify.Code
	}{
		"SHA-256":                      {strong, strong, crypto.SHA256, sha256.Sum256, verify.Valid, nil},
		"SHA-256, the document by SM3": {strong, strong, crypto.SHA256, func(b []byte) [32]byte { return gm.SM3(b) }, verify.Valid, nil},
		"SHA-1":                        {strong, strong, crypto.SHA1, sha256.Sum256, verify.Indeterminate, []verify.Code{verify.CodeCryptoConstraints}},
		"a short key of the signer":    {strong, weak, crypto.SHA256, sha256.Sum256, verify.Indeterminate, []verify.Code{verify.CodeCryptoConstraints}},
		"a short key of the maker":     {weak, strong, crypto.SHA256, sha256.Sum256, verify.Indeterminate, []verify.Code{verify.CodeCryptoConstraints}},
		"another document": {strong, strong, crypto.SHA256, func(b []byte) [32]byte { return sha256.Sum256(b[1:]) },
			verify.Invalid, []verify.Code{verify.CodeHashFailure}},
	} {
		t.Run(name, func(t *testing.T) {
			alg := rsaOIDs[c.hash]
			seal := h.sealBy(makerV1{cert: c.maker.cert, alg: alg, lists: c.signer.cert, sign: c.maker.by(c.hash)})
			raw := h.stampOFD(doc, ofdSpec{sealFile: seal, value: func(path string, xml []byte) []byte {
				return h.signatureBy(ses.SignatureTemplate{Seal: seal, Time: h.clock, DataHash: c.dataHash(xml), PropertyInfo: path,
					Cert: c.signer.cert, SignAlg: alg}, c.signer.by(c.hash))
			}})
			p := h.policy()
			p.Anchors, p.MakerAnchors, p.Revocation = [][]byte{c.signer.cert}, [][]byte{c.maker.cert}, verify.RevocationOptional
			r := examine(t, document(raw), p)
			want(t, r, c.want, c.codes...)
			if c.want == verify.Valid {
				broken := unpack(t, raw).swap(t, page0, "准予", "不予").pack(t)
				want(t, examine(t, document(broken), p), verify.Invalid, verify.CodeHashFailure)
			}
		})
	}
}
