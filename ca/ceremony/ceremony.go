// SPDX-License-Identifier: Apache-2.0

// Package ceremony reads the reviewed files by which authorities are made, one
// file per act, has package ca carry them out, and writes and checks signed
// transcripts. It holds no key and asks nobody: who confirms, and where keys
// come from, is the caller's business.
package ceremony

import "time"

// Schemas of the two files.
const (
	ScriptSchema     = "govseal.ceremony/v1"
	TranscriptSchema = "govseal.transcript/v1"
)

// Kind is what a ceremony is about.
type Kind string

// The acts.
const (
	Root        Kind = "root"        // a root, its key in a file of its own
	Subordinate Kind = "subordinate" // a CA below another
	Cross       Kind = "cross"       // a certificate for another hierarchy's CA
	CRL         Kind = "crl"         // a list of a CA whose key is brought for it
	Rollover    Kind = "rollover"    // a new key for a root
)

// Script is one reviewed file. This comment is its manual: an unknown field, a
// field that does not belong to the act, or a value of another type is an error.
type Script struct {
	// Ceremony is always govseal.ceremony/v1.
	Ceremony string `yaml:"ceremony" json:"ceremony"`
	// Kind is root, subordinate, cross, crl or rollover.
	Kind Kind `yaml:"kind" json:"kind"`
	// Purpose says to people what it is for.
	Purpose string `yaml:"purpose" json:"purpose"`
	// Window is when it may be held: two instants of RFC 3339, at most 92 days apart.
	Window Window `yaml:"window" json:"window"`
	// Participants are who is present; they stand in the transcript.
	Participants []Participant `yaml:"participants" json:"participants"`
	// Issuer is the id of the CA whose key acts: the one above a subordinate, the
	// one that certifies the other hierarchy, the one whose list it is, the root
	// that gets a new key. A new root has none.
	Issuer string `yaml:"issuer" json:"issuer,omitempty"`
	// Authority is what is made; a list ceremony makes none.
	Authority *Authority `yaml:"authority" json:"authority,omitempty"`
	// CRL is the list of a list ceremony.
	CRL *List `yaml:"crl" json:"crl,omitempty"`
}

// Window is when a ceremony may be held.
type Window struct {
	From  Instant `yaml:"from" json:"from"`
	Until Instant `yaml:"until" json:"until"`
}

// Participant is one person present.
type Participant struct {
	Name string `yaml:"name" json:"name"`
	// Role is administrator, key-holder, witness or auditor.
	Role string `yaml:"role" json:"role"`
}

// Authority says what the certificate of a CA holds.
type Authority struct {
	// ID names the authority in commands, addresses and file names: small
	// letters, digits and inner hyphens.
	ID string `yaml:"id" json:"id"`
	// Subject is the CA's name. A cross-certificate's comes from the other side, a
	// rollover's from the old root.
	Subject  *Subject `yaml:"subject" json:"subject,omitempty"`
	Validity Validity `yaml:"validity" json:"validity"`
	// PathLength is how many CAs may stand below it in a row: 0 to 8, or none for
	// no bound.
	PathLength *PathLength `yaml:"path_length" json:"pathLength,omitempty"`
	// Permitted and Excluded are subtrees of names (RFC 5280 4.2.1.10).
	Permitted []Name `yaml:"permitted" json:"permitted,omitempty"`
	Excluded  []Name `yaml:"excluded" json:"excluded,omitempty"`
	// Usages are the extended key usages that it may pass on: documentSigning,
	// clientAuth, serverAuth, emailProtection, OCSPSigning, a dotted identifier,
	// and the offices timeStamping, sealMaker and ledger. Left out, a subordinate
	// CA gets documentSigning, clientAuth and OCSPSigning. "any" alone is no bound.
	Usages []string `yaml:"usages" json:"usages,omitempty"`
	// Policies are dotted identifiers.
	Policies []string `yaml:"policies" json:"policies,omitempty"`
	// Publication says where the issuer's list, certificate and OCSP responder
	// are; left out, at this service.
	Publication *Publication `yaml:"publication" json:"publication,omitempty"`
	Key         Key          `yaml:"key" json:"key"`
}

// Subject is a CA's name; C=CN stands before it.
type Subject struct {
	Province     string `yaml:"province" json:"province,omitempty"`
	Locality     string `yaml:"locality" json:"locality,omitempty"`
	Organization string `yaml:"organization" json:"organization"`
	CommonName   string `yaml:"common_name" json:"commonName"`
}

// Validity ends at an instant, or after a time like 10y or 3650d.
type Validity struct {
	From  Instant `yaml:"from" json:"from,omitzero"` // left out: the ceremony's own time
	Until Instant `yaml:"until" json:"until,omitzero"`
	For   string  `yaml:"for" json:"for,omitempty"`
}

// Name is one subtree; exactly one of its forms is given.
type Name struct {
	Directory *Directory `yaml:"directory" json:"directory,omitempty"`
	DNS       string     `yaml:"dns" json:"dns,omitempty"`
	Email     string     `yaml:"email" json:"email,omitempty"`
}

// Directory is the beginning of distinguished names, in the order in which
// govseal writes them.
type Directory struct {
	Country      string `yaml:"country" json:"country,omitempty"`
	Province     string `yaml:"province" json:"province,omitempty"`
	Locality     string `yaml:"locality" json:"locality,omitempty"`
	Organization string `yaml:"organization" json:"organization,omitempty"`
	Unit         string `yaml:"unit" json:"unit,omitempty"`
}

// Publication lists addresses; an empty list leaves the field out of the
// certificate.
type Publication struct {
	CRL    []string `yaml:"crl" json:"crl,omitempty"`
	Issuer []string `yaml:"issuer" json:"issuer,omitempty"`
	OCSP   []string `yaml:"ocsp" json:"ocsp,omitempty"`
}

// Key says whose key is certified.
type Key struct {
	// From is store (made in the key store: this service works with it), file
	// (made into a file of its own with its own passphrase), request (a PKCS#10
	// request of somebody who holds the key), or certificate (another
	// hierarchy's CA, for a cross-certificate).
	From string `yaml:"from" json:"from"`
	// File is the key's new file, or the request or certificate; relative to this
	// file's folder.
	File string `yaml:"file" json:"file,omitempty"`
	// SM3 of the request's or certificate's file, so that what was reviewed is
	// what is certified.
	SM3 string `yaml:"sm3" json:"sm3,omitempty"`
}

// List is a new revocation list.
type List struct {
	// Days that it lives, 1 to 730.
	Days int `yaml:"days" json:"days"`
	// Revoke ends CAs below.
	Revoke []Revocation `yaml:"revoke" json:"revoke,omitempty"`
}

// Revocation ends one certificate of a CA.
type Revocation struct {
	Serial string `yaml:"serial" json:"serial"`
	// Reason is unspecified, keyCompromise, cACompromise, affiliationChanged,
	// superseded, cessationOfOperation or privilegeWithdrawn.
	Reason string `yaml:"reason" json:"reason"`
	// InvalidSince is when the key was lost, as far as known.
	InvalidSince Instant `yaml:"invalid_since" json:"invalidSince,omitzero"`
}

// Instant is a time of RFC 3339 in whole seconds.
type Instant struct{ time.Time }

// PathLength is a number, or none.
type PathLength int
