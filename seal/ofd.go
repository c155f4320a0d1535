// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

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
	sm3      *[32]byte    // nil until read
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
	pkg, err := p.open(ctx)
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

// open takes the digest of the file beside those of its entries: SM3 is what
// sealing a large package costs, and there are two cores in any server.
func (p *ofdPaper) open(ctx context.Context) (*ofd.Package, error) {
	whole := make(chan [32]byte, 1)
	go func() { whole <- gm.SM3(p.document) }()
	pkg, err := openPackage(ctx, bytes.NewReader(p.document), int64(len(p.document)), nil)
	if err == nil {
		err = pkg.Warm(ctx)
	}
	sum := <-whole
	p.sm3 = &sum
	return pkg, err
}

// openPackage opens an OFD package that may be sealed: it is sound, and what
// older signatures list is still as they list it. What stayed as it was in
// old, which may be nil, need not be hashed again.
func openPackage(ctx context.Context, r io.ReaderAt, size int64, old *ofd.Package) (*ofd.Package, error) {
	pkg, err := ofd.Open(r, size, ofd.Limits{})
	if err == nil && old != nil {
		err = pkg.Inherit(ctx, old)
	}
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

func (p *ofdPaper) intent(i *Intent) {
	if p.sm3 == nil { // not read: it is about to be denied
		sum := gm.SM3(p.document)
		p.sm3 = &sum
	}
	i.Document = *p.sm3
}

func (p *ofdPaper) make(ctx context.Context, a *act) (product, error) {
	spec, err := p.spec(ctx, a.seal)
	if err != nil {
		return product{}, err
	}
	signed, err := p.s.signOFD(ctx, a, p.pkg, spec)
	if err != nil {
		return product{}, err
	}
	return product{outputFrom: signed.Reader(), outputSM3: &signed.sm3, outputType: TypeOFD, signature: signed.value, asked: p.r.Place}, nil
}

// sealedOFD is a signed package that passed its self-check.
type sealedOFD struct {
	*ofd.Assembled
	value []byte // SignedValue.dat
	sm3   [32]byte
}

// signOFD lays the signature out, signs it, writes the package and reads it
// back as a verifier would.
func (s *Service) signOFD(ctx context.Context, a *act, pkg *ofd.Package, spec ofd.Spec) (*sealedOFD, error) {
	spec.Provider, spec.Time = ofd.Provider{Name: "govseal"}, a.time
	if spec.Type == ofd.TypeSeal {
		spec.Seal = a.seal.der
	}
	laid, err := pkg.Prepare(ctx, spec)
	if err != nil {
		return nil, refusedOFD(err)
	}
	value, err := s.signatureXML(ctx, a, laid, spec.Type)
	if err != nil {
		return nil, err
	}
	var whole []byte
	if spec.Whole != nil {
		if whole, err = s.signPlain(ctx, a, gm.SM3(laid.WholeXML())); err != nil {
			return nil, err
		}
	}
	written, err := laid.Assemble(value, whole)
	if err != nil {
		return nil, fmt.Errorf("seal: write the package: %w", err)
	}
	signed := &sealedOFD{Assembled: written, value: value}
	return signed, signed.settle(ctx, pkg, laid.ID())
}

// settle checks the package beside taking its digest.
func (f *sealedOFD) settle(ctx context.Context, old *ofd.Package, id string) error {
	hashed := make(chan error, 1)
	go func() {
		h := gm.NewSM3()
		_, err := io.Copy(h, f.Reader())
		f.sm3 = h.Digest()
		hashed <- err
	}()
	err := checkOFD(ctx, f, old, id)
	if failed := <-hashed; err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("seal: self-check: %w", err)
	}
	return nil
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
func checkOFD(ctx context.Context, f *sealedOFD, old *ofd.Package, id string) error {
	pkg, err := openPackage(ctx, f, f.Size(), old)
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
		return same("SignedValue.dat", [][2][]byte{{kept, f.value}})
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
