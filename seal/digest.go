// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"encoding/base64"
)

// StampDigest stamps a bare SM3 digest: the content was not seen, and the
// record says so. What is given back is an SES_Signature whose dataHash is the
// digest and whose propertyInfo is PropertyDigest. A grant must name the kind
// "digest"; the general ones do not cover it.
func (s *Service) StampDigest(ctx context.Context, r Request, digest [32]byte) (*Stamp, error) {
	st, err := s.stamp(ctx, r, KindDigest, &digestPaper{s, digest})
	if err != nil {
		return nil, err
	}
	return st.withSignature(), nil
}

// withSignature returns the stamp with its SES_Signature in the answer. The
// record holds the one beside the other: an answer with the signature inside
// would keep every seal picture two and a half times.
func (st *Stamp) withSignature() *Stamp {
	whole := *st
	open := bytes.TrimSuffix(st.Answer, []byte("}"))
	b := make([]byte, 0, len(open)+base64.StdEncoding.EncodedLen(len(st.Signature))+32)
	b = append(b, open...)
	b = append(b, `,"signature":"`...)
	b = base64.StdEncoding.AppendEncode(b, st.Signature)
	whole.Answer = append(b, `"}`...)
	return &whole
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
