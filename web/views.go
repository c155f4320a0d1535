// SPDX-License-Identifier: Apache-2.0

package web

import "time"

// Report is the page that answers an uploaded document.
type Report struct {
	Verdict  string // valid, invalid, indeterminate, unsealed
	Headline Text
	Kind     string // decision, pdf, ses, ...
	Digest   string // SM3 of the document, hex
	Size     int64  // octets
	Checked  time.Time
	Policy   string // name of the rules that were applied, and their SM3 digest
	Decision *Decision
	// Departments are the ones that a decision lists.
	Departments []Department
	// Why is what made the verdict bad or doubtful, in the report's sentences.
	Why    []Text
	Advice []Text // what to do next; when empty, the page gives its own for the verdict
	Stamps []Stamp
	// Facts are about the whole document. One that failed while the verdict is
	// valid (the file is not the one of the code, or was withdrawn) takes the
	// headline: the page then does not look like good news.
	Facts []Fact
}

// Decision is what a page shows of a decision.
type Decision struct {
	Number, CaseNumber, Matter, Title, Outcome, Date string
	Applicant                                        string // masked
	Code                                             string // in fours
}

// Department is an issuing department of a decision.
type Department struct {
	Name       string
	CreditCode string
	Stamped    bool
}

// Stamp is one seal on the document.
type Stamp struct {
	Verdict    string
	Headline   Text
	SealName   string
	Owner      string // department
	CreditCode string
	ESID       string
	ValidFrom  time.Time // of the seal
	ValidTo    time.Time
	Maker      string // who made the seal, common name
	Picture    []byte // PNG, shown only when the seal's own signature holds
	NoPicture  Text   // why there is a seal and no picture; when empty, the page says the seal did not pass
	Places     []Place
	Time       time.Time
	TimeProven bool
	TimeBy     Text   // who proves it, when it is proven
	Holder     string // certificate subject, common name
	Signer     string // certificate subject, readable
	Issuer     string
	Serial     string
	NotBefore  time.Time // of the certificate
	NotAfter   time.Time
	Print      string // SM3 of the certificate, hex
	Level      string // B, T, LT, LTA
	// Known says that this service made the seal, and Now is its state today:
	// the page then leads to the seal's own page.
	Known bool
	Now   string
	Facts []Fact
}

// Place is where a seal shows, in millimetres from the top left of the page.
type Place struct {
	Page  int // 1 is the first; 0 when there is no such page
	X, Y  float64
	Slice bool // only a part of the seal shows there
}

// Fact is one thing that was established, with its reasons.
type Fact struct {
	Name    Text
	Status  string // ok, failed, unknown, not-applicable
	Reasons []Text
	Details []Detail
	// Open shows the details at once: they are what the reader came for.
	Open bool
}

// Detail is one line that backs a fact, for who wants to know exactly.
type Detail struct {
	Name  Text
	Value Text
	From  time.Time // with To: a span; alone: a moment
	To    time.Time
	Raw   string // a name or number as the document spells it, in English or none
}

// Landing is the page behind a QR code.
type Landing struct {
	Found       bool   // false: unknown and wrong codes look alike
	Code        string // in fours
	State       string // in-force, withdrawn, incomplete, expired
	Kind        string // decision, pdf, digest
	Number      string // decision number
	Matter      string
	Departments []LandingDepartment
	Date        string
	ValidTo     string
	Applicant   string // masked
	Withdrawn   time.Time
	Why         string
	Stamped     time.Time
}

// LandingDepartment is one issuing department and its seal's state now.
type LandingDepartment struct {
	Name    string
	Stamped bool
	Seal    string // its state now: active, suspended, cancelled …; "" while not stamped
	ESID    string // number of the seal, for the way to its page
}

// SealPage is the public status of a seal.
type SealPage struct {
	Found              bool
	ESID               string
	Name               string
	Owner              string
	State              string // made, filed, active, suspended, cancelled, lost, superseded, expired
	Since              time.Time
	ValidFrom, ValidTo time.Time
	VoidSince          time.Time // of a lost or compromised seal
	Supersedes         string    // number of the seal that this one replaced
	SupersededBy       string
	History            []SealStep // the oldest first
}

// SealStep is one state in a seal's life.
type SealStep struct {
	State string
	Since time.Time
}

// Problem is an error page.
type Problem struct {
	Status int
	Title  Text
	Detail Text
}
