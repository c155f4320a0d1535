// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"image"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/pdf"
)

// elsewhere is an authority of another software: a root, an issuing CA (both
// ECDSA), and somebody with an RSA key who signs.
type elsewhere struct {
	now                          time.Time
	rootKey, issuingKey          *ecdsa.PrivateKey
	leafKey                      *rsa.PrivateKey
	root, issuing, leaf          *x509.Certificate
	rootList, list, answer, fake []byte // fake: a list in the issuing CA's name by another key
}

func newElsewhere(t testing.TB, now time.Time) *elsewhere {
	t.Helper()
	e := &elsewhere{now: now}
	e.rootKey, e.issuingKey = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	e.leafKey = must(rsa.GenerateKey(rand.Reader, 2048))
	authority := func(name string, n int64) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	}
	issue := func(template, issuer *x509.Certificate, public, key any) *x509.Certificate {
		return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, issuer, public, key))))
	}
	root := authority("Other Root", 1)
	e.root = issue(root, root, &e.rootKey.PublicKey, e.rootKey)
	e.issuing = issue(authority("Other Issuing CA", 2), e.root, &e.issuingKey.PublicKey, e.rootKey)
	e.leaf = issue(&x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "Other Signer"},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}, e.issuing, &e.leafKey.PublicKey, e.issuingKey)
	lists := func(issuer *x509.Certificate, key crypto.Signer) []byte {
		return must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.AddDate(0, 0, 7)}, issuer, key))
	}
	e.rootList, e.list = lists(e.root, e.rootKey), lists(e.issuing, e.issuingKey)
	forger := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	forged := *e.issuing
	forged.PublicKey = &forger.PublicKey
	e.fake = lists(&forged, forger)
	e.answer = e.answers()
	return e
}

// answers signs, by the issuing CA's own key, that the signer's certificate is good.
func (e *elsewhere) answers() []byte {
	issuing := must(cert.Parse(e.issuing.Raw))
	id := must(ocsp.NewCertID(ocsp.OIDSHA1, issuing.RawSubject, issuing.RawSPKI, e.leaf.SerialNumber))
	b := ocsp.Basic{Responder: ocsp.ByName(issuing), ProducedAt: e.now.UTC(), Singles: []ocsp.Single{{ID: id, ThisUpdate: e.now, NextUpdate: e.now.AddDate(0, 0, 7)}},
		SignatureAlgorithm: cert.Algorithm{OID: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}}}
	sum := sha256.Sum256(must(b.MarshalTBS()))
	b.Signature = must(ecdsa.SignASN1(rand.Reader, e.issuingKey, sum[:]))
	return must(ocsp.MarshalSuccess(must(b.Marshal())))
}

// evidence is a side file.
func (e *elsewhere) evidence(certs []*x509.Certificate, crls, ocsps [][]byte) []byte {
	var ders [][]byte
	for _, c := range certs {
		ders = append(ders, c.Raw)
	}
	return must(json.Marshal(map[string]any{"certificates": ders, "crls": crls, "ocsp": ocsps}))
}

// signs puts a detached CMS (RFC 5652, RSA with SHA-256) on a blank page; the
// signer's certificate alone comes along.
func (e *elsewhere) signs(t testing.TB) []byte {
	t.Helper()
	original := blankPDF(t, 1, nil)
	d := must(pdf.Open(bytes.NewReader(original), int64(len(original)), pdf.Limits{}))
	p := must(d.Prepare(ctx, pdf.Stamp{Page: 1, X: 20, Y: 20, Width: 42, Height: 42, Picture: image.NewNRGBA(image.Rect(0, 0, 16, 16)),
		Filter: "Adobe.PPKLite", SubFilter: "adbe.pkcs7.detached", Time: e.now}))
	write := func(contents []byte) []byte {
		var out bytes.Buffer
		must(p.Write(&out, contents))
		return out.Bytes()
	}
	draft := write([]byte{0x30, 0})
	d = must(pdf.Open(bytes.NewReader(draft), int64(len(draft)), pdf.Limits{}))
	h := sha256.New()
	if err := d.Digest(ctx, &must(d.Signatures())[0], h); err != nil {
		t.Fatal(err)
	}
	return write(e.cms(h.Sum(nil)))
}

func (e *elsewhere) cms(digest []byte) []byte {
	tag0 := cbasn1.Tag(0).Constructed().ContextSpecific()
	pkcs := func(n ...int) asn1.ObjectIdentifier {
		return append(asn1.ObjectIdentifier{1, 2, 840, 113549, 1}, n...)
	}
	seq := func(b *cryptobyte.Builder, f func(*cryptobyte.Builder)) { b.AddASN1(cbasn1.SEQUENCE, f) }
	algorithm := func(b *cryptobyte.Builder, id asn1.ObjectIdentifier) {
		seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id); b.AddBytes([]byte{5, 0}) })
	}
	hash := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	signed := func(tag cbasn1.Tag) []byte {
		var b cryptobyte.Builder
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(pkcs(9, 3))
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(pkcs(7, 1)) })
			})
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(pkcs(9, 4))
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) })
			})
		})
		return b.BytesOrPanic()
	}
	sum := sha256.Sum256(signed(cbasn1.SET))
	value := must(rsa.SignPKCS1v15(rand.Reader, e.leafKey, crypto.SHA256, sum[:]))
	signer := func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		seq(b, func(b *cryptobyte.Builder) { b.AddBytes(e.leaf.RawIssuer); b.AddASN1BigInt(e.leaf.SerialNumber) })
		algorithm(b, hash)
		b.AddBytes(signed(tag0))
		algorithm(b, pkcs(1, 11))
		b.AddASN1OctetString(value)
	}
	var b cryptobyte.Builder
	seq(&b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(pkcs(7, 2))
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { algorithm(b, hash) })
				seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(pkcs(7, 1)) })
				b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(e.leaf.Raw) })
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { seq(b, signer) })
			})
		})
	})
	return b.BytesOrPanic()
}
