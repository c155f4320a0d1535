// SPDX-License-Identifier: Apache-2.0

package ofd

import "fmt"

// Types of signatures in Signatures.xml.
const (
	TypeSeal = "Seal" // an electronic seal; also when no type is given
	TypeSign = "Sign" // a plain digital signature
)

// Signature is one entry of a Signatures.xml with what its Signature.xml says.
type Signature struct {
	Body     int    // index of the document in Bodies
	Order    int    // place in its Signatures.xml, 0 is the first
	ID       string // opaque: "1", "001", "s001"
	Type     string // TypeSeal, TypeSign, or what stands there
	Relative string // ID of the signature that this one is based on, "" for none
	Entry    string // its Signature.xml
	Folder   string // of Entry, with a final "/"

	Provider    Provider
	Method      string // SignatureMethod as it stands: an OID
	DateTime    string // SignatureDateTime as it stands: never a proof of anything
	CheckMethod CheckMethod
	References  []Reference
	Stamps      []StampAnnot
	SealEntry   string // Seal.esl, "" when the file names none
	ValueEntry  string // SignedValue.dat

	listEntry string // the Signatures.xml that lists it

	// Law lists the broken laws of the signature; with LawUnreadable the fields
	// from Provider on are empty and Fault says why.
	Law       []string
	Fault     error
	Tolerated []Note
}

// Provider is the software that made the signature, as it says of itself.
type Provider struct{ Name, Version, Company string }

// Laws of a signature: broken ones stand in Signature.Law. They are matters of
// structure; whether digests agree is CheckReferences' question.
const (
	LawUnreadable    = "signature-xml"        // Signature.xml is missing or cannot be read
	LawType          = "type"                 // neither Seal nor Sign
	LawID            = "id"                   // no ID, or one that an earlier signature or stamp of the document has
	LawBase          = "base"                 // Relative names no signature of the document, or leads round in a circle
	LawAfterLock     = "after-lock"           // an earlier signature of the document protects Signatures.xml
	LawShared        = "shared"               // its Signature.xml or SignedValue belongs to another signature too
	LawValue         = "signed-value"         // SignedValue is missing or leads to no file
	LawSealFile      = "seal-file"            // Seal names a file that is not there
	LawReferences    = "references"           // nothing is listed
	LawReferencePath = "reference-path"       // a FileRef that is no legal location
	LawReferenceTwin = "reference-twice"      // one file listed twice, however spelled
	LawCheckValue    = "check-value"          // a CheckValue that is no digest of the method
	LawCheckMethod   = "check-method"         // unknown CheckMethod
	LawWeakDigest    = "weak-digest"          // MD5 (also by omission) or SHA-1
	LawSelf          = "self"                 // it lists its own Signature.xml or SignedValue
	LawNoStamp       = "no-stamp"             // a seal that shows nowhere
	LawStampOnSign   = "stamp-on-signature"   // a plain signature with a StampAnnot or a Seal
	LawStampForm     = "stamp"                // a StampAnnot whose ID, PageRef, Boundary or Clip cannot be read
	LawMaxSignID     = "max-sign-id-exceeded" // an ID with a greater number than MaxSignId
)

func (s *Signature) violate(law string) {
	for _, l := range s.Law {
		if l == law {
			return
		}
	}
	s.Law = append(s.Law, law)
}

// Signatures returns the signatures of all documents, in order of OFD.xml and
// of each Signatures.xml. A Signatures.xml that cannot be read is an error; a
// single Signature.xml that cannot is LawUnreadable.
func (p *Package) Signatures() ([]Signature, error) {
	if p.unlisted {
		var all []Signature
		p.spent.stamps, p.spent.references = 0, 0
		read := map[string]bool{"": true}
		for i, b := range p.bodies {
			if read[b.Signatures] { // two documents with one list: FindingShared
				continue
			}
			read[b.Signatures] = true
			list, err := p.listSignatures(i)
			if err != nil {
				return nil, err
			}
			if all = append(all, list...); len(all) > p.lim.Signatures {
				return nil, tooMuchIn(b.Signatures, 0, "%d signatures", len(all))
			}
		}
		judgeTogether(all)
		p.signed, p.unlisted = all, false
	}
	return append([]Signature(nil), p.signed...), nil
}

// signatureList is a Signatures.xml.
type signatureList struct {
	root  *node
	max   []*node // MaxSignId elements
	items []*node
}

func (p *Package) readList(entry string) (*signatureList, treeReader, error) {
	r := newTreeReader(entry)
	root, err := p.tree(entry, "Signatures")
	if err != nil {
		return nil, r, err
	}
	l := &signatureList{root: root, max: r.all(root, "MaxSignId"), items: r.all(root, "Signature")}
	if len(l.items) > p.lim.Signatures {
		return nil, r, tooMuchIn(entry, root.from, "%d signatures", len(l.items))
	}
	return l, r, *r.err
}

func (p *Package) listSignatures(body int) ([]Signature, error) {
	entry := p.bodies[body].Signatures
	l, r, err := p.readList(entry)
	if err != nil {
		return nil, err
	}
	if len(l.max) != 1 {
		p.tolerate(ToleratedMaxSignID, fmt.Sprintf("%s: %d MaxSignId", entry, len(l.max)))
	}
	highest := 0
	for _, n := range l.max {
		highest = max(highest, idNumber(r.ownText(n)))
	}
	out := make([]Signature, 0, len(l.items))
	taken := map[string]bool{}
	for i, n := range l.items {
		s := Signature{Body: body, Order: i, ID: n.attr("ID"), Type: n.attr("Type"), Relative: n.attr("Relative"), listEntry: entry}
		if s.Type == "" {
			s.Type = TypeSeal // the default
		}
		name, notes, err := p.existing(entry, n.attr("BaseLoc"))
		if err != nil {
			return nil, brokenIn(entry, n.from, "BaseLoc of signature %q: %v", s.ID, err)
		}
		s.Entry, s.Folder, s.Tolerated = name, folder(name), notes
		if taken[name] { // read once: a long list could name one large file a thousand times
			s.Fault = brokenIn(entry, n.from, "%q belongs to an earlier signature too", name)
			s.violate(LawUnreadable)
			s.violate(LawShared)
		} else if err := p.readSignature(&s); err != nil {
			return nil, err
		}
		taken[name] = true
		if len(l.max) > 0 && idNumber(s.ID) > highest {
			s.violate(LawMaxSignID)
		}
		out = append(out, s)
	}
	return out, *r.err
}

// idNumber is the number at the end of an ID, -1 when there is none.
func idNumber(id string) int {
	n, digits := 0, 0
	for i := len(id) - 1; i >= 0 && id[i] >= '0' && id[i] <= '9' && digits < 9; i-- {
		digits++
	}
	if digits == 0 {
		return -1
	}
	for _, c := range id[len(id)-digits:] {
		n = 10*n + int(c-'0')
	}
	return n
}

// folder is the folder of an entry, with a final "/"; empty for the root.
func folder(entry string) string {
	for i := len(entry) - 1; i >= 0; i-- {
		if entry[i] == '/' {
			return entry[:i+1]
		}
	}
	return ""
}
