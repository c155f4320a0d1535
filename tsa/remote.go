// SPDX-License-Identifier: Apache-2.0

package tsa

import (
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/tsp"
)

// Stamper gives RFC 3161 tokens over the digest of data. Authority, Remote and
// Several are Stampers.
type Stamper interface {
	Stamp(ctx context.Context, data []byte) (token []byte, err error)
}

// Remote is another body's time-stamp authority.
type Remote struct {
	Name string // for errors and logs
	// Exchange sends a DER TimeStampReq and returns what came back.
	Exchange func(ctx context.Context, request []byte) (response []byte, err error)
	// SHA256 asks for a token over SHA-256 where the authority knows no SM3.
	SHA256 bool
}

var oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}

// Stamp asks for a token with a fresh nonce and holds what comes back to RFC
// 3161 2.4.2: granted, this nonce, this imprint, a signature by a certificate
// that is for time-stamping alone. Whether that certificate is trusted is the
// verifier's question.
func (r *Remote) Stamp(ctx context.Context, data []byte) ([]byte, error) {
	token, err := r.stamp(ctx, data)
	if err != nil {
		return nil, fmt.Errorf("time-stamp authority %s: %w", r.Name, err)
	}
	return token, nil
}

func (r *Remote) stamp(ctx context.Context, data []byte) ([]byte, error) {
	nonce, err := newSerial()
	if err != nil {
		return nil, err
	}
	q := tsp.Request{HashAlgorithm: gm.OIDSM3, Nonce: nonce, CertReq: true}
	if sum := gm.SM3(data); !r.SHA256 {
		q.Imprint = sum[:]
	} else {
		sum := sha256.Sum256(data)
		q.HashAlgorithm, q.Imprint = oidSHA256, sum[:]
	}
	request, err := q.Marshal()
	if err != nil {
		return nil, err
	}
	response, err := r.Exchange(ctx, request)
	if err != nil {
		return nil, err
	}
	token, err := tsp.ParseResponse(response)
	if err != nil {
		return nil, err
	}
	return token, r.check(token, &q, data)
}

func (r *Remote) check(token []byte, q *tsp.Request, data []byte) error {
	t, err := tsp.ParseToken(token)
	if err != nil {
		return err
	}
	if t.Info.Nonce == nil || t.Info.Nonce.Cmp(q.Nonce) != 0 {
		return errors.New("the token does not carry the nonce")
	}
	if !t.Info.HashAlgorithm.Equal(q.HashAlgorithm) {
		return errors.New("the token is over another digest")
	}
	certDER, err := t.Verify(data, nil)
	if err != nil {
		return err
	}
	return tsp.CheckCertificateDER(certDER)
}
