// SPDX-License-Identifier: Apache-2.0

package verify

import "time"

// Kind of document, found from its content.
type Kind string

const (
	KindDecision      Kind = "decision"
	KindPDF           Kind = "pdf"
	KindOFD           Kind = "ofd"
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
	Package    *PackageFact    `json:"package,omitempty"`            // OFD: the signed list of all entries
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
	Index   int          `json:"index"` // from 1, in the document's order
	Form    string       `json:"form"`  // ses, cms, unknown, or seal for a bare seal
	Field   string       `json:"field,omitempty"`
	Verdict Verdict      `json:"verdict"`
	Level   string       `json:"level"`            // B: time only claimed; T: proven; LT, LTA (PDF): with what it takes to judge it later
	SM3     string       `json:"sm3"`              // digest of the stamp's own encoding, hex
	Places  []StampPlace `json:"places,omitempty"` // OFD: where it shows

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

// Reasons are the findings that made the verdict what it is, document first,
// each code once: the failed ones of an invalid document, those that could not
// be established of an indeterminate one, none else.
func (r *Report) Reasons() []Finding {
	want := map[Verdict]Status{Invalid: Failed, Indeterminate: Unknown}[r.Verdict]
	var all []Finding
	seen := map[Code]bool{}
	for _, f := range r.weighed() {
		for _, x := range f.Findings {
			if want != "" && x.Status == want && !seen[x.Code] {
				seen[x.Code] = true
				all = append(all, x)
			}
		}
	}
	return all
}

// weighed are the facts that can lower the verdict: a time that is only
// claimed and a ledger never do (see conclude).
func (r *Report) weighed() []*Fact {
	all := []*Fact{&r.Document, &r.Issuers.Fact}
	if r.Package != nil && r.Package.Status == Failed {
		all = append(all, &r.Package.Fact)
	}
	for i := range r.Stamps {
		s := &r.Stamps[i]
		all = append(all, &s.Intact, &s.Coverage.Fact, &s.Changes.Fact, &s.Signature, &s.Seal.Fact, &s.Signer.Fact, &s.Issuer, &s.Revocation.Fact)
		if s.Time.Status == Failed {
			all = append(all, &s.Time.Fact)
		}
	}
	return all
}

func (r *Report) facts() []*Fact {
	all := []*Fact{&r.Document, &r.Issuers.Fact}
	if r.Package != nil && r.Package.Status == Failed {
		all = append(all, &r.Package.Fact)
	}
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
