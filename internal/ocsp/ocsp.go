// SPDX-License-Identifier: Apache-2.0

// Package ocsp is the codec of RFC 6960 requests and responses, with SM2, SM3
// CertIDs and the nonce of RFC 8954; it holds no key, reads no clock and
// judges no trust. Only DER is read, so that what is parsed encodes to the
// same octets again; what was signed is kept as it was received.
package ocsp

import (
	"encoding/asn1"
	"fmt"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds in octets and counts. A request of a real client names a handful of
// certificates; a response carries few answers and the responder's
// certificate.
const (
	MaxRequest   = 16 << 10
	MaxResponse  = 1 << 20
	MaxCertIDs   = 100  // of a request
	MaxSingles   = 1000 // of a response
	maxCerts     = 16
	maxExts      = 32
	maxNonce     = 32 // RFC 8954 2.1
	maxHash      = 64
	maxSerialLen = 64
)

// Status is OCSPResponseStatus (RFC 6960 4.2.1).
type Status int

// The statuses; 4 is not used.
const (
	Successful       Status = 0
	MalformedRequest Status = 1
	InternalError    Status = 2
	TryLater         Status = 3
	SigRequired      Status = 5
	Unauthorized     Status = 6
)

var statusNames = map[Status]string{
	Successful: "successful", MalformedRequest: "malformedRequest", InternalError: "internalError",
	TryLater: "tryLater", SigRequired: "sigRequired", Unauthorized: "unauthorized",
}

// String is the name in RFC 6960.
func (s Status) String() string {
	if n, ok := statusNames[s]; ok {
		return n
	}
	return fmt.Sprintf("status(%d)", int(s))
}

// Identifiers of RFC 6960 4.2.1 and 4.4.
var (
	OIDBasic = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	OIDNonce = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
)

// ParseError says which part of an object breaks which rule.
type ParseError struct{ Part, Reason string }

func (e *ParseError) Error() string { return fmt.Sprintf("ocsp: %s: %s", e.Part, e.Reason) }

func bad(part, format string, args ...any) error {
	return &ParseError{Part: part, Reason: fmt.Sprintf(format, args...)}
}

var (
	tag0  = cbasn1.Tag(0).Constructed().ContextSpecific()
	tag1  = cbasn1.Tag(1).Constructed().ContextSpecific()
	tag2  = cbasn1.Tag(2).Constructed().ContextSpecific()
	prim0 = cbasn1.Tag(0).ContextSpecific()
	prim2 = cbasn1.Tag(2).ContextSpecific()
)
