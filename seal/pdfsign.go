// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"encoding/asn1"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
)

// canvas is a PDF and the places on it where the seal is to stand.
type canvas struct {
	doc      *pdf.Document
	original io.ReaderAt
	size     int64
	hashed   *gm.Hash // running SM3 of the original, nil when nobody has it
	at       spots
	caption  *pdf.Caption
	certify  int
	lock     bool
	allow    []string // hazards that the deployment puts up with
	profile  string
	reason   string
	signer   string    // department's name, as the dictionary's Name
	time     time.Time // as its M
}

// of names who stamps and when.
func (c canvas) of(a *act) canvas {
	c.signer, c.time = a.admission.Department.Name, a.time
	return c
}

// signPDF lays the update out, signs it, and writes the file. When the
// signature is larger than the room kept for it, it does so again in another fit.
func (s *Service) signPDF(ctx context.Context, a *act, c canvas) (*sealedPDF, error) {
	most, err := c.mostRoom()
	if err != nil {
		return nil, err
	}
	f := fit{most: most, lists: a.crls}
	for {
		room := min(a.room(s.tokenRoom.Load()), f.most)
		laid, err := layOut(ctx, a.seal, c.of(a), room)
		if err != nil {
			return nil, err
		}
		var contents []byte
		if c.profile == ProfileSES {
			contents, err = s.signSES(ctx, a, laid.Digest(), PropertyPDF)
		} else {
			contents, err = s.signCMS(ctx, a, laid.Digest(), f.lists)
		}
		if err != nil {
			return nil, err
		}
		if len(contents) <= room {
			return write(ctx, laid, c, contents)
		}
		if err := s.refit(c, &f, room, len(contents)); err != nil {
			return nil, err
		}
	}
}

// fit is what a signature's room depends on. Each try changes one thing, once.
type fit struct {
	most  int      // octets that Contents may have
	lists [][]byte // revocation lists within
	grown bool     // more room is kept for the token than before
}

// refit says what to try after a signature that did not fit, or that there is
// nothing left to try.
func (s *Service) refit(c canvas, f *fit, room, got int) error {
	switch {
	case room < f.most && !f.grown:
		s.tokenRoom.Add(int64(got-room) + firstTokenRoom)
		f.grown = true
	case room < f.most:
		return fmt.Errorf("seal: a signature of %d octets does not fit in the %d kept", got, room)
	case slices.Contains(c.allow, pdf.HazardPDFA):
		f.most = math.MaxInt
	case f.lists != nil && c.profile != ProfileSES:
		// Long lists must not keep archives from being sealed: they are served
		// beside the stamp, and extend puts them into a store.
		f.lists = nil
	default:
		return refuse(ReasonActiveContent, "%s: a signature of %d octets, at most %d fit", pdf.HazardPDFA, got, f.most)
	}
	return nil
}

// mostRoom is the longest Contents that the file may have: one that says it is
// PDF/A shall stay so if it can.
func (c canvas) mostRoom() (int, error) {
	part, err := c.doc.Archive()
	if err != nil {
		return 0, refusedPDF(err)
	}
	if part < 1 || part > 3 {
		return math.MaxInt, nil
	}
	return pdf.MaxArchiveString, nil
}

// firstTokenRoom is kept for a time-stamp token until a larger one was seen.
const firstTokenRoom = 6 << 10

// room is how many octets of Contents the act needs beside the token.
func (a *act) room(token int64) int {
	n := 2048 + len(a.seal.der) + len(a.seal.cert.Raw)
	for _, der := range a.chain {
		n += len(der)
	}
	for _, der := range a.crls {
		n += len(der)
	}
	return n + int(token)
}

// signCMS makes the CMS of profile cms over the ByteRange digest: RFC 5652
// types, ESS certificate, Adobe's revocation attribute with the CRLs, and the
// whole SESeal as signed attribute under our arc (design.md section 5).
// Without lists the revocation attribute is left out.
func (s *Service) signCMS(ctx context.Context, a *act, contentDigest [32]byte, lists [][]byte) ([]byte, error) {
	sealAttribute := s.arc.SealAttribute()
	b := cms.Builder{
		Certificate: a.seal.cert.Raw, Chain: a.chain, SigningTime: a.time,
		Attributes: []cms.Attribute{{Type: sealAttribute, Values: [][]byte{a.seal.der}}},
	}
	if len(lists) > 0 {
		revocation, err := cms.MarshalRevocationInfo(lists, nil)
		if err != nil {
			return nil, fmt.Errorf("seal: write revocation attribute: %w", err)
		}
		b.Attributes = slices.Insert(b.Attributes, 0, cms.Attribute{Type: cms.OIDRevocationInfo, Values: [][]byte{revocation}})
	}
	attrs, err := b.Prepare(contentDigest)
	if err != nil {
		return nil, fmt.Errorf("seal: write signed attributes: %w", err)
	}
	return s.sign(ctx, a, slip{
		message: attrs,
		join:    func(signature, token []byte) ([]byte, error) { return b.Complete(attrs, signature, token) },
		check: func(made, signature, token []byte) error {
			return checkCMS(made, a, sealAttribute, contentDigest, attrs, signature, token)
		},
	})
}

// checkCMS reads back what was made as a verifier would.
func checkCMS(made []byte, a *act, seal asn1.ObjectIdentifier, contentDigest [32]byte, attrs, signature, token []byte) error {
	if err := checkPlain(made, a, contentDigest, attrs, signature, token); err != nil {
		return err
	}
	d, err := cms.Parse(made)
	if err != nil {
		return err
	}
	si := &d.Signers[0]
	sealDER, _, err := cms.Find(si.Signed, seal)
	if err != nil {
		return err
	}
	if ok, err := si.MatchESS(a.seal.cert.Raw); err != nil || !ok {
		return fmt.Errorf("CMS: ESS certificate does not fit: %w", err)
	}
	return same("CMS", [][2][]byte{{sealDER, a.seal.der}})
}
