// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"image/png"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/seal"
)

func (h *house) design(d seal.Design, name string) (seal.Seal, *ses.Seal) {
	h.t.Helper()
	s, err := h.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: "dept-a", Name: name, Design: d})
	if err != nil {
		h.t.Fatalf("%+v: %v", d, err)
	}
	return s, must(ses.ParseSeal(s.DER))
}

// Every shape says its true size in the seal, and has 300 dpi.
func TestDesigns(t *testing.T) {
	h := newHouse(t)
	own, _ := h.design(seal.Design{Shape: "square", Width: 30}, "")
	for _, c := range []struct {
		d    seal.Design
		name string
		w, h int
		kind int
	}{
		{seal.Design{}, "", 42, 42, 1},
		{seal.Design{Level: "unit", Width: 40, Serial: seal.SerialNumber}, "", 40, 40, 1},
		{seal.Design{Level: "coordinating-body"}, "", 50, 50, 1},
		{seal.Design{Level: "city", CentrePicture: own.Picture}, "", 45, 45, 1},
		{seal.Design{Shape: "oval", Middle: "990100MB0000001T", Type: seal.TypeInvoice}, "", 45, 30, 3},
		{seal.Design{Shape: "rectangle", Width: 60}, "", 60, 20, 1},
		{seal.Design{Shape: "personal", Carving: "intaglio"}, "章示例", 20, 20, 5},
		{seal.Design{Picture: own.Picture, Width: 30}, "", 30, 30, 1},
	} {
		s, made := h.design(c.d, c.name)
		conf := must(png.DecodeConfig(bytes.NewReader(s.Picture)))
		if p := made.Picture; p.Width != c.w || p.Height != c.h || made.Type != c.kind {
			t.Errorf("%+v: %d x %d mm, type %d", c.d, p.Width, p.Height, made.Type)
		}
		if dpi := float64(conf.Width) * 25.4 / float64(c.w); dpi < 299 || dpi > 302 {
			t.Errorf("%+v: %.0f dpi", c.d, dpi)
		}
		if len(s.Design.Picture)+len(s.Design.CentrePicture) > 0 {
			t.Error("the record holds the files twice")
		}
		h.stampWith(s)
	}
	plain, _ := h.design(seal.Design{}, "")
	numbered, _ := h.design(seal.Design{Serial: seal.SerialNumber}, "")
	if bytes.Equal(plain.Picture, numbered.Picture) {
		t.Error("the number is not on the picture")
	}
}

func (h *house) stampWith(s seal.Seal) {
	h.t.Helper()
	h.grant(s)
	if _, err := h.StampDigest(ctx, h.request(s, "key-"+s.ESID), [32]byte{1}); err != nil {
		h.t.Errorf("stamp with %s: %v", s.ESID, err)
	}
}

func TestVersionFiveAndDigests(t *testing.T) {
	h := newHouse(t)
	s, made := h.design(seal.Design{Version: 5, ListDigests: true}, "")
	if made.Version != 5 || made.CertListType != 2 || len(made.Certs) != 0 || !made.HasCertificate(s.Certificate) || len(made.Tolerated) != 0 {
		t.Fatalf("version %d, list %d, tolerated %v", made.Version, made.CertListType, made.Tolerated)
	}
	if d := made.CertDigests[0]; d.Type != gm.OIDSM3.String() || len(d.Value) != 32 {
		t.Errorf("digest %+v", d)
	}
	token := must(tsp.ParseToken(made.TimeStamp))
	if _, err := token.Verify(made.Signature, nil); err != nil || token.Info.Time.Before(made.Created) {
		t.Errorf("time-stamp: %v at %v", err, token.Info.Time)
	}
	h.stampWith(s)
	none := h.start(func(c *seal.Config) { c.TSA = nil })
	_, err := none.Make(ctx, seal.MakeRequest{Actor: "o", Department: "dept-a", Design: seal.Design{Version: 5}})
	wantRefused(t, err, seal.ReasonRequest)
}

func TestDesignsAreRefused(t *testing.T) {
	h := newHouse(t)
	picture := h.seals[0].Picture
	before := h.store.next["990100"]
	for name, c := range map[string]struct {
		d      seal.Design
		reason string
	}{
		"emblem missing":     {seal.Design{Level: "city"}, seal.ReasonRequest},
		"emblem not due":     {seal.Design{Level: "coordinating-body", CentrePicture: picture}, seal.ReasonRequest},
		"other size":         {seal.Design{Level: "coordinating-body", Width: 42}, seal.ReasonRequest},
		"too large":          {seal.Design{Level: "unit", Width: 46}, seal.ReasonRequest},
		"unknown level":      {seal.Design{Level: "galaxy"}, seal.ReasonRequest},
		"level of an oval":   {seal.Design{Level: "unit", Shape: "oval"}, seal.ReasonRequest},
		"version":            {seal.Design{Version: 1}, seal.ReasonRequest},
		"type":               {seal.Design{Type: -1}, seal.ReasonRequest},
		"shape":              {seal.Design{Shape: "heart"}, seal.ReasonRequest},
		"size":               {seal.Design{Width: 1 << 40}, seal.ReasonRequest},
		"negative size":      {seal.Design{Width: -42}, seal.ReasonRequest},
		"centre":             {seal.Design{Centre: "moon"}, seal.ReasonRequest},
		"centre without":     {seal.Design{Centre: seal.CentrePicture}, seal.ReasonRequest},
		"star and picture":   {seal.Design{Centre: seal.CentreStar, CentrePicture: picture}, seal.ReasonRequest},
		"bad centre":         {seal.Design{CentrePicture: []byte("GIF")}, seal.ReasonPicture},
		"bad picture":        {seal.Design{Picture: []byte("GIF"), Width: 42}, seal.ReasonPicture},
		"picture too coarse": {seal.Design{Picture: picture, Width: 60}, seal.ReasonPicture},
		"picture, no size":   {seal.Design{Picture: picture}, seal.ReasonRequest},
		"picture and serial": {seal.Design{Picture: picture, Width: 42, Serial: "1"}, seal.ReasonRequest},
		"control character":  {seal.Design{Shape: "oval", Middle: "1\u202e2"}, seal.ReasonRequest},
		"missing glyph":      {seal.Design{Serial: "\U0001F600"}, seal.ReasonCharacters},
	} {
		_, err := h.Make(ctx, seal.MakeRequest{Actor: "o", Department: "dept-a", Design: c.d, Validity: time.Hour})
		t.Run(name, func(t *testing.T) { wantRefused(t, err, c.reason) })
	}
	if h.store.next["990100"] != before {
		t.Error("a number was used up")
	}
}
