// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"slices"

	"github.com/govseal/govseal/internal/ofd"
)

// changes lists the further signatures of the package, and notices a list that
// was locked and is not what it was. Files that changed are Intact's matter.
func (o *ofdRun) changes(sig *ofd.Signature, s *Stamp) error {
	f := &s.Changes
	list, err := o.pkg.Changes(o.ctx, sig)
	if err != nil {
		f.Status = Unknown
		return f.fault(err)
	}
	for _, c := range list {
		switch c.Name {
		case ofd.ChangeSignature:
			f.List = append(f.List, newChange("signature", c.Entry, c.Detail))
		case ofd.ChangeList:
			f.List = append(f.List, newChange("other", c.Entry, c.Detail))
			f.fail(CodeLocked, c.Entry)
		}
	}
	f.ok()
	return nil
}

// neighbours holds the signatures of a package against each other, once each
// has been judged by itself: further signatures are allowed when they are valid
// themselves, and a signature based on another is no better than that.
func (o *ofdRun) neighbours() {
	stamps := o.report.Stamps
	alone := make([]Verdict, len(stamps))
	for i := range stamps {
		alone[i] = stamps[i].conclude(o.policy.Revocation == RevocationOptional)
	}
	for i := range stamps {
		f := &stamps[i].Changes
		var allowed names
		for j := range stamps {
			later := func(c Change) bool { return c.Level == "signature" && c.Name == o.sigs[j].Entry }
			if i == j || !slices.ContainsFunc(f.List, later) {
				continue
			}
			switch alone[j] {
			case Valid:
				allowed.add(o.sigs[j].Entry)
			case Invalid:
				f.fail(CodeLaterSignature, o.sigs[j].String())
			default:
				f.unknown(CodeLaterSignature, o.sigs[j].String())
			}
		}
		if allowed.n > 0 && f.Status == OK {
			f.note(CodeChangesAllowed, allowed.String())
		}
		o.bases(i, alone)
	}
}

// bases follows Relative (facts/seal-formats.md 6) from a signature to those
// that it is based on. A circle is a broken law, said before.
func (o *ofdRun) bases(i int, alone []Verdict) {
	s := &o.report.Stamps[i]
	at := i
	for range o.sigs {
		if at = ofd.Base(o.sigs, &o.sigs[at]); at < 0 || at == i || at >= len(alone) {
			return
		}
		switch alone[at] {
		case Valid:
		case Invalid:
			s.Signature.fail(CodeBaseSignature, o.sigs[at].String())
		default:
			s.Signature.unknown(CodeBaseSignature, o.sigs[at].String())
		}
	}
}
