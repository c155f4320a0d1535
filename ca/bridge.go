// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
)

// maxBridges bounds the rollovers that evidence carries.
const maxBridges = 8

// addBridges extends evidence that ends at a root by the self-issued
// certificates through which whoever trusts another key of that root verifies
// it, and by the lists that speak for them (RFC 4210 4.4). They are found by
// key: a root that was never rolled over costs one look at an index.
func (a *Authority) addBridges(ctx context.Context, root *issuer, chain, crls [][]byte) ([][]byte, [][]byte, error) {
	keys := [][]byte{root.cert.RawSPKI}
	for i := 0; i < len(keys) && i < maxBridges; i++ {
		all, err := a.store.CertificatesByKey(ctx, gm.SM3(keys[i]))
		if err != nil {
			return nil, nil, fmt.Errorf("ca: look for the root's other keys: %w", err)
		}
		for _, c := range all {
			if c.Profile != recordRollover || c.Status != Good {
				continue
			}
			by, err := a.authority(c.CA)
			if err != nil || !by.cert.Subject.Equal(root.cert.Subject) {
				continue
			}
			chain = append(chain, c.DER)
			if !contains(keys, by.cert.RawSPKI) {
				keys = append(keys, by.cert.RawSPKI)
				if crls, err = a.addList(ctx, by, crls); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	return chain, crls, nil
}

// addList adds the complete list of a CA; one that has none yet stays silent.
func (a *Authority) addList(ctx context.Context, is *issuer, crls [][]byte) ([][]byte, error) {
	l, err := a.List(ctx, ListID{CA: is.id})
	if errors.Is(err, ErrNotFound) || err == nil && contains(crls, l.DER) {
		return crls, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ca: CRL of the %s CA: %w", is.id, err)
	}
	return append(crls, l.DER), nil
}

func contains(list [][]byte, one []byte) bool {
	for _, other := range list {
		if bytes.Equal(other, one) {
			return true
		}
	}
	return false
}
