// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/hex"
	"math/big"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// Kind of document, found from its content.
type Kind string

const (
	KindDecision      Kind = "decision"
	KindPDF           Kind = "pdf"
	KindSeal          Kind = "seal"           // a bare SESeal
	KindSealSignature Kind = "seal-signature" // a bare SES_Signature
	KindCMS           Kind = "cms"            // a bare CMS SignedData
)

// Status of a fact.
type Status string

const (
	OK            Status = "ok"
	Failed        Status = "failed"  // shown to be wrong
	Unknown       Status = "unknown" // could not be established
	NotApplicable Status = "not-applicable"
)

// Finding is one observation. Its status says what it does to the fact: ok is
// a remark.
type Finding struct {
	Code   Code   `json:"code"`
	Status Status `json:"status"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
	Detail string `json:"detail,omitempty"` // English, technical
}

// Fact is one thing that was looked into, independently of the others.
type Fact struct {
	Status   Status    `json:"status"`
	Findings []Finding `json:"findings,omitempty"`
}

func (f *Fact) add(s Status, code Code, detail string) {
	text := sentences[code]
	f.Findings = append(f.Findings, Finding{Code: code, Status: s, Zh: text.zh, En: text.en, Detail: detail})
}

// ok marks the fact as established unless something spoke against it.
func (f *Fact) ok() {
	if f.Status == "" {
		f.Status = OK
	}
}

// note records a remark.
func (f *Fact) note(code Code, detail string) { f.add(OK, code, detail) }

// fail records that the fact is shown to be wrong.
func (f *Fact) fail(code Code, detail string) {
	f.Status = Failed
	f.add(Failed, code, detail)
}

// unknown records that the fact could not be established.
func (f *Fact) unknown(code Code, detail string) {
	if f.Status != Failed {
		f.Status = Unknown
	}
	f.add(Unknown, code, detail)
}

// none marks the fact as one that this kind of document does not have.
func (f *Fact) none() { f.Status = NotApplicable }

// Report is what verification found.
type Report struct {
	Version   int       `json:"version"` // of this structure: 1
	Verdict   Verdict   `json:"verdict"`
	Summary   Text      `json:"summary"`
	Kind      Kind      `json:"kind"`
	SM3       string    `json:"sm3"`  // digest of the document, hex
	Size      int64     `json:"size"` // octets
	CheckedAt time.Time `json:"checkedAt"`
	Policy    Applied   `json:"policy"`

	Document   Fact            `json:"document"` // whether it could be read
	Issuers    IssuersFact     `json:"issuers"`
	Stamps     []Stamp         `json:"stamps"`
	TimeStamps []DocumentStamp `json:"documentTimeStamps,omitempty"` // PDF
	Decision   *DecisionView   `json:"decision,omitempty"`
}

// Text is a sentence in both languages.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Applied names the policy that was applied.
type Applied struct {
	Name string `json:"name"`
	SM3  string `json:"sm3"` // digest of its rules and anchors, hex
}

// Stamp is one use of a seal, or one signature, with its facts.
type Stamp struct {
	Index   int     `json:"index"` // from 1, in the document's order
	Form    string  `json:"form"`  // ses, cms, unknown, or seal for a bare seal
	Field   string  `json:"field,omitempty"`
	Verdict Verdict `json:"verdict"`
	Level   string  `json:"level"` // B: time only claimed; T: time proven
	SM3     string  `json:"sm3"`   // digest of the stamp's own encoding, hex

	Intact     Fact           `json:"intact"`
	Coverage   CoverageFact   `json:"coverage"`
	Changes    ChangesFact    `json:"changes"`
	Signature  Fact           `json:"signature"`
	Seal       SealFact       `json:"seal"`
	Signer     SignerFact     `json:"signer"`
	Issuer     Fact           `json:"issuer"` // decisions: is the signer a listed department?
	Revocation RevocationFact `json:"revocation"`
	Time       TimeFact       `json:"time"`
	Ledger     LedgerFact     `json:"ledger"`
}

// CoverageFact says how much of the file the stamp covers.
type CoverageFact struct {
	Fact
	Scope string `json:"scope,omitempty"` // whole-file or revision
}

// ChangesFact lists what came after the stamp.
type ChangesFact struct {
	Fact
	List []Change `json:"list,omitempty"`
}

// Change is one thing added or altered after the stamp.
type Change struct {
	Level  string `json:"level"` // lta, signature, form, annotation, other
	Name   string `json:"name"`
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

// Codes lists the codes that lowered the verdict, document first, each once.
func (r *Report) Codes() []Code {
	var all []Code
	seen := map[Code]bool{}
	for _, f := range r.facts() {
		for _, x := range f.Findings {
			if x.Status != OK && !seen[x.Code] {
				seen[x.Code] = true
				all = append(all, x.Code)
			}
		}
	}
	return all
}

func (r *Report) facts() []*Fact {
	all := []*Fact{&r.Document, &r.Issuers.Fact}
	for i := range r.Stamps {
		all = append(all, r.Stamps[i].facts()...)
	}
	return all
}

func (s *Stamp) facts() []*Fact {
	return []*Fact{
		&s.Intact, &s.Coverage.Fact, &s.Changes.Fact, &s.Signature, &s.Seal.Fact, &s.Signer.Fact,
		&s.Issuer, &s.Revocation.Fact, &s.Time.Fact, &s.Ledger.Fact,
	}
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
