// SPDX-License-Identifier: Apache-2.0

package ofd

import "slices"

// Note is a deviation that was put up with, and where it was seen
// (facts/seal-formats.md 4).
type Note struct {
	Name   string // one of the Tolerated constants
	Detail string // English; names the entry or the value
}

// Names of deviations that are put up with.
const (
	ToleratedPrefix      = "prefix"           // octets before the first local header
	ToleratedTrailer     = "trailer"          // octets behind the end record
	ToleratedComment     = "comment"          // a comment of the container
	ToleratedGap         = "gap"              // octets between the entries that belong to none
	ToleratedZip64       = "zip64"            // 64-bit records though nothing needs them
	ToleratedName        = "name-not-flagged" // a UTF-8 entry name without the UTF-8 flag
	ToleratedNamespace   = "namespace"        // an older OFD namespace, or none
	ToleratedPath        = "path-from-root"   // a relative location that only leads somewhere from the root
	ToleratedSpelling    = "path-spelling"    // a location with "./", "//" or ".." segments
	ToleratedProvider    = "provider"         // Provider given as child elements
	ToleratedMaxSignID   = "max-sign-id"      // MaxSignId missing or given twice
	ToleratedCheckMethod = "check-method"     // a CheckMethod in another spelling than the standard's
	ToleratedType        = "document-type"    // OFD without DocType="OFD" or Version
)

const maxNotes = 200

func note(list []Note, name, detail string) []Note {
	n := Note{name, detail}
	if len(list) >= maxNotes || slices.Contains(list, n) {
		return list
	}
	return append(list, n)
}

func (p *Package) tolerate(name, detail string) { p.notes = note(p.notes, name, detail) }

// Tolerated returns what was put up with so far in the container and the
// files that were read; Signature.Tolerated has what concerns one signature.
func (p *Package) Tolerated() []Note { return slices.Clone(p.notes) }
