// SPDX-License-Identifier: Apache-2.0

package interop_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/tjfoc/gmsm/sm2"
	"github.com/tjfoc/gmsm/x509"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
)

var errPanic = errors.New("panic")

func read(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	var c *x509.Certificate
	if err := guarded(func() (err error) { c, err = x509.ParseCertificate(der); return err }); err != nil {
		t.Fatalf("tjfoc does not read the certificate: %v", err)
	}
	return c
}

func TestTjfocReadsAndVerifiesOurChain(t *testing.T) {
	a, ring := authority(t)
	root, issuing := read(t, a.Root()), read(t, a.Issuing())
	for name, pair := range map[string][2]*x509.Certificate{"root under itself": {root, root}, "issuing under root": {issuing, root}} {
		if err := guarded(func() error { return pair[0].CheckSignatureFrom(pair[1]) }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	org := "示例市行政审批局"
	for profile, s := range map[string]ca.Subject{
		"department": {Organization: org, CreditCode: creditCode},
		"officer":    {Organization: org, CommonName: "张示例", SerialNumber: "A-0017"},
		"seal":       {Organization: org, CreditCode: creditCode, SerialNumber: "99010000000001"},
		"seal-maker": {Organization: org, CommonName: "示例市制章者"},
		"tsa":        {Organization: org, CommonName: "示例市时间戳"},
		"ocsp":       {Organization: org, CommonName: "示例市证书状态"},
		"ledger":     {Organization: org, CommonName: "示例市存证日志"},
	} {
		made := issue(t, a, ring, profile, s)
		leaf := read(t, made.DER)
		if err := guarded(func() error { return leaf.CheckSignatureFrom(issuing) }); err != nil {
			t.Errorf("%s: %v", profile, err)
		}
		if leaf.SerialNumber.Text(16) != made.SerialHex || len(leaf.Subject.Organization) != 1 || leaf.Subject.Organization[0] != org || leaf.IsCA {
			t.Errorf("%s: tjfoc reads serial %x, subject %v", profile, leaf.SerialNumber, leaf.Subject)
		}
		if !leaf.NotAfter.Equal(made.NotAfter) {
			t.Errorf("%s: tjfoc reads notAfter %v, want %v", profile, leaf.NotAfter, made.NotAfter)
		}
		// It must be able to say no.
		leaf.RawTBSCertificate = bytes.Clone(leaf.RawTBSCertificate)
		leaf.RawTBSCertificate[len(leaf.RawTBSCertificate)-1] ^= 1
		if err := guarded(func() error { return leaf.CheckSignatureFrom(issuing) }); err == nil {
			t.Errorf("%s: tjfoc accepts a changed certificate", profile)
		}
	}
}

func TestTjfocVerifiesOurCRL(t *testing.T) {
	ctx := context.Background()
	a, ring := authority(t)
	made := issue(t, a, ring, "seal", ca.Subject{Organization: "示例市行政审批局", CreditCode: creditCode, SerialNumber: "99010000000001"})
	if err := a.Revoke(ctx, "operator:test", made.SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	list, err := a.CRL(ctx, ca.IssuingID)
	if err != nil {
		t.Fatal(err)
	}
	err = guarded(func() error {
		crl, err := x509.ParseCRL(list.DER)
		if err != nil {
			return err
		}
		want, _ := new(big.Int).SetString(made.SerialHex, 16)
		if n := crl.TBSCertList.RevokedCertificates; len(n) != 1 || n[0].SerialNumber.Cmp(want) != 0 {
			return fmt.Errorf("reads %d entries", len(n))
		}
		return read(t, a.Issuing()).CheckCRLSignature(crl)
	})
	if err != nil {
		t.Error(err)
	}
}

// rounds of signatures each way: enough to catch a convention mixed up, not
// a carry bug (facts/ca-and-crypto.md section 1: only known answers do that).
const rounds = 100

func TestSignaturesBothWays(t *testing.T) {
	ours, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	oursThere := &sm2.PublicKey{Curve: sm2.P256Sm2(), X: ours.X, Y: ours.Y}
	point := append([]byte{4}, append(theirs.X.FillBytes(make([]byte, 32)), theirs.Y.FillBytes(make([]byte, 32))...)...)
	theirsHere, err := gm.ParsePoint(point)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		msg := fmt.Appendf(nil, "审批决定 %d", i)
		sig, err := gm.SignMessage(ours, msg)
		if err != nil {
			t.Fatal(err)
		}
		if !oursThere.Verify(msg, sig) || oursThere.Verify(append(msg, 'x'), sig) {
			t.Fatalf("tjfoc disagrees about our signature %x", sig)
		}
		if sig, err = theirs.Sign(rand.Reader, msg, nil); err != nil {
			t.Fatal(err)
		}
		if !gm.VerifyMessage(theirsHere, msg, sig) || gm.VerifyMessage(theirsHere, append(msg, 'x'), sig) {
			t.Fatalf("we disagree about tjfoc's signature %x", sig)
		}
	}
}

// TestWhyTjfocIsNotUsed observes the defects for which it serves tests only
// (docs/adr/0001-second-implementations.md). When one of these fails, a newer
// tjfoc has mended it: the record is then to be read again.
func TestWhyTjfocIsNotUsed(t *testing.T) {
	key, _ := gm.GenerateKey()
	pub := &sm2.PublicKey{Curve: sm2.P256Sm2(), X: key.X, Y: key.Y}
	sig, err := gm.SignMessage(key, []byte("m"))
	if err != nil {
		t.Fatal(err)
	}
	malleable := append(bytes.Clone(sig), 0, 0)
	if !pub.Verify([]byte("m"), malleable) {
		t.Error("it no longer accepts octets behind a signature")
	}
	if gm.VerifyMessage(&key.PublicKey, []byte("m"), malleable) {
		t.Error("we accept octets behind a signature")
	}
	indefinite, _ := hex.DecodeString("3080")
	if err := guarded(func() error { _, err := x509.ParsePKCS7(indefinite); return err }); !errors.Is(err, errPanic) {
		t.Errorf("ParsePKCS7 of 30 80 no longer panics: %v", err)
	}
	private := &sm2.PrivateKey{PublicKey: *pub, D: key.D}
	if err := guarded(func() error { _, err := sm2.Decrypt(private, []byte{4}, sm2.C1C3C2); return err }); !errors.Is(err, errPanic) {
		t.Errorf("Decrypt of one octet no longer panics: %v", err)
	}
}
