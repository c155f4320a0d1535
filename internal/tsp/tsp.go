// SPDX-License-Identifier: Apache-2.0

// Package tsp is the codec of RFC 3161 time-stamps (GM/T 0033 in China) with
// SM2 and SM3; it holds no key and reads no clock.
package tsp

import (
	"encoding/asn1"
	"fmt"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// MaxSize bounds a request, response or token in octets.
const MaxSize = 1 << 20

// OIDTSTInfo is the content type of tokens (RFC 3161 2.4.2).
var OIDTSTInfo = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

// PKIStatus values (RFC 3161 2.4.2).
const (
	StatusGranted         = 0
	StatusGrantedWithMods = 1
	StatusRejection       = 2
)

// PKIFailureInfo bits (RFC 3161 2.4.2).
const (
	FailBadAlg              = 0
	FailBadRequest          = 2
	FailBadDataFormat       = 5
	FailTimeNotAvailable    = 14
	FailUnacceptedPolicy    = 15
	FailUnacceptedExtension = 16
	FailSystemFailure       = 25
)

// ParseError says which part of an object breaks which rule.
type ParseError struct{ Part, Reason string }

func (e *ParseError) Error() string { return fmt.Sprintf("tsp: %s: %s", e.Part, e.Reason) }

func bad(part, format string, args ...any) error {
	return &ParseError{Part: part, Reason: fmt.Sprintf(format, args...)}
}

var (
	tag0  = cbasn1.Tag(0).Constructed().ContextSpecific()
	tag1  = cbasn1.Tag(1).Constructed().ContextSpecific()
	prim0 = cbasn1.Tag(0).ContextSpecific()
	prim1 = cbasn1.Tag(1).ContextSpecific()
)
