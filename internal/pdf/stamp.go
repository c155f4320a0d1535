// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// Stamp describes a visible signature.
type Stamp struct {
	Page                   int     // 1 is the first
	X, Y, Width, Height    float64 // mm, from the top left of the page as displayed
	Places                 []Place // when given, all places of the one signature; Page, X and Y are then not looked at
	Picture                *image.NRGBA
	Packed                 *Packed  // of Picture, if the caller has it
	Caption                *Caption // below each whole seal, or above it where there is no room
	Field                  string   // name of the new field; empty picks a free one
	Into                   string   // name of an existing empty signature field, to be signed where it stands
	Fit                    bool     // Into: shrink the seal to a field that is too small for it
	Certify                int      // DocMDP permission 1 to 3; 0 for an approval signature
	Lock                   *Lock    // fields that nobody may change or sign afterwards
	Filter, SubFilter      string
	Time                   time.Time // /M; left out when zero
	Name, Reason, Location string
	Reserve                int      // octets kept for Contents, default 16 KiB
	Allow                  []string // names of hazards that the deployment puts up with
	Hashed                 *gm.Hash // running SM3 of the whole file, if the caller has it; not changed
}

// Caption is what may stand beside a seal: a date, a QR code. It is painted
// black through a stencil, each sample darker than half being ink, in a widget
// of its own, so that the seal's own form shows the picture and nothing else.
type Caption struct {
	Mask          *image.Gray
	Width, Height float64 // mm
	Gap           float64 // mm between seal and caption
}

const (
	defaultReserve = 16 << 10
	maxReserve     = 8 << 20
	maxPixels      = 16 << 20
	maxPlaces      = 10_000
)

func (s *Stamp) check() error {
	switch {
	case s.Picture == nil || s.Picture.Rect.Empty():
		return fmt.Errorf("prepare PDF: no picture")
	case s.Picture.Rect.Dx() > maxPixels/s.Picture.Rect.Dy():
		return fmt.Errorf("prepare PDF: a picture of more than %d pixels", maxPixels)
	case s.Filter == "" || s.SubFilter == "":
		return fmt.Errorf("prepare PDF: no Filter or SubFilter")
	case s.Reserve < 0 || s.Reserve > maxReserve:
		return fmt.Errorf("prepare PDF: %d octets cannot be kept for Contents", s.Reserve)
	case strings.Contains(s.Field, "."):
		return fmt.Errorf("prepare PDF: a field name with a full stop")
	case len(s.Places) > maxPlaces:
		return &Refusal{ReasonPlace, fmt.Sprintf("more than %d places", maxPlaces)}
	case s.Into != "" && (s.Field != "" || s.Caption != nil || len(s.Places) > 0):
		return fmt.Errorf("prepare PDF: an existing field has its own name and place, and no caption")
	}
	if err := s.checkPermissions(); err != nil {
		return err
	}
	if c := s.Caption; c != nil && (c.Mask == nil || c.Mask.Rect.Empty() || c.Mask.Rect.Dx() > maxPixels/c.Mask.Rect.Dy()) {
		return fmt.Errorf("prepare PDF: a caption without a picture, or with too large a one")
	}
	if s.Places == nil {
		s.Places = []Place{{Page: s.Page, X: s.X, Y: s.Y}}
	}
	if s.Reserve == 0 {
		s.Reserve = defaultReserve
	}
	return nil
}

func (s *Stamp) checkPermissions() error {
	if s.Certify < 0 || s.Certify > 3 {
		return fmt.Errorf("prepare PDF: no certification permits %d", s.Certify)
	}
	if l := s.Lock; l != nil {
		switch l.Action {
		case "All", "Include", "Exclude":
		default:
			return fmt.Errorf("prepare PDF: no lock has the action %q", l.Action)
		}
		if l.Action == "All" && len(l.Fields) > 0 || l.Action == "Include" && len(l.Fields) == 0 {
			return fmt.Errorf("prepare PDF: the lock's fields do not fit its action")
		}
	}
	return nil
}
