// SPDX-License-Identifier: Apache-2.0

package testpki

import (
	"math/big"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// CRLSpec is what one CRL shall say.
type CRLSpec struct {
	Issuer     *Entity        // nil: the issuing CA
	Signer     *gm.PrivateKey // nil: the issuer's; another makes a forgery
	ThisUpdate time.Time      // zero: the day before Now
	NextUpdate time.Time      // zero: 7 days after ThisUpdate
	NoNext     bool           // leave nextUpdate out
	Number     int64
	Revoked    []cert.Revoked
	Extensions []cert.Extension
}

// CRL returns a CRL of the issuing CA with these entries, as of the day
// before Now.
func (p *PKI) CRL(t testing.TB, revoked ...cert.Revoked) []byte {
	t.Helper()
	return p.IssueCRL(t, CRLSpec{Revoked: revoked})
}

// IssueCRL makes a CRL.
func (p *PKI) IssueCRL(t testing.TB, s CRLSpec) []byte {
	t.Helper()
	if s.Issuer == nil {
		s.Issuer = p.Issuing
	}
	if s.Signer == nil {
		s.Signer = s.Issuer.Key
	}
	if s.ThisUpdate.IsZero() {
		s.ThisUpdate = Now.AddDate(0, 0, -1)
	}
	if s.NextUpdate.IsZero() && !s.NoNext {
		s.NextUpdate = s.ThisUpdate.AddDate(0, 0, 7)
	}
	if s.Number == 0 {
		s.Number = s.ThisUpdate.Unix()
	}
	tbs, err := cert.CRLTemplate{
		Issuer: s.Issuer.Cert.RawSubject, ThisUpdate: s.ThisUpdate, NextUpdate: s.NextUpdate,
		Number: big.NewInt(s.Number), AuthorityKeyID: KeyID(t, s.Issuer.Cert.RawSPKI),
		Revoked: s.Revoked, Extensions: s.Extensions,
	}.MarshalTBS()
	if err != nil {
		t.Fatalf("testpki: CRL: %v", err)
	}
	return Assemble(t, s.Signer, tbs)
}

// Revoke returns an entry for the certificate.
func Revoke(e *Entity, date time.Time, reason int) cert.Revoked {
	return cert.Revoked{Serial: e.Cert.Serial, Date: date, Reason: reason}
}

// ParseCRL reads a CRL that must be sound.
func ParseCRL(t testing.TB, der []byte) *cert.CRL {
	t.Helper()
	c, err := cert.ParseCRL(der)
	if err != nil {
		t.Fatalf("testpki: %v", err)
	}
	return c
}
