// SPDX-License-Identifier: Apache-2.0

// Package decision holds the schema of approval decisions, a strict decoder
// and the canonical octets that departments sign (RFC 8785 JCS of schema, code
// and decision).
package decision

// Schema is the only schema understood.
const Schema = "govseal.decision/v1"

// Decision is the structured outcome of a case (审批决定). All values are text.
type Decision struct {
	Number      string       `json:"number"`     // decision number (文号)
	CaseNumber  string       `json:"caseNumber"` // case number (办件编号)
	MatterCode  string       `json:"matterCode"`
	MatterName  string       `json:"matterName"`
	Applicant   Applicant    `json:"applicant"`
	Outcome     string       `json:"outcome"`     // approved, approved-in-part, refused
	Departments []Department `json:"departments"` // issuing departments, in order; each must stamp
	LegalBasis  []string     `json:"legalBasis"`
	Date        string       `json:"date"` // YYYY-MM-DD
	ValidFrom   string       `json:"validFrom,omitempty"`
	ValidTo     string       `json:"validTo,omitempty"`
	Title       string       `json:"title"`
	Text        []string     `json:"text"` // paragraphs
	Attachments []Attachment `json:"attachments,omitempty"`
}

type Applicant struct {
	Name       string `json:"name"`
	CreditCode string `json:"creditCode,omitempty"` // of an organisation; never a resident ID number
}

type Department struct {
	CreditCode string `json:"creditCode"`
	Name       string `json:"name"`
}

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
}

// Parse reads a file strictly; a *ParseError names path and reason.
func Parse(raw []byte) (*File, error) { panic("unwritten") }

// ParseDecision reads a bare decision object as applications submit it.
func ParseDecision(raw []byte) (*Decision, error) { panic("unwritten") }

// Validate checks the values: dates, codes, sizes, characters.
func (d *Decision) Validate() error { panic("unwritten") }

// SignedBytes is the JCS of {schema, code, decision}: what every stamp signs.
func (f *File) SignedBytes() ([]byte, error) { panic("unwritten") }

// Marshal writes the file, indented, for people and programs.
func (f *File) Marshal() ([]byte, error) { panic("unwritten") }

// NewCode draws a verification code: 80 random bits, Crockford base32.
func NewCode() (string, error) { panic("unwritten") }

// ParseCode accepts a code as people type it (spaces, hyphens, lower case,
// o/i/l for 0/1/1) and returns its one form.
func ParseCode(s string) (string, error) { panic("unwritten") }

// FormatCode prints a code in fours: "ABCD-EFGH-JKMN-PQRS".
func FormatCode(code string) string { panic("unwritten") }

// MaskApplicant hides the middle of a name for public pages.
func MaskApplicant(name string) string { panic("unwritten") }
