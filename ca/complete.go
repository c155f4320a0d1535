// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"math/big"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/ledger"
)

// plan is a validated certificate to be. It is signed once at most: complete
// spends it, and only prepare functions make one.
type plan struct {
	actor    string
	issuer   *issuer
	template cert.Template
	promise  *lint.Profile // what its profile says; nil when a ceremony decides
	hosts    []string      // of its subjectAltName
	record   Certificate
	cleared  *cleared // by the linter
	spent    bool
	// keep makes the signed certificate durable; nil means RecordCertificate.
	keep func(ctx context.Context, c Certificate, e ledger.Event) error
}

// complete is the life of a certificate from here on: the linter passes the
// to-be-signed octets, they are durable with their serial number, then the key
// is touched once, then the result is durable.
func (a *Authority) complete(ctx context.Context, p *plan, signer crypto.Signer) (Certificate, error) {
	if p.spent {
		return Certificate{}, errors.New("ca: a plan is signed once only")
	}
	p.spent = true
	if err := p.issuer.checkKey(signer); err != nil {
		return Certificate{}, err
	}
	if err := a.ensurePoint(ctx, p.issuer, p.record.Shard); err != nil {
		return Certificate{}, err
	}
	if err := a.recordPlanned(ctx, p); err != nil {
		return Certificate{}, err
	}
	der, err := p.sign(signer)
	if err != nil {
		return Certificate{}, err
	}
	c := p.record
	c.DER, c.Status = der, Good
	keep := p.keep
	if keep == nil {
		keep = func(ctx context.Context, c Certificate, e ledger.Event) error {
			return a.store.RecordCertificate(ctx, c.SerialHex, c.DER, e)
		}
	}
	if err := keep(ctx, c, issued(p.actor, c, a.now())); err != nil {
		return Certificate{}, fmt.Errorf("ca: record certificate %s: %w", c.SerialHex, err)
	}
	return c, nil
}

// draws bounds the serial numbers tried. Of 128 random bits even one
// collision means that the random source is broken.
const draws = 3

// recordPlanned encodes a plan under a new serial number, has the linter judge
// the octets, and makes both durable.
func (a *Authority) recordPlanned(ctx context.Context, p *plan) error {
	var err error
	for range draws {
		if p.template.Serial, err = newSerial(); err != nil {
			return err
		}
		if p.record.TBS, err = p.template.MarshalTBS(); err != nil {
			return fmt.Errorf("ca: encode the certificate: %w", err)
		}
		if p.cleared, err = p.clear(p.record.TBS); err != nil {
			return err
		}
		p.record.SerialHex = serialHex(p.template.Serial)
		p.record.Status, p.record.Created = Planned, a.now().UTC()
		if err = a.store.RecordPlanned(ctx, p.record); err == nil {
			return nil
		}
		if !errors.Is(err, ErrState) {
			break
		}
	}
	return fmt.Errorf("ca: record the planned certificate: %w", err)
}

// sign has the issuer's key sign the octets that the linter passed, which are
// the recorded ones. The signature is verified under that key, which complete
// has compared with the issuer's certificate, before anything is stored; what
// is assembled from it must be what the linter read, with that signature.
func (p *plan) sign(signer crypto.Signer) ([]byte, error) {
	if p.cleared == nil || !bytes.Equal(p.cleared.tbs, p.record.TBS) {
		return nil, errNotCleared
	}
	sig, err := gm.SignMessage(signer, p.cleared.tbs)
	if err != nil {
		return nil, fmt.Errorf("ca: sign certificate %s: %w", p.record.SerialHex, err)
	}
	der, err := cert.Assemble(p.record.TBS, sig)
	if err != nil {
		return nil, err
	}
	read := p.cleared.read
	if err := read.Resigned(der, sig); err != nil {
		return nil, fmt.Errorf("ca: the new certificate does not read back: %w", err)
	}
	if read.Serial.Cmp(p.template.Serial) != 0 || len(read.Tolerated) > 0 {
		return nil, fmt.Errorf("ca: the new certificate is not what was planned %v", read.Tolerated)
	}
	return der, nil
}

// serialHex is the recorded form of a serial number.
func serialHex(n *big.Int) string { return n.Text(16) }
