// SPDX-License-Identifier: Apache-2.0

// Package decision holds the schema of approval decisions, a strict decoder
// and the canonical octets that departments sign (RFC 8785 JCS of schema, code
// and decision).
//
// Every value is text, so that the canonical form has no number to round. An
// optional member is left out rather than empty: text and structure then map
// one to one, and any spelling (white space, escapes, order of members) with
// the same canonical form is the same document.
package decision

// Schema is the only schema understood.
const Schema = "govseal.decision/v1"

// Outcomes of a case.
const (
	Approved       = "approved"         // 准予
	ApprovedInPart = "approved-in-part" // 部分准予
	Refused        = "refused"          // 不予
)

// Decision is the structured outcome of a case (审批决定). All values are text.
type Decision struct {
	Number      string       `json:"number"`     // decision number (文号)
	CaseNumber  string       `json:"caseNumber"` // case number (办件编号)
	MatterCode  string       `json:"matterCode"`
	MatterName  string       `json:"matterName"`
	Applicant   Applicant    `json:"applicant"`
	Outcome     string       `json:"outcome"`     // Approved, ApprovedInPart, Refused
	Departments []Department `json:"departments"` // issuing departments, in order; each must stamp
	LegalBasis  []string     `json:"legalBasis"`
	Date        string       `json:"date"` // YYYY-MM-DD
	ValidFrom   string       `json:"validFrom,omitempty"`
	ValidTo     string       `json:"validTo,omitempty"`
	Title       string       `json:"title"`
	Text        []string     `json:"text"` // paragraphs
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Applicant is the person or organisation that applied (申请人).
type Applicant struct {
	Name       string `json:"name"`
	CreditCode string `json:"creditCode,omitempty"` // of an organisation; never a resident ID number
}

// Department is an issuing department (单位).
type Department struct {
	CreditCode string `json:"creditCode"` // 统一社会信用代码, GB 32100
	Name       string `json:"name"`
}

// Attachment names a file that belongs to the decision by its digest.
type Attachment struct {
	Name string `json:"name"`
	SM3  string `json:"sm3"` // 64 hex digits, lower case
}

// File is the whole document: every member is signed or itself verified.
type File struct {
	Schema   string    `json:"schema"`
	Code     string    `json:"code"` // verification code, 16 characters of Crockford base32
	Decision Decision  `json:"decision"`
	Stamps   [][]byte  `json:"stamps,omitempty"` // SES_Signature, base64
	Evidence *Evidence `json:"evidence,omitempty"`
}

// Evidence is what an offline check needs beside the document. Nothing in it
// is believed before it verifies. All values are DER, base64.
type Evidence struct {
	Certificates [][]byte `json:"certificates,omitempty"`
	CRLs         [][]byte `json:"crls,omitempty"`
	OCSP         [][]byte `json:"ocsp,omitempty"` // OCSPResponses
}

// Parse reads a file strictly; a *ParseError names path and reason. Stamps and
// evidence are decoded from base64 and not looked into.
func Parse(raw []byte) (*File, error) {
	f := &File{}
	if err := parseInto(raw, MaxFile, f); err != nil {
		return nil, err
	}
	return f, nil
}

// ParseDecision reads a bare decision object as applications submit it; a
// *ParseError names path and reason.
func ParseDecision(raw []byte) (*Decision, error) {
	d := &Decision{}
	if err := parseInto(raw, MaxDecision, d); err != nil {
		return nil, err
	}
	return d, nil
}

// document is what Parse and ParseDecision have in common.
type document interface {
	object
	check() *ParseError
}

func parseInto(raw []byte, limit int, doc document) error {
	root, perr := scan(raw, limit)
	if perr != nil {
		return perr
	}
	if perr := loadObject(root, "", doc); perr != nil {
		return perr
	}
	if perr := doc.check(); perr != nil {
		perr.Offset = root.find(perr.Path).offset
		return perr
	}
	return nil
}

// SignedBytes is the JCS of {schema, code, decision}: what every stamp signs.
// A file that does not validate has none.
func (f *File) SignedBytes() ([]byte, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	signed := treeOf(f)
	signed.drop("stamps", "evidence")
	return signed.canonical(nil), nil
}

// Marshal writes the file, indented, for people and programs. A file that does
// not validate is refused, so that Parse reads whatever Marshal wrote.
func (f *File) Marshal() ([]byte, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	out := append(treeOf(f).indented(nil, 0), '\n')
	if len(out) > MaxFile {
		return nil, refuse("", noOffset, "file is too large")
	}
	return out, nil
}
