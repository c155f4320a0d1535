// SPDX-License-Identifier: Apache-2.0

package web

import "time"

// Report is the page that answers an uploaded document.
type Report struct {
	Verdict  string // valid, invalid, indeterminate, unsealed
	Headline Text
	Kind     string // decision, pdf, ses, ...
	Digest   string // SM3 of the document, hex
	Checked  time.Time
	Advice   []Text // what to do next; when empty, the page gives its own for the verdict
	Stamps   []Stamp
	// Facts are about the whole document. One that failed while the verdict is
	// valid (the file is not the one of the code, or was withdrawn) takes the
	// headline: the page then does not look like good news.
	Facts []Fact
}

// Stamp is one seal on the document.
type Stamp struct {
	Verdict    string
	Headline   Text
	SealName   string
	Owner      string // department
	CreditCode string
	ESID       string
	Picture    []byte // PNG, shown only when the seal's own signature holds
	Time       time.Time
	TimeProven bool
	Signer     string // certificate subject, readable
	Issuer     string
	Serial     string
	Facts      []Fact
}

// Fact is one thing that was established, with its reasons.
type Fact struct {
	Name    Text
	Status  string // ok, failed, unknown, not-applicable
	Reasons []Text
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
	Seal    string // active, suspended, cancelled; "" while not stamped
}

// Problem is an error page.
type Problem struct {
	Status int
	Title  Text
	Detail Text
}
