// SPDX-License-Identifier: Apache-2.0

package ofd

import "context"

// Change is something that differs between what a signature protects and the
// package as it is.
type Change struct {
	Level     Level
	Name      string // one of the Change constants
	Entry     string
	Signature int    // ChangeSignature: index in Signatures; else -1
	Detail    string // English
}

// Level orders changes from harmless to forbidden.
type Level int

// The levels: OFD permits nothing after a signature but further signatures.
const (
	LevelNone      Level = iota
	LevelSignature       // a further signature
	LevelOther
)

// Names of changes.
const (
	ChangeSignature = "signature"       // a further signature, which this one does not list
	ChangeFile      = "file"            // a listed file is not what was signed
	ChangeRemoved   = "file-removed"    // a listed file is not there
	ChangeList      = "signatures"      // Signatures.xml is listed (the document was locked) and is not what was signed
	ChangeUnknown   = "file-unreadable" // a listed file cannot be compared
)

// Changes says what came after the signature: listed files that changed, and
// further signatures. Whether a further signature is itself good is the
// caller's question. Files that it does not list are Coverage's matter: nobody
// can say when they came.
func (p *Package) Changes(ctx context.Context, s *Signature) ([]Change, error) {
	checked, err := p.CheckReferences(ctx, s)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, c := range checked {
		name := map[string]string{StateMismatch: ChangeFile, StateMissing: ChangeRemoved,
			StateUnreadable: ChangeUnknown, StateUnknown: ChangeUnknown}[c.State]
		if name == ChangeFile && c.Entry == s.listEntry {
			name = ChangeList
		}
		if name != "" {
			out = append(out, Change{LevelOther, name, c.Entry, -1, c.FileRef + ": " + c.State})
		}
	}
	all, err := p.Signatures()
	if err != nil {
		return nil, err
	}
	for i := range all {
		o := &all[i]
		later := o.Body != s.Body || o.Order > s.Order
		if later && !s.lists(o.Entry) {
			out = append(out, Change{LevelSignature, ChangeSignature, o.Entry, i, o.String()})
		}
	}
	return out, nil
}
