// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
)

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
