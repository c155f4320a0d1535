// SPDX-License-Identifier: Apache-2.0

package decision

// Limits of a document. All are checked before memory is spent on what they
// bound.
const (
	MaxFile     = 32 << 20 // octets of a file
	MaxDecision = 1 << 20  // octets of a bare decision, and of the signed bytes

	maxDepth   = 8     // nesting of objects and arrays
	maxNodes   = 16384 // values in one text
	maxMembers = 32    // members of one object

	maxDepartments  = 32
	maxBasis        = 64
	maxParagraphs   = 2000
	maxAttachments  = 256
	maxStamps       = 64
	maxStamp        = 2 << 20
	maxCertificates = 256
	maxCertificate  = 64 << 10
	maxCRLs         = 64
	maxCRL          = 12 << 20
	maxOCSPs        = 64
	maxOCSP         = 64 << 10

	// Characters, not octets.
	maxShort     = 128
	maxName      = 200
	maxBasisText = 1000
	maxParagraph = 10000
)
