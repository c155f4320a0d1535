// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"crypto"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// Answer is what a responder is about to say.
type Answer struct {
	Responder    Responder
	ProducedAt   time.Time
	Singles      []Single
	Nonce        []byte   // nil for none
	Certificates [][]byte // DER, put beside the answer
}

// Sign makes the DER OCSPResponse, signed with SM2 over SM3. gm.SignMessage
// verifies the signature before it is released.
func (a Answer) Sign(signer crypto.Signer) ([]byte, error) {
	b := Basic{Responder: a.Responder, ProducedAt: a.ProducedAt.UTC(), Singles: a.Singles,
		SignatureAlgorithm: cert.Algorithm{OID: gm.OIDSM2WithSM3}, Certificates: a.Certificates}
	if a.Nonce != nil {
		if len(a.Nonce) < 1 || len(a.Nonce) > maxNonce {
			return nil, bad("nonce", "%d octets", len(a.Nonce))
		}
		b.Extensions = []cert.Extension{NonceExtension(a.Nonce)}
	}
	tbs, err := b.MarshalTBS()
	if err != nil {
		return nil, err
	}
	if b.Signature, err = gm.SignMessage(signer, tbs); err != nil {
		return nil, fmt.Errorf("sign the OCSP answer: %w", err)
	}
	der, err := b.Marshal()
	if err != nil {
		return nil, err
	}
	return MarshalSuccess(der)
}
