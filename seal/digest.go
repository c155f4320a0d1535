// SPDX-License-Identifier: Apache-2.0

package seal

import "context"

// StampDigest stamps a bare SM3 digest: the content was not seen, and the
// record says so. What is given back is an SES_Signature whose dataHash is the
// digest and whose propertyInfo is PropertyDigest. A grant must name the kind
// "digest"; the general ones do not cover it.
func (s *Service) StampDigest(ctx context.Context, r Request, digest [32]byte) (*Stamp, error) {
	return s.stamp(ctx, r, KindDigest, &digestPaper{s, digest})
}

type digestPaper struct {
	s      *Service
	digest [32]byte
}

func (p *digestPaper) read(context.Context) error { return nil }

func (p *digestPaper) intent(i *Intent) { i.Document, i.ContentSeen = p.digest, false }

func (p *digestPaper) make(ctx context.Context, a *act) (product, error) {
	signature, err := p.s.signSES(ctx, a, p.digest, PropertyDigest)
	if err != nil {
		return product{}, err
	}
	return product{output: signature, outputType: TypeSignature, inRecord: true, signature: signature}, nil
}

// Media types of what stamps give back.
const (
	TypePDF       = "application/pdf"
	TypeDecision  = "application/json"
	TypeSignature = "application/octet-stream" // a bare SES_Signature, DER
)
