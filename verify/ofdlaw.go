// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/ofd"
)

// laws turns broken laws of a signature's structure into findings. Laws that
// another fact looks into (digests, references) have no line here.
func (o *ofdRun) laws(sig *ofd.Signature, s *Stamp) {
	for _, law := range sig.Law {
		switch law {
		case ofd.LawReferences, ofd.LawReferenceTwin, ofd.LawSelf, ofd.LawReferencePath, ofd.LawCheckValue:
			s.Intact.fail(CodeSigConstraints, law)
		case ofd.LawSealFile:
			s.Seal.fail(CodeSealFile, law)
		case ofd.LawNoStamp, ofd.LawStampForm:
			s.Seal.unknown(CodePlace, law)
		case ofd.LawAfterLock:
			s.Changes.fail(CodeLocked, "this signature was added after one that protects the list of signatures")
		case ofd.LawMaxSignID:
			s.Signature.note(CodeTolerated, law)
		case ofd.LawCheckMethod, ofd.LawWeakDigest, ofd.LawUnreadable:
		default:
			s.Signature.fail(CodeSigConstraints, law)
		}
	}
}

// references judges the digests of the listed files. MD5, which is also the
// default, and SHA-1 prove nothing, whether they agree or not.
func (o *ofdRun) references(i int, s *Stamp) {
	f := &s.Intact
	if m := o.sigs[i].CheckMethod; m.Name == "" {
		f.unknown(CodeCryptoConstraints, fmt.Sprintf("unknown CheckMethod %q", m.Given))
	} else if m.Weak {
		f.unknown(CodeCryptoConstraints, "files are listed by "+m.Name)
	}
	var wrong, unread names
	for _, c := range o.refs[i] {
		switch c.State {
		case ofd.StateMismatch, ofd.StateMissing:
			wrong.add(c.FileRef + ": " + c.State)
		case ofd.StateUnreadable:
			unread.add(c.FileRef + ": " + c.Detail)
		}
	}
	if wrong.n > 0 {
		f.fail(CodeHashFailure, wrong.String())
	}
	if unread.n > 0 {
		f.fail(CodeFormatFailure, unread.String())
	}
}

// sound reports whether every file that the signature lists is what it says,
// by a digest that can be relied upon.
func (o *ofdRun) sound(i int) bool {
	if m := o.sigs[i].CheckMethod; o.sigs[i].Fault != nil || m.Name == "" || m.Weak {
		return false
	}
	for _, c := range o.refs[i] {
		if c.State != ofd.StateMatch {
			return false
		}
	}
	return true
}

// names is a list of names for a detail, cut short.
type names struct {
	text strings.Builder
	n    int
}

const maxDetail = 400 // octets, about

func (l *names) add(name string) {
	if l.n++; l.text.Len() > maxDetail {
		return
	}
	if l.n > 1 {
		l.text.WriteString(", ")
	}
	l.text.WriteString(strings.ToValidUTF8(name[:min(len(name), maxDetail)], ""))
}

func (l *names) String() string {
	if l.text.Len() > maxDetail {
		return fmt.Sprintf("%s … (%d in all)", l.text.String(), l.n)
	}
	return l.text.String()
}
