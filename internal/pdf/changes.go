// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// Change is something that differs between a signed revision and the file's end.
type Change struct {
	Level  Level
	Name   string // one of the Change constants
	Detail string // object numbers, English
	Object int    // signature and timestamp: the signature dictionary; else the object concerned, or 0
	Field  string // full name of the form field concerned, or ""
}

// Level orders changes from harmless to forbidden; names as in pyHanko.
type Level int

const (
	LevelNone      Level = iota
	LevelLTA             // DSS and document time-stamps
	LevelSignature       // further signature fields with their widgets
	LevelForm
	LevelAnnotation
	LevelOther
)

// Names of changes. Where a level is named, the change is permitted by rules of
// that level; those without are LevelOther.
const (
	ChangeDSS         = "dss"                // LevelLTA
	ChangeTimestamp   = "timestamp"          // LevelLTA: a document time-stamp that shows nothing
	ChangeVersion     = "version"            // LevelLTA: catalog /Version or /Extensions
	ChangeInfo        = "info"               // LevelLTA: dates and producer in document information and metadata
	ChangeLeftover    = "leftover"           // LevelLTA: a part of an older document security store
	ChangeSignature   = "signature"          // LevelSignature
	ChangeEmptyField  = "empty-field"        // LevelForm: a new signature field, unsigned, that shows nothing
	ChangeFormValue   = "form-value"         // LevelForm
	ChangeDefaults    = "form-defaults"      // LevelForm: resources for the text of fields that come later
	ChangeAnnotation  = "annotation"         // LevelAnnotation, or LevelOther when it acts or is a widget
	ChangeOverSeal    = "over-seal"          // an annotation over a seal
	ChangeField       = "field"              // a field that is not a signed signature, or a changed one
	ChangeForm        = "form"               // the AcroForm itself
	ChangePageAdded   = "page-added"         //
	ChangePageRemoved = "page-removed"       //
	ChangePage        = "page"               // a page's own entries
	ChangePageTree    = "page-tree"          // order or inner nodes
	ChangeContent     = "content"            // what a page draws
	ChangeResource    = "resource"           // what it draws with
	ChangeFont        = "font"               // among that
	ChangeAppearance  = "appearance"         // what an annotation or field shows, its value aside
	ChangeCatalog     = "catalog"            // any other entry of the catalog
	ChangeRoot        = "catalog-redirected" // another object became the catalog
	ChangeTrailer     = "trailer"            // another identity
	ChangeSigned      = "signature-changed"  // an earlier signature or its field
	ChangeObject      = "object"             // any other object changed or removed
	ChangeType        = "object-type"        // an object of another kind took its number
	ChangeReused      = "object-reused"      // a number that was given up is used again
	ChangeHidden      = "hidden-object"      // an object that nothing leads to
	ChangeDefined     = "object-defined"     // a reference that led nowhere now leads somewhere
	ChangeShared      = "object-shared"      // a permitted change to an object that is used elsewhere too
	ChangeUnreadable  = "unreadable"         // what cannot be read cannot be compared
	ChangeCoverage    = "coverage"           // the signature covers no revision: nothing can be compared
)

const maxChanges = 1000

// Changes compares the revision that s signed with the end of the file. What
// is not recognised exactly is LevelOther: only what these rules name is ever
// less (facts/pdf.md 6.1). Whether a further signature is itself good is the
// caller's question; Object leads to it.
func (d *Document) Changes(ctx context.Context, s *Signature) ([]Change, error) {
	for _, law := range []string{LawDirect, LawRange, LawCount, LawStart, LawOrder, LawOutside, LawTail, LawOverlap} {
		if slices.Contains(s.Law, law) {
			return []Change{{Level: LevelOther, Name: ChangeCoverage, Detail: "broken law: " + law}}, nil
		}
	}
	if s.Revision < 0 || s.Revision >= len(d.revisions) {
		return nil, fmt.Errorf("compare PDF revisions: no revision %d", s.Revision)
	}
	if s.Revision == len(d.revisions)-1 {
		return nil, nil
	}
	c := &comparison{ctx: ctx, d: d, a: d.view(s.Revision), b: d.newest(), revision: s.Revision,
		added: map[int]bool{}, modified: map[int]bool{}, removed: map[int]bool{},
		explained: map[int]bool{}, exclusive: map[int]map[edge]bool{}, sole: map[int]map[edge]bool{}, widgets: map[int]int{}}
	if err := c.run(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(c.out), nil
}

// comparison holds two views against each other. Rules walk from the catalog
// down the few paths where a change can be permitted and explain object
// numbers; whatever they leave unexplained is a forbidden change.
type comparison struct {
	ctx        context.Context
	d          *Document
	a, b       view
	revision   int                   // that a shows
	field      string                // at work
	added      map[int]bool          // null before, something now
	modified   map[int]bool          // something else now
	removed    map[int]bool          // null now
	explained  map[int]bool          // accounted for by a rule
	exclusive  map[int]map[edge]bool // permitted only if reached by these edges alone
	sole       map[int]map[edge]bool // as exclusive, but even if unchanged
	widgets    map[int]int           // new signature widgets -> page object
	names      map[string]bool       // of fields, once needed
	concernsOf map[int]concern       // once needed
	out        []Change
}

// edge is a way to an object: an entry of another one; object 0 is the trailer.
type edge struct {
	from int
	key  Name // of the top-level dictionary; "" for any
}

func (c *comparison) report(level Level, name string, object int, format string, args ...any) {
	if len(c.out) < maxChanges {
		c.out = append(c.out, Change{level, name, fmt.Sprintf(format, args...), object, c.field})
	}
}

func (c *comparison) other(name string, object int, format string, args ...any) {
	c.report(LevelOther, name, object, format, args...)
}

func (c *comparison) run() error {
	if err := c.sortObjects(); err != nil {
		return err
	}
	steps := []func() error{c.trailers, c.catalogs, c.dss, c.forms, c.pages, c.info, c.metadata, c.unexplained, c.crossReferences}
	for _, step := range steps {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := unreadable(step()); err != nil {
			b, ok := err.(*Error)
			if !ok {
				return err
			}
			c.other(ChangeUnreadable, 0, "%s", b.Error())
		}
	}
	return nil
}

// unreadable keeps limits and read errors as errors: the comparison could not
// be made. Everything else that is wrong with an object is a finding.
func unreadable(err error) error {
	if b, ok := err.(*Error); ok && b.Limit {
		return fmt.Errorf("compare PDF revisions: %w", err)
	}
	return err
}

// sortObjects finds which object numbers differ between the views.
func (c *comparison) sortObjects() error {
	touched := map[int]bool{}
	for _, s := range c.d.sections[c.a.last+1:] {
		for num := range s.entries {
			touched[num] = true
		}
	}
	// An object also changes when the stream that it lies in is replaced.
	c.d.within(touched, c.a.last+1, c.b.last)
	for i, num := range slices.Sorted(maps.Keys(touched)) {
		if i%1000 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err := unreadable(c.sortObject(num)); err != nil {
			b, ok := err.(*Error)
			if !ok {
				return err
			}
			c.other(ChangeUnreadable, num, "object %d: %s", num, b.Reason)
			c.modified[num], c.explained[num] = true, true
		}
	}
	return nil
}

func (c *comparison) sortObject(num int) error {
	if num == 0 {
		return nil
	}
	ea, eb := c.a.entry(num), c.b.entry(num)
	before, err := c.a.load(ea.ref(num))
	if err != nil {
		return err
	}
	after, err := c.b.load(eb.ref(num))
	if err != nil {
		return err
	}
	switch {
	case before == nil && after == nil:
	case before == nil:
		c.added[num] = true
		c.reused(num)
	case after == nil:
		c.removed[num] = true
	default:
		same, err := c.d.equal(before, after)
		if err != nil {
			return err
		}
		if !same || ea.ref(num) != eb.ref(num) {
			c.modified[num] = true
		}
	}
	return nil
}

// reused tells of a number that an earlier revision had used for something:
// readers that look at old sections still find it there.
func (c *comparison) reused(num int) {
	for _, s := range c.d.sections[:c.a.last+1] {
		if s.entries[num].kind != entryFree {
			c.other(ChangeReused, num, "object %d had been given up", num)
			return
		}
	}
}

// ref is the reference that an entry answers to.
func (e entry) ref(num int) Ref {
	if e.kind == entryAt {
		return Ref{num, e.gen}
	}
	return Ref{Num: num}
}
