// SPDX-License-Identifier: Apache-2.0

package ofd

// Roles of entries: what leads to them.
const (
	RolePackage    = "package"    // OFD.xml
	RoleDocument   = "document"   // a document's main file
	RolePage       = "page"       //
	RoleTemplate   = "template"   // drawn under or over the pages that name it
	RoleResource   = "resource"   // fonts, pictures, colours, and the files that list them
	RoleAnnotation = "annotation" //
	RoleAttachment = "attachment" //
	RoleExtension  = "extension"  //
	RoleVersion    = "version"    // another state of the document
	RoleTags       = "tags"       // names for parts of the content; nothing of it shows
	RoleOther      = "other"      // named by a file of the document in a way not known here
	RoleEncryption = "encryption" // Encryptions.xml (GM/T 0099): replaces what other files say
	RoleList       = "signatures" // Signatures.xml
	RoleSignature  = "signature"  // Signature.xml, SignedValue and Seal of a listed signature
	RoleEntries    = "entries"    // OFDEntries.xml (GM/T 0099) and its signed value
	RoleHidden     = "hidden"     // nothing leads to it
)

// Use says what leads to an entry.
type Use struct {
	Entry string
	Role  string // one of the Role constants; the most visible one when several hold
	View  bool   // what a reader shows can depend on it
	By    string // the entry that names it first, "" for those with fixed names
}

// Dangling is a location that leads to no file of the package. Should such a
// file be added, a reader shows it.
type Dangling struct {
	By, Location string
	Entry        string // where it would have to lie, "" when the location is illegal
}

// Reach is what the package's files lead to.
type Reach struct {
	Uses     []Use // in order of the container's directory, folders left out
	Dangling []Dangling
	Opaque   []string // entries that had to be read for their locations and could not
}
