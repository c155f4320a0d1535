// SPDX-License-Identifier: Apache-2.0

// Package testpki is a small SM2 public-key infrastructure at fixed dates, for
// tests only: a root, an issuing CA and one certificate of each kind that
// govseal knows, all of a plainly fictional city. Keys follow from their
// labels, so that a test can name one; signatures are fresh in every run.
package testpki

import (
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// The fixed dates. Now is when tests happen; end-entity certificates are in
// force a year around it, and the CRLs were issued the day before.
var (
	Now          = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	CANotBefore  = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	RootNotAfter = time.Date(2033, 12, 31, 0, 0, 0, 0, time.UTC)
	CANotAfter   = time.Date(2031, 12, 31, 0, 0, 0, 0, time.UTC)
	NotBefore    = time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	NotAfter     = time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC)
)

// CreditCode is a fictional unified social credit code with a right check
// digit (GB 32100-2015), that of the department and of the seal.
const CreditCode = "11990100MA0000001Q"

// Entity is one certificate with its key.
type Entity struct {
	DER  []byte
	Cert *cert.Certificate
	Key  *gm.PrivateKey
}

// PEM returns the certificate as PEM.
func (e *Entity) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.DER})
}

// Sign returns the SM2 signature of the message by the entity's key.
func (e *Entity) Sign(t testing.TB, message []byte) []byte {
	t.Helper()
	sig, err := gm.SignMessage(e.Key, message)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	return sig
}

// PKI is the whole fixture. Every certificate but Root and Issuing is issued
// by Issuing; the CRLs revoke nothing.
type PKI struct {
	Root, Issuing                                           *Entity
	Department, Officer, SealMaker, Seal, TSA, OCSP, Ledger *Entity
	RootCRL, IssuingCRL                                     []byte // DER

	mu     sync.Mutex
	serial int64
}

// New makes the fixture.
func New(t testing.TB) *PKI {
	t.Helper()
	p := &PKI{serial: 0x1000}
	p.Root = p.Issue(t, Spec{
		Label: "root", Subject: Name("示例市根证书机构", ""), SelfSigned: true, CA: true,
		NotBefore: CANotBefore, NotAfter: RootNotAfter,
	})
	zero := 0
	p.Issuing = p.Issue(t, Spec{
		Label: "issuing", Subject: Name("示例市政务证书签发机构", ""), Issuer: p.Root, CA: true, PathLen: &zero,
		NotBefore: CANotBefore, NotAfter: CANotAfter,
	})
	p.Department = p.Issue(t, Spec{
		Label: "department", Subject: Name("示例市行政审批局", ""),
		Extensions: []cert.Extension{cert.ExtCreditCode(CreditCode)},
	})
	p.Officer = p.Issue(t, Spec{Label: "officer", Subject: Name("示例人员甲", "0001")})
	p.SealMaker = p.Issue(t, Spec{
		Label: "seal maker", Subject: Name("示例市制章中心", ""), ExtKeyUsage: oids(cert.DefaultArc.SealMaker()),
	})
	p.Seal = p.Issue(t, Spec{
		Label: "seal", Subject: Name("示例市行政审批局", "99010000000001"),
		Extensions: []cert.Extension{cert.ExtCreditCode(CreditCode)},
	})
	p.TSA = p.Issue(t, Spec{
		Label: "tsa", Subject: Name("示例市时间戳服务", ""), ExtKeyUsage: oids(cert.OIDTimeStamping), CriticalEKU: true,
	})
	p.OCSP = p.Issue(t, Spec{
		Label: "ocsp", Subject: Name("示例市证书状态服务", ""), ExtKeyUsage: oids(cert.OIDOCSPSigning),
		Extensions: []cert.Extension{cert.ExtOCSPNoCheck()},
	})
	p.Ledger = p.Issue(t, Spec{
		Label: "ledger", Subject: Name("示例市存证日志", ""), ExtKeyUsage: oids(cert.DefaultArc.Ledger()),
	})
	p.RootCRL = p.IssueCRL(t, CRLSpec{Issuer: p.Root, NextUpdate: Now.AddDate(1, 0, 0)})
	p.IssuingCRL = p.CRL(t)
	return p
}

// Name is C=CN, O=…, [serialNumber=…,] CN=… .
func Name(common, serialNumber string) cert.Name {
	n := cert.Name{
		{{Type: cert.OIDCountry, Value: "CN"}},
		{{Type: cert.OIDOrganization, Value: "示例市"}},
	}
	if serialNumber != "" {
		n = append(n, cert.RDN{{Type: cert.OIDSerialNumber, Value: serialNumber}})
	}
	return append(n, cert.RDN{{Type: cert.OIDCommonName, Value: common}})
}

// Key returns the SM2 key of a label: the same in every run, and worthless.
func Key(t testing.TB, label string) *gm.PrivateKey {
	t.Helper()
	d := gm.SM3([]byte("govseal testpki " + label))
	d[0] &= 0x7F // below the group order
	key, err := gm.NewPrivateKey(d[:])
	if err != nil {
		t.Fatalf("testpki: key %q: %v", label, err)
	}
	return key
}

func (p *PKI) nextSerial() *big.Int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	return big.NewInt(p.serial)
}

func oids(ids ...asn1.ObjectIdentifier) []asn1.ObjectIdentifier { return ids }
