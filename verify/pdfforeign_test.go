// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/verify"
)

// foreign signs as other software does: RSA or ECDSA, SHA-2, RFC 5652.
type foreign struct {
	key    crypto.Signer
	hash   crypto.Hash
	pss    bool
	keyOID bool // signatureAlgorithm names the key's algorithm alone
	usage  x509.KeyUsage
}

var (
	hashOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1: {1, 3, 14, 3, 2, 26}, crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	rsaOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1: {1, 2, 840, 113549, 1, 1, 5}, crypto.SHA256: {1, 2, 840, 113549, 1, 1, 11},
		crypto.SHA384: {1, 2, 840, 113549, 1, 1, 12}, crypto.SHA512: {1, 2, 840, 113549, 1, 1, 13},
	}
	ecdsaOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2}, crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3}, crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4},
	}
)

type foreignRoot struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newForeignRoot(t testing.TB) foreignRoot {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Other Root"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return foreignRoot{key, c}
}

// sign puts the CMS of another software on a blank page.
func (r foreignRoot) sign(t testing.TB, f foreign) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Other Software"},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	if f.usage != 0 {
		template.KeyUsage = f.usage
	}
	leaf, err := x509.CreateCertificate(rand.Reader, template, r.cert, f.key.Public(), r.key)
	if err != nil {
		t.Fatal(err)
	}
	original := blank(t)
	d, err := pdf.Open(bytes.NewReader(original), int64(len(original)), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Prepare(context.Background(), pdf.Stamp{Page: 1, X: 20, Y: 20, Width: 42, Height: 42,
		Picture: samples(t, picture(t, 16)), Filter: "Adobe.PPKLite", SubFilter: "adbe.pkcs7.detached", Time: now})
	if err != nil {
		t.Fatal(err)
	}
	write := func(contents []byte) []byte {
		var out bytes.Buffer
		if _, err := p.Write(&out, contents); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	draft := write([]byte{0x30, 0})
	if d, err = pdf.Open(bytes.NewReader(draft), int64(len(draft)), pdf.Limits{}); err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil {
		t.Fatal(err)
	}
	h := f.hash.New()
	if err := d.Digest(context.Background(), &sigs[0], h); err != nil {
		t.Fatal(err)
	}
	return write(f.cms(t, leaf, r.cert.RawSubject, h.Sum(nil)))
}

func (f foreign) cms(t testing.TB, leaf, issuer, digest []byte) []byte {
	t.Helper()
	seq := func(b *cryptobyte.Builder, g func(*cryptobyte.Builder)) { b.AddASN1(cbasn1.SEQUENCE, g) }
	tag0 := cbasn1.Tag(0).Constructed().ContextSpecific()
	data := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	attribute := func(b *cryptobyte.Builder, last int, value func(*cryptobyte.Builder)) {
		seq(b, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, last})
			b.AddASN1(cbasn1.SET, value)
		})
	}
	var a cryptobyte.Builder
	attribute(&a, 3, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(data) })
	attribute(&a, 4, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) })
	attrs := a.BytesOrPanic()
	set := func(tag cbasn1.Tag) []byte {
		var b cryptobyte.Builder
		b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(attrs) })
		return b.BytesOrPanic()
	}
	sum := f.hash.New()
	sum.Write(set(cbasn1.SET))
	var opts crypto.SignerOpts = f.hash
	if f.pss {
		opts = &rsa.PSSOptions{SaltLength: f.hash.Size(), Hash: f.hash}
	}
	value, err := f.key.Sign(rand.Reader, sum.Sum(nil), opts)
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	seq(&b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2})
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
					seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(hashOIDs[f.hash]) })
				})
				seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(data) })
				b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(leaf) })
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
					seq(b, func(b *cryptobyte.Builder) {
						b.AddASN1Int64(1)
						seq(b, func(b *cryptobyte.Builder) { b.AddBytes(issuer); b.AddASN1Int64(2) })
						seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(hashOIDs[f.hash]) })
						b.AddBytes(set(tag0))
						f.algorithm(b)
						b.AddASN1OctetString(value)
					})
				})
			})
		})
	})
	return b.BytesOrPanic()
}

func (f foreign) algorithm(b *cryptobyte.Builder) {
	null := func(b *cryptobyte.Builder) { b.AddBytes([]byte{5, 0}) }
	_, isRSA := f.key.(*rsa.PrivateKey)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		switch {
		case f.pss:
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10})
			f.pssParameters(b)
		case isRSA && f.keyOID:
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1})
			null(b)
		case isRSA:
			b.AddASN1ObjectIdentifier(rsaOIDs[f.hash])
			null(b)
		default:
			b.AddASN1ObjectIdentifier(ecdsaOIDs[f.hash])
		}
	})
}

func (f foreign) pssParameters(b *cryptobyte.Builder) {
	hash := func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(hashOIDs[f.hash]) })
	}
	explicit := func(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(explicit(0), hash)
		b.AddASN1(explicit(1), func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8})
				hash(b)
			})
		})
		b.AddASN1(explicit(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(f.hash.Size())) })
	})
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestForeignAlgorithms(t *testing.T) {
	root := newForeignRoot(t)
	ec := func(c elliptic.Curve) crypto.Signer {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	strong, weak := rsaKey(t, 2048), rsaKey(t, 1024)
	p := verify.Policy{Time: now.Add(time.Hour), Anchors: [][]byte{root.cert.Raw}, Revocation: verify.RevocationOptional}
	for name, c := range map[string]struct {
		f    foreign
		want verify.Verdict
		code verify.Code
	}{
		"RSA PKCS#1 SHA-256":      {foreign{key: strong, hash: crypto.SHA256}, verify.Valid, ""},
		"RSA PKCS#1 SHA-384":      {foreign{key: strong, hash: crypto.SHA384}, verify.Valid, ""},
		"RSA PKCS#1 SHA-512":      {foreign{key: strong, hash: crypto.SHA512, keyOID: true}, verify.Valid, ""},
		"RSA PSS SHA-256":         {foreign{key: strong, hash: crypto.SHA256, pss: true}, verify.Valid, ""},
		"RSA PSS SHA-512":         {foreign{key: strong, hash: crypto.SHA512, pss: true}, verify.Valid, ""},
		"ECDSA P-256":             {foreign{key: ec(elliptic.P256()), hash: crypto.SHA256}, verify.Valid, ""},
		"ECDSA P-384":             {foreign{key: ec(elliptic.P384()), hash: crypto.SHA384}, verify.Valid, ""},
		"ECDSA P-521":             {foreign{key: ec(elliptic.P521()), hash: crypto.SHA512}, verify.Valid, ""},
		"RSA of 1,024 bits":       {foreign{key: weak, hash: crypto.SHA256}, verify.Indeterminate, verify.CodeCryptoConstraints},
		"SHA-1":                   {foreign{key: strong, hash: crypto.SHA1}, verify.Indeterminate, verify.CodeCryptoConstraints},
		"key for encryption":      {foreign{key: strong, hash: crypto.SHA256, usage: x509.KeyUsageKeyEncipherment}, verify.Invalid, verify.CodeUsage},
		"key of a certificate CA": {foreign{key: strong, hash: crypto.SHA256, usage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}, verify.Invalid, verify.CodeUsage},
	} {
		t.Run(name, func(t *testing.T) {
			raw := root.sign(t, c.f)
			r := examine(t, document(raw), p)
			if r.Verdict != c.want || c.code != "" && !slices.Contains(r.Codes(), c.code) {
				t.Errorf("%s %v", r.Verdict, r.Codes())
			}
			turned := bytes.Clone(raw)
			turned[bytes.Index(turned, []byte("595"))]++
			if r := examine(t, document(turned), p); r.Verdict == verify.Valid || !slices.Contains(r.Codes(), verify.CodeHashFailure) {
				t.Errorf("with an octet turned: %s %v", r.Verdict, r.Codes())
			}
		})
	}
}

// The day counts: what is proven older than an algorithm's last day stays good.
func TestAlgorithmsAreDated(t *testing.T) {
	root := newForeignRoot(t)
	raw := root.sign(t, foreign{key: rsaKey(t, 1024), hash: crypto.SHA256})
	p := verify.Policy{Time: time.Date(2013, 6, 1, 0, 0, 0, 0, time.UTC), Anchors: [][]byte{root.cert.Raw}, Revocation: verify.RevocationOptional}
	r := examine(t, document(raw), p)
	if slices.Contains(r.Codes(), verify.CodeCryptoConstraints) {
		t.Errorf("weak before its day: %v", r.Codes())
	}
}
