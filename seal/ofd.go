// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
)

// KindOFD is an OFD package (GB/T 33190) handed in.
const KindOFD Kind = "ofd"

// TypeOFD is the media type of OFD packages.
const TypeOFD = "application/ofd"

// StampOFD adds a seal to an OFD package: one signature (GB/T 38540) in as many
// places as asked for. The stored octets of every entry that is not a list of
// signatures stay. With Lock no further signature may follow.
func (s *Service) StampOFD(ctx context.Context, r Request, document []byte) (*Stamp, error) {
	return s.stamp(ctx, r, KindOFD, &ofdPaper{s: s, r: r, document: document})
}

type ofdPaper struct {
	s        *Service
	r        Request
	document []byte
	pkg      *ofd.Package // nil until read
}

// read opens the package and refuses what must not be sealed.
func (p *ofdPaper) read(ctx context.Context) error {
	if p.pkg != nil {
		return nil
	}
	if int64(len(p.document)) > p.s.cfg.MaxDocument {
		return refuse(ReasonTooLarge, "%d octets, at most %d are taken", len(p.document), p.s.cfg.MaxDocument)
	}
	pkg, err := openPackage(ctx, p.document)
	if err != nil {
		return err
	}
	older, err := pkg.Signatures()
	if err != nil {
		return refusedOFD(err)
	}
	for _, s := range older {
		if s.Locks() {
			return refuse(ReasonCertified, "signature %s locks the package: no further one may follow", s.ID)
		}
	}
	p.pkg = pkg
	return nil
}

// openPackage opens an OFD package that may be sealed: it is sound, and what
// older signatures list is still as they list it.
func openPackage(ctx context.Context, document []byte) (*ofd.Package, error) {
	pkg, err := ofd.Open(bytes.NewReader(document), int64(len(document)), ofd.Limits{})
	if err != nil {
		return nil, refusedOFD(err)
	}
	older, err := pkg.Signatures()
	if err != nil {
		return nil, refusedOFD(err)
	}
	for i := range older {
		if len(older[i].Law) > 0 {
			return nil, refuse(ReasonBroken, "an older signature is not sound: %s", older[i].Law[0])
		}
		checked, err := pkg.CheckReferences(ctx, &older[i])
		if err != nil {
			return nil, refusedOFD(err)
		}
		for _, c := range checked {
			if c.State != ofd.StateMatch {
				return nil, refuse(ReasonBroken, "an older signature no longer fits the package: %s", c.State)
			}
		}
	}
	return pkg, nil
}

func (p *ofdPaper) intent(i *Intent) { i.Document = gm.SM3(p.document) }

func (p *ofdPaper) make(ctx context.Context, a *act) (product, error) {
	spec, err := p.spec(ctx, a.seal)
	if err != nil {
		return product{}, err
	}
	signed, value, err := p.s.signOFD(ctx, a, p.pkg, spec)
	if err != nil {
		return product{}, err
	}
	return product{output: signed, outputType: TypeOFD, signature: value, asked: p.r.Place}, nil
}

// signOFD lays the signature out, signs it, writes the package and reads it
// back as a verifier would.
func (s *Service) signOFD(ctx context.Context, a *act, pkg *ofd.Package, spec ofd.Spec) (signed, value []byte, err error) {
	spec.Provider, spec.Time = ofd.Provider{Name: "govseal"}, a.time
	if spec.Type == ofd.TypeSeal {
		spec.Seal = a.seal.der
	}
	laid, err := pkg.Prepare(ctx, spec)
	if err != nil {
		return nil, nil, refusedOFD(err)
	}
	if value, err = s.signatureXML(ctx, a, laid, spec.Type); err != nil {
		return nil, nil, err
	}
	var whole []byte
	if spec.Whole != nil {
		if whole, err = s.signPlain(ctx, a, gm.SM3(laid.WholeXML())); err != nil {
			return nil, nil, err
		}
	}
	var out bytes.Buffer
	if _, err := laid.Write(&out, value, whole); err != nil {
		return nil, nil, fmt.Errorf("seal: write the package: %w", err)
	}
	if err := checkOFD(ctx, out.Bytes(), laid.ID(), value); err != nil {
		return nil, nil, fmt.Errorf("seal: self-check: %w", err)
	}
	return out.Bytes(), value, nil
}

// signatureXML signs the octets of Signature.xml: as a seal signature
// (GB/T 38540), or plainly (GB/T 35275).
func (s *Service) signatureXML(ctx context.Context, a *act, laid *ofd.Prepared, form string) ([]byte, error) {
	if form == ofd.TypeSign {
		return s.signPlain(ctx, a, laid.Digest())
	}
	return s.signSES(ctx, a, laid.Digest(), laid.Path())
}

// signPlain makes a detached GB/T 35275 SignedData with signed attributes, the
// shape that OFD readers accept (facts/seal-formats.md 6.1 B).
func (s *Service) signPlain(ctx context.Context, a *act, contentDigest [32]byte) ([]byte, error) {
	b := cms.Builder{GB35275: true, Certificate: a.seal.cert.Raw, Chain: a.chain, SigningTime: a.time}
	attrs, err := b.Prepare(contentDigest)
	if err != nil {
		return nil, fmt.Errorf("seal: write signed attributes: %w", err)
	}
	return s.sign(ctx, a, slip{
		message: attrs,
		join:    func(signature, token []byte) ([]byte, error) { return b.Complete(attrs, signature, token) },
		check: func(made, signature, token []byte) error {
			return checkPlain(made, a, contentDigest, attrs, signature, token)
		},
	})
}

// checkPlain reads back what was made as a verifier would.
func checkPlain(made []byte, a *act, contentDigest [32]byte, attrs, signature, token []byte) error {
	d, err := cms.Parse(made)
	if err != nil {
		return err
	}
	if len(d.Signers) != 1 || !d.Detached {
		return errors.New("CMS: not one detached signer")
	}
	si := &d.Signers[0]
	messageDigest, err := si.MessageDigest()
	if err != nil {
		return err
	}
	got, _, err := cms.Find(si.Unsigned, cms.OIDTimeStampToken)
	if err != nil {
		return err
	}
	return same("CMS", [][2][]byte{
		{messageDigest, contentDigest[:]}, {si.SignedRaw, attrs}, {si.Signature, signature}, {got, token},
		{d.Certificate(si), a.seal.cert.Raw},
	})
}

// checkOFD holds the written package to what was meant: the newest signature
// has our value, and every entry fits every list.
func checkOFD(ctx context.Context, octets []byte, id string, value []byte) error {
	pkg, err := openPackage(ctx, octets)
	if err != nil {
		return err
	}
	all, err := pkg.Signatures()
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].ID != id {
			continue
		}
		kept, err := pkg.SignedValue(&all[i])
		if err != nil {
			return err
		}
		return same("SignedValue.dat", [][2][]byte{{kept, value}})
	}
	return errors.New("the new signature is not listed")
}

// refusedOFD names why a package cannot be sealed.
func refusedOFD(err error) error {
	var refusal *ofd.Refusal
	var broken *ofd.Error
	switch {
	case errors.As(err, &refusal):
		reason := ReasonBroken
		switch refusal.Reason {
		case ofd.ReasonLocked:
			reason = ReasonCertified
		case ofd.ReasonPlace:
			reason = ReasonPlace
		}
		return refuse(reason, "%s", refusal.Detail)
	case errors.As(err, &broken):
		return refuse(ReasonBroken, "%v", broken)
	}
	return err
}
