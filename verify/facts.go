// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/hex"
	"math/big"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// CoverageFact says how much of the file the stamp covers.
type CoverageFact struct {
	Fact
	Scope     string      `json:"scope,omitempty"`     // whole-file or revision; OFD: package or partial
	Locked    bool        `json:"locked,omitempty"`    // OFD: no signature may follow
	Uncovered []Uncovered `json:"uncovered,omitempty"` // OFD: entries that the stamp does not protect, at most 100
}

// ChangesFact lists what came after the stamp.
type ChangesFact struct {
	Fact
	List []Change `json:"list,omitempty"`
}

// Change is one thing added or altered after the stamp.
type Change struct {
	Level  string `json:"level"` // lta, signature, form, annotation, other
	Name   string `json:"name"`  // of the kind of change; OFD: the entry
	Zh     string `json:"zh"`
	En     string `json:"en"`
	Detail string `json:"detail,omitempty"`
}

// SealFact is what was found about the seal: the maker's signature, office and
// chain, the list of certificates, validity, and the picture.
type SealFact struct {
	Fact
	ESID            string       `json:"esID,omitempty"`
	Name            string       `json:"name,omitempty"`
	Version         int          `json:"version,omitempty"`
	OwnerName       string       `json:"ownerName,omitempty"` // from the signer's certificate
	OwnerCreditCode string       `json:"ownerCreditCode,omitempty"`
	Created         *time.Time   `json:"created,omitempty"`
	ValidFrom       *time.Time   `json:"validFrom,omitempty"`
	ValidTo         *time.Time   `json:"validTo,omitempty"`
	Picture         *Picture     `json:"picture,omitempty"`
	Maker           *Certificate `json:"maker,omitempty"`
	MakerPath       []string     `json:"makerPath,omitempty"` // subjects, maker first
	MakerSignature  Status       `json:"makerSignature,omitempty"`
	MakerOffice     Status       `json:"makerOffice,omitempty"`
	ListsSigner     Status       `json:"listsSigner,omitempty"`
	InForce         Status       `json:"inForce,omitempty"` // validity period at the check time
}

// Picture is the seal's picture.
type Picture struct {
	Type     string `json:"type"`          // as the seal names it
	PNG      []byte `json:"png,omitempty"` // base64; absent when it is no PNG or GIF
	WidthMM  int    `json:"widthMM"`
	HeightMM int    `json:"heightMM"`
}

// SignerFact is what was found about the signer's certificate.
type SignerFact struct {
	Fact
	Certificate *Certificate `json:"certificate,omitempty"`
	Path        []string     `json:"path,omitempty"` // subjects, signer first
}

// Certificate is what people want to see of a certificate.
type Certificate struct {
	Subject    string    `json:"subject"`
	Name       string    `json:"name"` // common name
	CreditCode string    `json:"creditCode,omitempty"`
	Issuer     string    `json:"issuer"`
	Serial     string    `json:"serial"` // hex
	NotBefore  time.Time `json:"notBefore"`
	NotAfter   time.Time `json:"notAfter"`
	SM3        string    `json:"sm3"` // fingerprint, hex
}

// RevocationFact says which answers were used.
type RevocationFact struct {
	Fact
	Answers []RevocationAnswer `json:"answers,omitempty"`
}

// RevocationAnswer is what is known about one certificate's revocation.
type RevocationAnswer struct {
	Subject    string     `json:"subject"`
	Serial     string     `json:"serial"`
	Role       string     `json:"role"`   // signer or maker path
	Result     string     `json:"result"` // good, revoked, on-hold, unknown, stale
	By         string     `json:"by,omitempty"`
	Number     string     `json:"number,omitempty"`
	ThisUpdate *time.Time `json:"thisUpdate,omitempty"`
	NextUpdate *time.Time `json:"nextUpdate,omitempty"`
	RevokedAt  *time.Time `json:"revokedAt,omitempty"`
	Reason     int        `json:"reason,omitempty"`
}

// TimeFact says when the stamp was made, and who says so.
type TimeFact struct {
	Fact
	CheckTime time.Time  `json:"checkTime"` // T: what certificates and seal are judged at
	Claimed   *time.Time `json:"claimed,omitempty"`
	Proven    *time.Time `json:"proven,omitempty"`
	By        string     `json:"by"` // tsa, document-timestamp, ledger, claim, now
	Authority string     `json:"authority,omitempty"`
}

// LedgerFact says whether the stamp is proven to be in a trusted ledger.
type LedgerFact struct {
	Fact
	Origin string  `json:"origin,omitempty"`
	Index  *uint64 `json:"index,omitempty"`
	Size   uint64  `json:"size,omitempty"`
}

// IssuersFact says which of a decision's departments have stamped it.
type IssuersFact struct {
	Fact
	Departments []Department `json:"departments,omitempty"`
}

// Department is an issuing department of a decision.
type Department struct {
	Name       string `json:"name"`
	CreditCode string `json:"creditCode"`
	Stamped    bool   `json:"stamped"`
}

// DecisionView is what a page shows of a decision.
type DecisionView struct {
	Code       string `json:"code"`
	Number     string `json:"number"`
	CaseNumber string `json:"caseNumber"`
	MatterName string `json:"matterName"`
	Title      string `json:"title"`
	Outcome    string `json:"outcome"`
	Date       string `json:"date"`
	Applicant  string `json:"applicant"` // masked
}

// DocumentStamp is a document time-stamp of a PDF.
type DocumentStamp struct {
	Fact
	Field     string     `json:"field,omitempty"`
	Time      *time.Time `json:"time,omitempty"`
	Authority string     `json:"authority,omitempty"`
}

func viewCertificate(c *cert.Certificate) *Certificate {
	return &Certificate{
		Subject: c.Subject.String(), Name: c.Subject.Get(cert.OIDCommonName), CreditCode: c.CreditCode(),
		Issuer: c.Issuer.String(), Serial: serialHex(c.Serial), NotBefore: c.NotBefore, NotAfter: c.NotAfter, SM3: sm3Hex(c.Raw),
	}
}

func serialHex(n *big.Int) string { return hex.EncodeToString(n.Bytes()) }

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
