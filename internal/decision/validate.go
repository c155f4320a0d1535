// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"strings"
	"time"
)

// Validate checks schema, code, decision and sizes. The error is a *ParseError
// without an offset.
func (f *File) Validate() error {
	if err := f.check(); err != nil {
		return err
	}
	return nil
}

// Validate checks the values: dates, codes, sizes, characters. The error is a
// *ParseError without an offset.
func (d *Decision) Validate() error {
	if err := d.check(); err != nil {
		return err
	}
	return nil
}

func (f *File) check() *ParseError {
	c := &checker{}
	c.expect("/schema", f.Schema == Schema, "schema must be "+Schema)
	c.expect("/code", validCode(f.Code), "must be 16 upper-case characters of Crockford base32")
	d := &checker{prefix: "/decision"}
	d.decision(&f.Decision)
	c.octets("/stamps", f.Stamps, maxStamps, maxStamp)
	if f.Evidence != nil {
		c.octets("/evidence/certificates", f.Evidence.Certificates, maxCertificates, maxCertificate)
		c.octets("/evidence/crls", f.Evidence.CRLs, maxCRLs, maxCRL)
		c.octets("/evidence/ocsp", f.Evidence.OCSP, maxOCSPs, maxOCSP)
	}
	if c.err != nil {
		return c.err
	}
	return d.err
}

func (d *Decision) check() *ParseError {
	c := &checker{}
	c.decision(d)
	return c.err
}

// checker keeps the first fault.
type checker struct {
	prefix string
	err    *ParseError
}

func (c *checker) expect(path string, ok bool, reason string) {
	if !ok && c.err == nil {
		c.err = refuse(c.prefix+path, noOffset, "%s", reason)
	}
}

func (c *checker) decision(d *Decision) {
	c.text("/number", d.Number, maxShort)
	c.text("/caseNumber", d.CaseNumber, maxShort)
	c.expect("/matterCode", validMatterCode(d.MatterCode), "must be 1 to 64 of A-Z a-z 0-9 . _ -")
	c.text("/matterName", d.MatterName, maxName)
	c.text("/applicant/name", d.Applicant.Name, maxName)
	c.expect("/applicant/name", !HoldsResidentID(d.Applicant.Name), "holds a resident ID number")
	if d.Applicant.CreditCode != "" {
		c.creditCode("/applicant/creditCode", d.Applicant.CreditCode)
	}
	switch d.Outcome {
	case Approved, ApprovedInPart, Refused:
	default:
		c.expect("/outcome", false, "must be approved, approved-in-part or refused")
	}
	c.departments(d.Departments)
	c.texts("/legalBasis", d.LegalBasis, maxBasis, maxBasisText)
	c.dates(d)
	c.text("/title", d.Title, maxName)
	c.texts("/text", d.Text, maxParagraphs, maxParagraph)
	c.attachments(d.Attachments)
	if c.err == nil {
		c.expect("", len(treeOf(d).canonical(nil)) <= MaxDecision-256, "decision is too large")
	}
}

func (c *checker) departments(all []Department) {
	c.expect("/departments", len(all) >= 1 && len(all) <= maxDepartments, fmt.Sprintf("must list 1 to %d", maxDepartments))
	seen := map[string]bool{}
	for i, d := range all {
		path := fmt.Sprintf("/departments/%d", i)
		c.creditCode(path+"/creditCode", d.CreditCode)
		c.expect(path+"/creditCode", !seen[d.CreditCode], "listed twice")
		c.text(path+"/name", d.Name, maxName)
		seen[d.CreditCode] = true
	}
}

func (c *checker) attachments(all []Attachment) {
	c.expect("/attachments", len(all) <= maxAttachments, fmt.Sprintf("more than %d", maxAttachments))
	seen := map[string]bool{}
	for i, a := range all {
		path := fmt.Sprintf("/attachments/%d", i)
		c.text(path+"/name", a.Name, maxName)
		c.expect(path+"/name", !seen[a.Name], "listed twice")
		c.expect(path+"/sm3", len(a.SM3) == 64 && strings.Trim(a.SM3, "0123456789abcdef") == "", "must be 64 lower-case hex digits")
		seen[a.Name] = true
	}
}

func (c *checker) dates(d *Decision) {
	c.expect("/date", validDate(d.Date), "must be a real date, YYYY-MM-DD")
	c.expect("/validFrom", d.ValidFrom == "" || validDate(d.ValidFrom), "must be a real date, YYYY-MM-DD")
	c.expect("/validTo", d.ValidTo == "" || validDate(d.ValidTo), "must be a real date, YYYY-MM-DD")
	// Dates of this form compare as text.
	c.expect("/validTo", d.ValidFrom == "" || d.ValidTo == "" || d.ValidFrom <= d.ValidTo, "ends before it begins")
}

func validDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1900 && t.Year() <= 2999
}

func validMatterCode(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && tameCode(s)
}

func tameCode(s string) bool {
	return strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-") == ""
}

func (c *checker) creditCode(path, code string) {
	if err := CheckCreditCode(code); err != nil {
		c.expect(path, false, err.Error())
	}
}

func (c *checker) octets(path string, all [][]byte, count, max int) {
	c.expect(path, len(all) <= count, fmt.Sprintf("more than %d items", count))
	for i, b := range all {
		c.expect(fmt.Sprintf("%s/%d", path, i), len(b) > 0 && len(b) <= max, fmt.Sprintf("empty, or longer than %d octets", max))
	}
}

func (c *checker) texts(path string, all []string, count, max int) {
	c.expect(path, len(all) >= 1 && len(all) <= count, fmt.Sprintf("must have 1 to %d items", count))
	for i, s := range all {
		c.text(fmt.Sprintf("%s/%d", path, i), s, max)
	}
}

func (c *checker) text(path, s string, max int) {
	if c.err == nil {
		reason := textFault(s, max)
		c.expect(path, reason == "", reason)
	}
}
