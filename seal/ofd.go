// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"io"

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
