// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

func TestMake(t *testing.T) {
	h := newHouse(t)
	s, err := h.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: "dept-a", Horizontal: "行政审批专用章", Validity: 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	made, err := ses.ParseSeal(s.DER)
	if err != nil {
		t.Fatal(err)
	}
	maker, err := cert.Parse(made.MakerCert)
	if err != nil {
		t.Fatal(err)
	}
	pub, _ := gm.AsPublicKey(maker.PublicKey)
	if !gm.VerifyMessage(pub, made.Signed, made.Signature) {
		t.Error("the maker's signature does not verify")
	}
	if made.Version != 4 || made.ESID != s.ESID || !strings.HasPrefix(s.ESID, "990100") || len(s.ESID) != 14 ||
		made.Name != departments[0].Name || made.CertListType != 1 || !made.HasCertificate(s.Certificate) {
		t.Errorf("seal %+v", made)
	}
	if made.Picture.Type != "png" || made.Picture.Width != 42 || made.Picture.Height != 42 || !bytes.Equal(made.Picture.Data, s.Picture) {
		t.Error("picture")
	}
	img, err := png.Decode(bytes.NewReader(s.Picture))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
		t.Error("the corner of the picture is not transparent")
	}
	c, _ := cert.Parse(s.Certificate)
	if s.ValidTo.After(c.NotAfter) || s.ValidTo.Sub(s.ValidFrom) != 365*24*time.Hour {
		t.Errorf("valid from %v to %v", s.ValidFrom, s.ValidTo)
	}
	if s.State != seal.Active || c.CreditCode() != departments[0].CreditCode {
		t.Errorf("state %s, credit code %s", s.State, c.CreditCode())
	}
	e := h.store.events[len(h.store.events)-1]
	if e.Kind != "seal" || e.Act != "seal.make" || e.Object != s.ESID || e.Actor != "operator:test" {
		t.Errorf("event %+v", e)
	}
}

func TestMakeRefusesBeforeAKeyExists(t *testing.T) {
	h := newHouse(t)
	d := departments[0]
	d.ID, d.State = "dept-ended", registry.Ended
	h.people.departments[d.ID] = d
	cases := map[string]struct {
		r      seal.MakeRequest
		reason string
		holds  string
	}{
		"name":       {seal.MakeRequest{Name: "示例市\U0002A6D6局"}, seal.ReasonCharacters, "U+2A6D6"},
		"horizontal": {seal.MakeRequest{Horizontal: "\U0001F600"}, seal.ReasonCharacters, "U+1F600"},
		"control":    {seal.MakeRequest{Name: "示例\u202e市"}, seal.ReasonRequest, "name"},
		"long":       {seal.MakeRequest{Name: strings.Repeat("市", 41)}, seal.ReasonRequest, "name"},
		"validity":   {seal.MakeRequest{Validity: 30 * 365 * 24 * time.Hour}, seal.ReasonRequest, "validity"},
	}
	before := h.office.generated
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.r.Actor, c.r.Department = "operator:test", "dept-a"
			_, err := h.Make(ctx, c.r)
			if r := wantRefused(t, err, c.reason); !strings.Contains(r.Detail, c.holds) {
				t.Errorf("detail %q does not name %q", r.Detail, c.holds)
			}
		})
	}
	if _, err := h.Make(ctx, seal.MakeRequest{Actor: "o", Department: "dept-ended"}); !errors.Is(err, seal.ErrState) {
		t.Errorf("ended department: %v", err)
	}
	if _, err := h.Make(ctx, seal.MakeRequest{Actor: "o", Department: "nobody"}); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("unknown department: %v", err)
	}
	if h.office.generated != before {
		t.Error("a key was made")
	}
}

func TestMakeTakesTheCertificateBack(t *testing.T) {
	h := newHouse(t)
	h.store.breaks("RecordSeal", seal.ErrUnavailable)
	if _, err := h.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: "dept-a"}); !errors.Is(err, seal.ErrUnavailable) {
		t.Fatal(err)
	}
	revoked := 0
	for _, status := range h.office.status {
		if status == "revoked" {
			revoked++
		}
	}
	if revoked != 1 || len(h.store.seals) != 2 {
		t.Errorf("%d certificates revoked, %d seals", revoked, len(h.store.seals))
	}
}

// A maker whose key and certificate do not belong together makes nothing.
func TestMakeChecksTheMakersSignature(t *testing.T) {
	h := newHouse(t)
	other := h.office.certify(t, &h.office.ca, name("另一制章者"))
	s := h.start(func(c *seal.Config) { c.MakerCert = other.der })
	if _, err := s.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: "dept-a"}); err == nil || len(h.store.seals) != 2 {
		t.Errorf("a seal that nobody vouches for was made: %v", err)
	}
}
