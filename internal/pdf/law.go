// SPDX-License-Identifier: Apache-2.0

package pdf

import "slices"

// The laws of ByteRange and Contents (facts/pdf.md 6): broken ones stand in
// Signature.Law. A verifier that is content with less passes documents whose
// signed bytes are not what a reader shows.
const (
	LawDirect    = "dictionary"         // the dictionary is not an object of its own in the file
	LawRange     = "byte-range"         // ByteRange is missing or not a direct array of integers
	LawCount     = "byte-range-count"   // it has not exactly four numbers
	LawStart     = "byte-range-start"   // it does not begin at octet 0
	LawOrder     = "byte-range-order"   // negative, overlapping or overflowing ranges
	LawOutside   = "byte-range-outside" // it runs over the end of the file
	LawContents  = "contents"           // Contents is missing or not a direct hex string
	LawGap       = "gap"                // the gap is not exactly the Contents token of this dictionary
	LawTail      = "tail"               // the ranges do not end at the end of the revision that they sign
	LawOverlap   = "revision"           // the signed revision has parts outside of the signed ranges
	LawSignature = "type"               // /Type is neither Sig nor DocTimeStamp
)

// judge fills in ByteRange, Contents, Revision, WholeFile and Law of a
// signature as the view of this revision shows it.
func (v view) judge(s *Signature, ref Ref, revision int) error {
	d := v.d
	s.Revision = revision
	if s.Type != "" && s.Type != "Sig" && s.Type != "DocTimeStamp" {
		s.violate(LawSignature)
	}
	o, err := v.resolveDict(ref)
	if err != nil {
		return err
	}
	if o == nil {
		s.violate(LawDirect)
		return nil
	}
	s.Revision = d.definedIn(ref.Num, revision)
	contents, span, err := d.contentsToken(o)
	if err != nil {
		return err
	}
	s.Contents = contents
	if contents == nil {
		s.violate(LawContents)
	}
	if !s.readRange(o.value.(Dict), d.src.size) {
		return nil
	}
	a, b, c := s.ByteRange[1], s.ByteRange[2], s.ByteRange[3]
	if contents != nil && (a != span[0] || b != span[1]) {
		s.violate(LawGap)
	}
	d.judgeTail(s, b+c)
	return nil
}

func (s *Signature) violate(law string) {
	if !slices.Contains(s.Law, law) {
		s.Law = append(s.Law, law)
	}
}

// readRange checks the numbers among themselves and against the file.
func (s *Signature) readRange(dict Dict, size int64) bool {
	list, ok := dict["ByteRange"].(Array)
	if !ok {
		s.violate(LawRange)
		return false
	}
	for _, o := range list {
		n, ok := o.(int64)
		if !ok || len(s.ByteRange) == 1000 {
			s.ByteRange = nil
			s.violate(LawRange)
			return false
		}
		s.ByteRange = append(s.ByteRange, n)
	}
	if len(s.ByteRange) != 4 {
		s.violate(LawCount)
	}
	if len(s.ByteRange) > 0 && s.ByteRange[0] != 0 {
		s.violate(LawStart)
	}
	end := int64(0)
	for i := 0; i+1 < len(s.ByteRange); i += 2 {
		from, n := s.ByteRange[i], s.ByteRange[i+1]
		switch {
		case from < end || n < 0:
			s.violate(LawOrder)
			return false
		case from > size || n > size-from:
			s.violate(LawOutside)
			return false
		}
		end = from + n
	}
	return len(s.ByteRange) == 4
}

// contentsToken finds the Contents token in the octets of the dictionary: its
// value and its place in the file. It is nil when there is no hex string.
func (d *Document) contentsToken(o *indirect) ([]byte, [2]int64, error) {
	p := newParser(d.src.lexer(o.body), d.lim.Depth)
	p.token() // <<
	for {
		key := p.token()
		if key.kind != tokName {
			return nil, [2]int64{}, p.err
		}
		t := p.token()
		if key.text == "Contents" {
			if t.kind != tokHex {
				return nil, [2]int64{}, p.err
			}
			return []byte(t.text), [2]int64{t.at, p.pos}, nil
		}
		if _, err := p.objectFrom(t); err != nil {
			return nil, [2]int64{}, err
		}
	}
}

// judgeTail finds the revision that ends where the ranges end.
func (d *Document) judgeTail(s *Signature, end int64) {
	s.WholeFile = end == d.src.size
	found := slices.IndexFunc(d.revisions, func(r Revision) bool { return d.endsAt(r, end) })
	if found < 0 || found < s.Revision {
		s.violate(LawTail)
		return
	}
	s.Revision = found
	if d.reachesBeyond(found, end) {
		s.violate(LawOverlap)
	}
}

// reachesBeyond reports whether a section or an object of the revision, or of
// one before it, lies behind its end.
func (d *Document) reachesBeyond(revision int, end int64) bool {
	for _, sec := range d.sections[:d.revisions[revision].last+1] {
		if sec.at >= end || sec.hidden >= end {
			return true
		}
		for _, e := range sec.entries {
			if e.kind == entryAt && e.at >= end {
				return true
			}
		}
	}
	return false
}

// definedIn is the newest revision up to this one that has an entry for the
// object.
func (d *Document) definedIn(num, revision int) int {
	for i := revision; i > 0; i-- {
		first := d.revisions[i-1].last + 1
		for _, sec := range d.sections[first : d.revisions[i].last+1] {
			if _, ok := sec.entries[num]; ok {
				return i
			}
		}
	}
	return 0
}

// resolveDict returns the object if it is a dictionary that lies in the file
// itself, not in an object stream.
func (v view) resolveDict(ref Ref) (*indirect, error) {
	e := v.entry(ref.Num)
	if ref.Num == 0 || e.kind != entryAt || e.gen != ref.Gen {
		return nil, nil
	}
	o, err := v.at(e, ref)
	if err != nil {
		return nil, err
	}
	if _, ok := o.value.(Dict); !ok {
		return nil, nil
	}
	return o, nil
}
