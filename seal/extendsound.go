// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
)

// sound refuses a file whose signatures do not hold: to add a time-stamp to a
// forgery would lend it our name. It is no verification: trust and revocation
// are for those who will read the file.
func (x *extending) sound(ctx context.Context) error {
	seals := 0
	for i := range x.sigs {
		sig := &x.sigs[i]
		if sig.Removed {
			return refuse(ReasonChanged, "the signature in field %q was removed", sig.Fields[0])
		}
		if len(sig.Law) > 0 {
			return refuse(ReasonBroken, "the signature in field %q is not sound: %s", sig.Fields[0], sig.Law[0])
		}
		if sig.Timestamp() {
			continue
		}
		seals++
		if err := x.holds(ctx, sig); err != nil {
			return err
		}
		if err := x.unchanged(ctx, sig); err != nil {
			return err
		}
	}
	if seals == 0 {
		return refuse(ReasonUnsealed, "the document bears no signature")
	}
	return nil
}

// unchanged refuses what was changed after the signature against the rules.
func (x *extending) unchanged(ctx context.Context, sig *pdf.Signature) error {
	changes, err := x.doc.Changes(ctx, sig)
	if err != nil {
		return refusedPDF(err)
	}
	for _, c := range changes {
		if why := sig.Forbids(c); why != "" {
			return refuse(ReasonChanged, "after the signature in field %q: %s (%s)", sig.Fields[0], c.Name, why)
		}
	}
	return nil
}

// holds checks digest and signature value.
func (x *extending) holds(ctx context.Context, sig *pdf.Signature) error {
	no := func(err error) error {
		return refuse(ReasonBroken, "the signature in field %q does not hold: %v", sig.Fields[0], err)
	}
	r, err := readContents(sig)
	if err != nil {
		return no(err)
	}
	if r.ses != nil {
		if err := x.covers(ctx, sig, gm.NewHash(), r.ses.DataHash); err != nil {
			return no(err)
		}
		c, err := cert.Parse(r.ses.Cert)
		if err != nil {
			return no(err)
		}
		if err := cert.CheckSignature(c.PublicKey, cert.Algorithm{OID: gm.OIDSM2WithSM3}, r.ses.TBS, r.ses.Signature); err != nil {
			return no(err)
		}
		return nil
	}
	if err := x.cmsHolds(ctx, sig, r); err != nil {
		return no(err)
	}
	return nil
}

func (x *extending) cmsHolds(ctx context.Context, sig *pdf.Signature, r contents) error {
	if r.signer == nil || !r.cms.Detached {
		return errors.New("not a detached CMS with its signer's certificate")
	}
	si := &r.cms.Signers[0]
	if si.SignedRaw == nil {
		return errors.New("no signed attributes")
	}
	digest, err := si.MessageDigest()
	if err != nil {
		return err
	}
	h, err := cms.NewHash(si.DigestAlgorithm.OID)
	if err != nil {
		return err
	}
	if err := x.covers(ctx, sig, h, digest); err != nil {
		return err
	}
	c, err := cert.Parse(r.signer)
	if err != nil {
		return err
	}
	return si.VerifySignature(c.PublicKey, nil)
}

func (x *extending) covers(ctx context.Context, sig *pdf.Signature, h hash.Hash, digest []byte) error {
	if err := x.doc.Digest(ctx, sig, h); err != nil {
		return err
	}
	if !bytes.Equal(h.Sum(nil), digest) {
		return errors.New("the signed octets were changed")
	}
	return nil
}

// onlySM3 answers a token's question for a digest of which only SM3 is known.
func onlySM3(digest [32]byte) func(asn1.ObjectIdentifier) ([]byte, error) {
	return func(alg asn1.ObjectIdentifier) ([]byte, error) {
		if !alg.Equal(gm.OIDSM3) {
			return nil, fmt.Errorf("imprint by %v", alg)
		}
		return digest[:], nil
	}
}
