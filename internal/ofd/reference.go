// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"encoding/base64"
	"strings"
)

// Reference is one file that a signature protects.
type Reference struct {
	FileRef string // as it stands
	Entry   string // the entry it names; empty when FileRef is no legal location
	Value   []byte // CheckValue, nil when it is not base64
}

// CheckMethod is the digest of all references of a signature.
type CheckMethod struct {
	Name  string // one of the Digest constants, empty when unknown
	Given string // as it stands; empty for the default
	Weak  bool   // MD5, SHA-1: collisions can be made at will
}

// Digests of CheckMethod.
const (
	DigestMD5    = "MD5" // the default when CheckMethod is absent
	DigestSHA1   = "SHA1"
	DigestSHA256 = "SHA256"
	DigestSM3    = "SM3"
)

// CheckMethodSM3 is what we write: the OID, as all vendors seen do
// (facts/seal-formats.md 6).
const CheckMethodSM3 = "1.2.156.10197.1.401"

// checkMethods holds the names of the enumeration and the OIDs seen. The OID
// of HMAC-SM3 (.401.2) is written by one vendor where the plain digest is
// meant, .401.1 is SM3 without key.
var checkMethods = map[string]string{
	"MD5": DigestMD5, "SHA1": DigestSHA1, "SHA256": DigestSHA256, "SM3": DigestSM3,
	"SHA-1": DigestSHA1, "SHA-256": DigestSHA256,
	"1.2.840.113549.2.5": DigestMD5, "1.3.14.3.2.26": DigestSHA1, "2.16.840.1.101.3.4.2.1": DigestSHA256,
	CheckMethodSM3: DigestSM3, CheckMethodSM3 + ".1": DigestSM3, CheckMethodSM3 + ".2": DigestSM3,
}

func parseCheckMethod(given string) (m CheckMethod, unusual bool) {
	m.Given = given
	if given == "" {
		m.Name = DigestMD5
	} else {
		m.Name = checkMethods[strings.ToUpper(given)]
	}
	m.Weak = m.Name == DigestMD5 || m.Name == DigestSHA1
	plain := given == m.Name || given == "" || given == CheckMethodSM3 || strings.Count(given, ".") > 3 && m.Name != DigestSM3
	return m, m.Name != "" && !plain
}

var digestLength = map[string]int{DigestMD5: 16, DigestSHA1: 20, DigestSHA256: 32, DigestSM3: 32}

func (p *Package) readReferences(r treeReader, s *Signature, n *node) error {
	if n == nil {
		s.violate(LawReferences)
		return nil
	}
	method, unusual := parseCheckMethod(n.attr("CheckMethod"))
	s.CheckMethod = method
	if unusual {
		s.Tolerated = note(s.Tolerated, ToleratedCheckMethod, method.Given)
	}
	switch {
	case method.Name == "":
		s.violate(LawCheckMethod)
	case method.Weak:
		s.violate(LawWeakDigest)
	}
	list := r.all(n, "Reference")
	if p.spent.references += len(list); p.spent.references > p.lim.References {
		return tooMuchIn(s.Entry, n.from, "more than %d references in all signatures", p.lim.References)
	}
	if len(list) == 0 {
		s.violate(LawReferences)
	}
	seen := map[string]bool{}
	for _, item := range list {
		ref := p.readReference(r, s, item)
		if ref.Entry != "" && seen[ref.Entry] {
			s.violate(LawReferenceTwin)
		}
		seen[ref.Entry] = true
		s.References = append(s.References, ref)
	}
	return nil
}

func (p *Package) readReference(r treeReader, s *Signature, n *node) Reference {
	ref := Reference{FileRef: n.attr("FileRef")}
	name, notes, err := p.existing(s.Entry, ref.FileRef)
	if err != nil {
		s.violate(LawReferencePath)
	}
	ref.Entry = name
	for _, t := range notes {
		s.Tolerated = note(s.Tolerated, t.Name, t.Detail)
	}
	text := strings.Join(strings.Fields(r.text(n, "CheckValue")), "")
	value, err := base64.StdEncoding.Strict().DecodeString(text)
	if want := digestLength[s.CheckMethod.Name]; err != nil || len(value) == 0 || (want != 0 && len(value) != want) {
		s.violate(LawCheckValue)
		return ref
	}
	ref.Value = value
	return ref
}
