// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"math/big"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

// above returns the certificates from the CA up to its root.
func (a *Authority) above(is *issuer) ([]*cert.Certificate, error) {
	path := []*cert.Certificate{is.cert}
	for is.parent != "" {
		var err error
		if is, err = a.authority(is.parent); err != nil {
			return nil, err
		}
		path = append(path, is.cert)
	}
	return path, nil
}

// checkNesting refuses, before anything is signed, a certificate that a
// verifier would refuse below the issuer: outside its permitted names, longer
// than its path, with usages that it was not given (RFC 5280 6.1).
func (a *Authority) checkNesting(t cert.Template, by *issuer) error {
	path, err := a.above(by)
	if err != nil {
		return err
	}
	t.Serial = big.NewInt(1) // drawn later; no rule looks at it
	tbs, err := t.MarshalTBS()
	if err != nil {
		return &RequestError{"certificate", err.Error()}
	}
	der, err := cert.Assemble(tbs, []byte{0})
	if err != nil {
		return err
	}
	leaf, err := cert.Parse(der)
	if err != nil {
		return &RequestError{"certificate", err.Error()}
	}
	code, detail := chain.Nest(append([]*cert.Certificate{leaf}, path...), a.seconds(), chain.Usage{})
	if code != chain.OK {
		return &RequestError{"certificate", "would not verify below the " + by.id + " CA: " + string(code) + ": " + detail}
	}
	return nil
}

// constrained reports whether a CA, or one above it, bounds names or usages;
// otherwise there is nothing that a profile's end entity could break.
func (a *Authority) constrained(is *issuer) (bool, error) {
	path, err := a.above(is)
	if err != nil {
		return false, err
	}
	for _, c := range path {
		if c.NameConstraints != nil || c.ExtKeyUsage != nil || c.PolicyConstraints != nil {
			return true, nil
		}
	}
	return false, nil
}

// checkBelow judges an end entity's certificate to be.
func (a *Authority) checkBelow(t cert.Template, by *issuer) error {
	bound, err := a.constrained(by)
	if err != nil || !bound {
		return err
	}
	return a.checkNesting(t, by)
}

// Chain returns the certificate of a CA and of those above it up to its root, DER.
func (a *Authority) Chain(id string) ([][]byte, error) {
	is, err := a.authority(id)
	if err != nil {
		return nil, err
	}
	path, err := a.above(is)
	if err != nil {
		return nil, err
	}
	all := make([][]byte, len(path))
	for i, c := range path {
		all[i] = c.Raw
	}
	return all, nil
}

// Holds reports whether the key of a CA is in our custody, so that it issues
// without a ceremony.
func (a *Authority) Holds(id string) (bool, error) {
	is, err := a.authority(id)
	return err == nil && is.signer != nil, err
}
