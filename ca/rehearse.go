// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
)

// Rehearse says why a request would be refused, the linter's judgement
// included, and records and signs nothing. With a csr, DER, it is a request for
// ImportCSR; without one and without a key of its own, a request for a key that
// will be made in the key store.
func (a *Authority) Rehearse(ctx context.Context, r Request, csr []byte) error {
	p, err := a.rehearsed(ctx, r, csr)
	if err != nil {
		return err
	}
	if p.template.Serial, err = newSerial(); err != nil {
		return err
	}
	tbs, err := p.template.MarshalTBS()
	if err != nil {
		return fmt.Errorf("ca: encode the certificate: %w", err)
	}
	_, err = p.clear(tbs)
	return err
}

func (a *Authority) rehearsed(ctx context.Context, r Request, csr []byte) (*plan, error) {
	if csr != nil {
		return a.prepareCSR(ctx, r, csr)
	}
	if r.KeyRef == "" && r.PublicKey == nil {
		key, err := gm.GenerateKey()
		if err != nil {
			return nil, err
		}
		if r.PublicKey, err = gm.MarshalPublicKey(&key.PublicKey); err != nil {
			return nil, err
		}
		r.Source = FromStore
	}
	return a.prepare(ctx, r)
}
