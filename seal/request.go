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
	Place       Placement // PDF and OFD; nil is the lower right of the last page
	Caption     Caption   // PDF; what stands below the seal
	Certify     int       // PDF; 1 to 3: the document's first signature certifies it, permitting so much (DocMDP)
	Lock        bool      // PDF and OFD; nobody may sign (or fill in a field) afterwards
	Reason      string    // PDF, shown by readers
	Profile     string    // PDF; "" means ProfileCMS
	Level       string    // PDF; "" and LevelT, or LevelLT or LevelLTA: raised before it is given back
	DryRun      bool      // PDF; answers the boxes, touches no key, records nothing
	OFD         OFD       // OFD; what an OFD alone has
}

// OFD holds what only a signature on an OFD package can ask for.
type OFD struct {
	Document int  `json:"document,omitempty" minimum:"0" maximum:"1000" doc:"which document of the package, 0 is the first"`
	Plain    bool `json:"plain,omitempty" doc:"a digital signature without a seal (Type Sign, GB/T 35275); it stands nowhere"`
	Whole    bool `json:"whole,omitempty" doc:"also list and sign the whole package (OFDEntries.xml, GM/T 0099)"`
}

// Caption is what may stand below a seal on a PDF, in black.
type Caption struct {
	Date bool `json:"date,omitempty" doc:"date of the stamp"`
	QR   bool `json:"qr,omitempty" doc:"QR code that leads to the page where the stamp is verified"`
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
	switch r.Level {
	case "", LevelT:
	case LevelLT, LevelLTA:
		if kind != KindPDF {
			return refuse(ReasonRequest, "level %s is for PDFs alone", r.Level)
		}
	default:
		return refuse(ReasonRequest, "level is neither T, LT nor LTA")
	}
	if kind != KindPDF && (r.Profile != "" || r.Reason != "" || r.DryRun || r.Certify != 0 || r.Caption != Caption{}) {
		return refuse(ReasonRequest, "caption, certify, profile, reason and dryRun belong to a PDF")
	}
	if kind != KindOFD && r.OFD != (OFD{}) {
		return refuse(ReasonRequest, "ofd belongs to an OFD")
	}
	if r.OFD.Document < 0 || r.OFD.Plain && len(r.Place) > 0 {
		return refuse(ReasonRequest, "ofd: a plain signature stands nowhere, and documents count from 0")
	}
	if kind != KindPDF && kind != KindOFD && (r.Place != nil || r.Lock) {
		return refuse(ReasonRequest, "placement and lock belong to a PDF or an OFD")
	}
	if r.Certify < 0 || r.Certify > 3 {
		return refuse(ReasonRequest, "certify is 1, 2 or 3")
	}
	if err := r.Place.check(); err != nil {
		return err
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
		Place    Placement
		Caption  Caption
		Certify  int
		Lock     bool
		OFD      OFD
		Document [32]byte
		Level    string `json:",omitempty"` // keys of before it was there stay what they are
	}{
		"govseal.request/v1", r.Application.ID, r.Officer, r.Seal, r.Matter, r.CaseRef, decision, r.Reason, r.Profile,
		kind, r.Place, r.Caption, r.Certify, r.Lock, r.OFD, document, r.Level,
	}
	// Go writes struct fields in their order and floats in their shortest
	// form, so that equal requests give equal octets.
	octets, err := json.Marshal(asked)
	if err != nil {
		return [32]byte{}, fmt.Errorf("seal: fingerprint of the request: %w", err)
	}
	return gm.SM3(octets), nil
}
