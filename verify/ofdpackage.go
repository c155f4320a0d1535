// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"

	"github.com/govseal/govseal/internal/ofd"
)

// packageFindings says what a finding about the package as a whole means.
// Remarks are weighed by coverage where no signature protects the entry.
var packageFindings = []struct {
	name   string
	code   Code
	status Status
}{
	{ofd.FindingUnlisted, CodeUnlistedSignature, Unknown},
	{ofd.FindingShared, CodeListShared, Unknown},
	{ofd.FindingEncryption, CodeEncrypted, Unknown},
	{ofd.FindingDocuments, CodeSeveralDocuments, OK},
	{ofd.FindingVersions, CodeOtherVersions, OK},
	{ofd.FindingHidden, CodeHiddenEntry, OK},
	{ofd.FindingDangling, CodeMissingFile, OK},
	{ofd.FindingOpaque, CodeUnreadableFile, Unknown},
	{ofd.FindingNested, CodeNestedPackage, OK},
	{ofd.FindingMimicry, CodeStampAnnotation, OK},
}

// packageFacts says what was found about the package as a whole.
func (o *ofdRun) packageFacts() {
	f := &o.report.Document
	for _, n := range o.pkg.Tolerated() {
		f.note(CodeTolerated, n.Name+": "+n.Detail)
	}
	for _, kind := range packageFindings {
		var list names
		for _, found := range o.findings {
			if found.Name == kind.name {
				list.add(found.Entry + ": " + found.Detail)
			}
		}
		switch {
		case list.n == 0:
		case kind.name == ofd.FindingOpaque && len(o.sigs) == 0: // only a sound file is called unsealed
			f.fail(CodeFormatFailure, list.String())
		case kind.status == Unknown:
			f.unknown(kind.code, list.String())
		default:
			f.note(kind.code, list.String())
		}
	}
	f.ok()
}

// PackageFact is the protection of a whole OFD package by a signed list of its
// entries (GM/T 0099). It holds names, not digests: it says that nothing was
// added or taken away, and nothing of the content.
type PackageFact struct {
	Fact
	Signature Status       `json:"signature,omitempty"` // of the list, whoever signed it
	Signer    *Certificate `json:"signer,omitempty"`
	Listed    int          `json:"listed"`
	Missing   []string     `json:"missing,omitempty"`
	Unlisted  []string     `json:"unlisted,omitempty"`
}

// wholePackage judges OFDEntries.xml and its signed value, when there.
func (o *ofdRun) wholePackage() error {
	list, err := o.pkg.WholeList()
	if list == nil || err != nil {
		return o.report.Document.fault(err)
	}
	f := &PackageFact{Listed: len(list.Files)}
	f.Missing, f.Unlisted = list.Missing[:min(len(list.Missing), maxUncovered)], list.Unlisted[:min(len(list.Unlisted), maxUncovered)]
	o.report.Package = f
	if n := len(list.Missing); n > 0 {
		f.fail(CodeEntriesDisagree, fmt.Sprintf("%d entries are listed and not there", n))
	}
	if err := o.unlisted(f, list); err != nil {
		return err
	}
	xml, err := o.pkg.Read(ofd.EntriesEntry)
	if err != nil {
		return f.fault(err)
	}
	if list.ValueEntry == "" {
		f.fail(CodeNoSignedData, "the list of entries has no signed value")
		return nil
	}
	value, err := o.pkg.Read(list.ValueEntry)
	if err != nil {
		return f.fault(err)
	}
	o.wholeSignature(f, value, xml)
	f.ok()
	return nil
}

// unlisted: an entry that was added is a change, unless it belongs to a
// signature made afterwards by software that does not renew the list.
func (o *ofdRun) unlisted(f *PackageFact, list *ofd.WholeList) error {
	reach, err := o.pkg.Reach(o.ctx)
	if err != nil {
		return f.fault(err)
	}
	roles := map[string]string{}
	for _, u := range reach.Uses {
		roles[u.Entry] = u.Role
	}
	var added, signed names
	for _, name := range list.Unlisted {
		if role := roles[name]; role == ofd.RoleList || role == ofd.RoleSignature {
			signed.add(name)
		} else {
			added.add(name)
		}
	}
	if signed.n > 0 {
		f.unknown(CodeEntriesDisagree, "not listed: "+signed.String())
	}
	if added.n > 0 {
		f.fail(CodeEntriesDisagree, "not listed: "+added.String())
	}
	return nil
}

// wholeSignature judges the signature over the list as if it were a stamp, and
// keeps what matters of it.
func (o *ofdRun) wholeSignature(f *PackageFact, value, xml []byte) {
	var s Stamp
	if c, ok := o.plainClaim(&s, value, xml); ok {
		o.judge(&s, c)
	}
	f.Signer, f.Signature = s.Signer.Certificate, s.Signature.Status
	if s.Intact.Status == Failed {
		f.Signature = Failed
	}
	facts := []*Fact{&s.Intact, &s.Signature, &s.Signer.Fact, &s.Revocation.Fact}
	if s.Time.Status == Failed {
		facts = append(facts, &s.Time.Fact)
	}
	for _, part := range facts {
		f.Findings = append(f.Findings, part.Findings...)
		if part.Status == Failed || (part.Status == Unknown && f.Status != Failed) {
			f.Status = part.Status
		}
	}
}
