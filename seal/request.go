// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
)

// Place is where a seal stands on a PDF: the top left corner of its picture,
// in millimetres from the top left of the page as displayed. Page 1 is the
// first, -1 the last.
type Place struct {
	Page int     `json:"page"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}

// Profiles of a signature in a PDF.
const (
	ProfileCMS = "cms" // CMS SignedData with the seal as signed attribute; the default
	ProfileSES = "ses" // the SES_Signature itself, SubFilter GM.sm2seal
)

// Request asks for one stamp. The application is already authenticated.
type Request struct {
	Application    registry.Application
	Officer        string // staff number or ID, "" when none
	Seal           string
	Matter         string
	CaseRef        string
	IdempotencyKey string // required, at most 255 printable ASCII characters
	// Fingerprint tells requests with the same key apart. When it is zero the
	// service computes it over every field here and the document, so that the
	// document is hashed once; a caller with a form of its own may set it.
	Fingerprint [32]byte
	Place       *Place // PDF; nil is the lower right of the last page
	Reason      string // PDF, shown by readers
	Profile     string // PDF; "" means ProfileCMS
	DryRun      bool   // PDF; answers the box, touches no key, records nothing
}

// Limits of a request's texts, in octets.
const (
	maxKey  = 255
	maxText = 512
)

func (r *Request) validate(kind Kind) error {
	if err := validKey(r.IdempotencyKey); err != nil && !r.DryRun {
		return err
	}
	if r.Application.ID == "" || r.Seal == "" {
		return refuse(ReasonRequest, "application and seal are required")
	}
	for _, f := range []struct{ name, value string }{
		{"officer", r.Officer}, {"seal", r.Seal}, {"matter", r.Matter}, {"caseRef", r.CaseRef}, {"reason", r.Reason},
	} {
		if err := validText(f.name, f.value); err != nil {
			return err
		}
	}
	if kind != KindPDF && (r.Place != nil || r.Profile != "" || r.Reason != "" || r.DryRun) {
		return refuse(ReasonRequest, "place, profile, reason and dryRun belong to a PDF")
	}
	if p := r.Place; p != nil && (!sound(p.X) || !sound(p.Y)) {
		return refuse(ReasonPlace, "x and y are millimetres")
	}
	if r.Profile != "" && r.Profile != ProfileCMS && r.Profile != ProfileSES {
		return refuse(ReasonRequest, "profile is neither cms nor ses")
	}
	return nil
}

// sound bounds a length in millimetres; a PDF page has at most 5,080.
func sound(mm float64) bool { return mm >= -10_000 && mm <= 10_000 }

func validKey(key string) error {
	if key == "" || len(key) > maxKey {
		return refuse(ReasonIdempotencyKey, "1 to %d characters are required", maxKey)
	}
	if strings.ContainsFunc(key, func(c rune) bool { return c < 0x20 || c > 0x7e }) {
		return refuse(ReasonIdempotencyKey, "only printable ASCII is allowed")
	}
	return nil
}

// validText refuses what has no place in a record or in a PDF's dictionary:
// invalid UTF-8, control characters, bidirectional controls.
func validText(name, value string) error {
	if len(value) > maxText || !utf8.ValidString(value) || strings.ContainsFunc(value, forbidden) {
		return refuse(ReasonRequest, "%s is too long or holds control characters", name)
	}
	return nil
}

func forbidden(c rune) bool {
	return c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0x61c || c == 0x200e || c == 0x200f ||
		c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069
}

// fingerprint covers what was asked: kind, target, every field of the request
// but the key, and the document's digest.
func (r *Request) fingerprint(kind Kind, decision string, document [32]byte) ([32]byte, error) {
	if r.Fingerprint != [32]byte{} {
		return r.Fingerprint, nil
	}
	asked := struct {
		Form, Application, Officer, Seal, Matter, CaseRef, Decision, Reason, Profile string

		Kind     Kind
		Place    *Place
		Document [32]byte
	}{
		"govseal.request/v1", r.Application.ID, r.Officer, r.Seal, r.Matter, r.CaseRef, decision, r.Reason, r.Profile,
		kind, r.Place, document,
	}
	// Go writes struct fields in their order and floats in their shortest
	// form, so that equal requests give equal octets.
	octets, err := json.Marshal(asked)
	if err != nil {
		return [32]byte{}, fmt.Errorf("seal: fingerprint of the request: %w", err)
	}
	return gm.SM3(octets), nil
}
