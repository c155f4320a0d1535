// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"errors"
	"math"

	"github.com/govseal/govseal/internal/glyph"
)

// Design says how a seal looks and in which form it is written. The zero
// Design is a round seal of 42 mm with a star, as GB/T 38540-2020 writes it.
type Design struct {
	Shape   string `json:"shape,omitempty"`    // round, oval, square, rectangle, personal; "" is round
	Level   string `json:"level,omitempty"`    // of the issuing body: the size of a round seal (Levels)
	Width   int    `json:"widthMM,omitempty"`  // mm; 0 is the shape's or level's usual size
	Height  int    `json:"heightMM,omitempty"` // mm
	Middle  string `json:"middle,omitempty"`   // line through the middle of an oval
	Serial  string `json:"serial,omitempty"`   // on the lower arc; SerialNumber is the seal's own number
	Centre  string `json:"centre,omitempty"`   // star, none, picture; "" is star, or picture when one is given
	Carving string `json:"carving,omitempty"`  // relief (阳文) or intaglio (阴文); square and personal
	// Supplied: the whole picture is the operator's; only the size matters then.
	Supplied bool `json:"supplied,omitempty"`

	Type        int  `json:"type,omitempty"`        // property.type; 0 is 1, or 5 for a personal seal
	Version     int  `json:"version,omitempty"`     // 4 or 5; 0 is 4
	ListDigests bool `json:"listDigests,omitempty"` // the certificate list holds SM3 digests

	CentrePicture []byte `json:"-"` // PNG
	Picture       []byte `json:"-"` // PNG, whole
}

// SerialNumber as Design.Serial stands for the seal's own number.
const SerialNumber = "number"

// Values of Design.Centre.
const (
	CentreStar    = "star"
	CentreNone    = "none"
	CentrePicture = "picture"
)

// Types of seals, as a public list of the national platform has them
// (facts/seal-formats.md 9).
const (
	TypeStatutory = 1 // 法定名称章
	TypeFinance   = 2 // 财务专用章
	TypeInvoice   = 3 // 发票专用章
	TypeContract  = 4 // 合同专用章
	TypePersonal  = 5 // 电子名章
	maxType       = 99
)

// settle fills in defaults and refuses contradictions that need no drawing.
func (d *Design) settle() error {
	d.Shape = orDefault(d.Shape, string(glyph.Round))
	d.Version = orDefault(d.Version, sealVersion)
	d.Supplied = len(d.Picture) > 0
	if len(d.CentrePicture) > 0 {
		d.Centre = orDefault(d.Centre, CentrePicture)
	}
	if d.Type == 0 {
		d.Type = TypeStatutory
		if d.Shape == string(glyph.Personal) {
			d.Type = TypePersonal
		}
	}
	switch {
	case d.Version != 4 && d.Version != 5:
		return refuse(ReasonRequest, "seals are made in version 4 or 5")
	case d.Type < 1 || d.Type > maxType:
		return refuse(ReasonRequest, "the type must be 1 to %d", maxType)
	case d.Centre != "" && d.Centre != CentreStar && d.Centre != CentreNone && d.Centre != CentrePicture:
		return refuse(ReasonRequest, "the centre is star, none or picture")
	case (d.Centre == CentrePicture) != (len(d.CentrePicture) > 0):
		return refuse(ReasonRequest, "a picture in the centre needs a file, and a file needs the centre")
	case d.Supplied && (d.Width == 0 || d.Middle != "" || d.Serial != "" || d.Centre != "" || d.Carving != "" || d.Level != ""):
		return refuse(ReasonRequest, "with a whole picture, give its size in mm, and nothing that would be drawn on it")
	}
	return d.settleSize()
}

func (d *Design) settleSize() error {
	if d.Level != "" {
		l, ok := levelOf(d.Level)
		switch {
		case !ok:
			return refuse(ReasonRequest, "level %q is not known", d.Level)
		case d.Shape != string(glyph.Round):
			return refuse(ReasonRequest, "levels say the size of round seals")
		case l.Emblem && d.Centre != CentrePicture:
			return refuse(ReasonRequest, "seals of level %s bear the national emblem: supply it as the picture in the centre", l.Code)
		case !l.Emblem && !l.EitherOK && d.Centre == CentrePicture:
			return refuse(ReasonRequest, "seals of level %s bear a star", l.Code)
		}
		mm, err := l.size(d.Width)
		if err != nil {
			return err
		}
		d.Width = mm
	}
	if d.Supplied && d.Height == 0 {
		d.Height = d.Width
	}
	w, h := d.glyph("", "", 0).Size()
	d.Width, d.Height = int(math.Round(w)), int(math.Round(h))
	return nil
}

// draw returns the seal's picture: checked if supplied, else drawn.
func (d Design) draw(name, horizontal, esID string) ([]byte, error) {
	if d.Supplied {
		file, err := glyph.ReadPicture(d.Picture, d.Width, d.Height)
		return file, refusedPicture(err)
	}
	g := d.glyph(name, horizontal, sealDPI)
	if d.Serial == SerialNumber {
		g.Serial = esID
	}
	if len(d.CentrePicture) > 0 {
		var err error
		if g.Centre, err = glyph.ReadCentre(d.CentrePicture); err != nil {
			return nil, refusedPicture(err)
		}
	}
	file, err := g.PNG()
	return file, refusedPicture(err)
}

func (d Design) glyph(name, horizontal string, dpi int) glyph.Design {
	return glyph.Design{
		Shape: glyph.Shape(d.Shape), Name: name, Middle: d.Middle, Horizontal: horizontal, Serial: d.Serial,
		Width: float64(d.Width), Height: float64(d.Height), NoStar: d.Centre == CentreNone,
		Carving: glyph.Carving(d.Carving), DPI: dpi,
	}
}

// refusedPicture turns what package glyph says about a design into a refusal: all of
// it is about what was asked for.
func refusedPicture(err error) error {
	var bad *glyph.PictureError
	var missing *glyph.MissingError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		return refuseCharacters("the seal", missing.Characters)
	case errors.As(err, &bad):
		return refuse(ReasonPicture, "%s", bad.Reason)
	}
	return refuse(ReasonRequest, "%v", err)
}

// recorded is the design without its files.
func (d Design) recorded() Design {
	d.CentrePicture, d.Picture = nil, nil
	return d
}
