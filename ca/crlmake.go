// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// skew is how much earlier than the last list a clock may stand: replicas
// differ by seconds, a broken clock by more.
const skew = time.Minute

// firstChange is where the store begins to count the changes of a CA.
const firstChange = 1

// makeLists builds and signs the list that follows last and, where there are
// deltas and a list to start from, the delta with the same number
// (RFC 5280 5.2.4: issued together, numbered alike).
func (a *Authority) makeLists(ctx context.Context, is *issuer, o order, last CRL) (lists []CRL, entries int, err error) {
	now, err := a.listTime(last)
	if err != nil {
		return nil, 0, err
	}
	next := CRL{CA: is.id, Shard: o.shard, Number: last.Number + 1, ThisUpdate: now, NextUpdate: now.Add(o.life)}
	if !o.short && next.NextUpdate.Before(last.NextUpdate) {
		next.NextUpdate = last.NextUpdate // a list promises no less than the one before it
	}
	// Read before the entries: what changes meanwhile may be listed, but the
	// list does not claim to hold it, and another follows.
	if next.Change, err = a.store.LastChange(ctx, is.id, o.shard); err != nil {
		return nil, 0, fmt.Errorf("ca: read the last change of the %s CA: %w", is.id, err)
	}
	bad, err := a.store.NotGood(ctx, is.id, o.shard)
	if err != nil {
		return nil, 0, fmt.Errorf("ca: read revoked certificates: %w", err)
	}
	scope, err := a.scope(ctx, is, o.shard)
	if err != nil {
		return nil, 0, err
	}
	delta, err := a.makeDelta(ctx, is, o, next, scope)
	if err != nil {
		return nil, 0, err
	}
	if a.policyOf(is).Delta && is.signer != nil {
		scope = append(scope, cert.ExtFreshestCRL(a.listURL(ListID{CA: is.id, Shard: o.shard, Delta: true})))
	}
	if next.DER, err = is.signList(o, next, bad, scope); err != nil {
		return nil, 0, err
	}
	return append([]CRL{next}, delta...), len(bad), nil
}

// makeDelta builds the delta to the oldest list that somebody may still hold:
// it serves everybody who holds that one or a newer one. The first list has none.
func (a *Authority) makeDelta(ctx context.Context, is *issuer, o order, next CRL, scope []cert.Extension) ([]CRL, error) {
	if is.signer == nil || !a.policyOf(is).Delta {
		return nil, nil
	}
	base, err := a.store.BaseCRL(ctx, is.id, o.shard, next.ThisUpdate)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ca: read the base of a delta CRL: %w", err)
	}
	changed, err := a.store.Changed(ctx, is.id, o.shard, base.Change)
	if err != nil {
		return nil, fmt.Errorf("ca: read changed certificates: %w", err)
	}
	delta := next
	delta.Base = base.Number
	extra := append([]cert.Extension{cert.ExtDeltaCRL(big.NewInt(base.Number))}, scope...)
	delta.DER, err = is.signList(o, delta, changed, extra)
	return []CRL{delta}, err
}

// actList builds the complete list of a CA in a ceremony, after last, which
// also says up to which change bad is known.
func (a *Authority) actList(is *issuer, signer crypto.Signer, last CRL, bad []Entry, life time.Duration) (CRL, error) {
	now, err := a.listTime(last)
	if err != nil {
		return CRL{}, err
	}
	c := CRL{CA: is.id, Number: last.Number + 1, Change: last.Change, ThisUpdate: now, NextUpdate: now.Add(life)}
	c.DER, err = is.signList(order{signer: signer}, c, bad, nil)
	return c, err
}

// listTime is now, or a little later when another process's clock is ahead.
func (a *Authority) listTime(last CRL) (time.Time, error) {
	now := a.seconds()
	if !now.Before(last.ThisUpdate) {
		return now, nil
	}
	if last.ThisUpdate.Sub(now) > skew {
		return now, fmt.Errorf("ca: the clock says %s, before the last CRL of %s: set the clock", now.Format(time.RFC3339), last.ThisUpdate.Format(time.RFC3339))
	}
	return last.ThisUpdate, nil
}

// scope is the issuing distribution point of a shard, none for a complete list.
// It repeats every address that certificates of the shard name (RFC 5280
// 5.2.5, 6.3.3 b: one in common is enough), and is critical: a list of some
// must not be taken for a list of all.
func (a *Authority) scope(ctx context.Context, is *issuer, shard int) ([]cert.Extension, error) {
	if shard == 0 {
		return nil, nil
	}
	points, err := a.store.Points(ctx, is.id)
	if err != nil {
		return nil, fmt.Errorf("ca: read the points of the %s CA: %w", is.id, err)
	}
	idp := cert.IssuingDistributionPoint{Critical: true, OnlyUserCerts: true}
	for _, p := range points {
		if p.Shard == shard {
			idp.FullName = append(idp.FullName, cert.NewURI(p.URI))
		}
	}
	if len(idp.FullName) == 0 {
		idp.FullName = []cert.GeneralName{cert.NewURI(a.listURL(ListID{CA: is.id, Shard: shard}))}
	}
	return []cert.Extension{cert.ExtIssuingDistributionPoint(idp)}, nil
}

func (i *issuer) signList(o order, c CRL, listed []Entry, extra []cert.Extension) ([]byte, error) {
	entries, err := crlEntries(listed, c.ThisUpdate)
	if err != nil {
		return nil, err
	}
	tbs, err := cert.CRLTemplate{Issuer: i.cert.RawSubject, ThisUpdate: c.ThisUpdate, NextUpdate: c.NextUpdate,
		Number: big.NewInt(c.Number), AuthorityKeyID: i.cert.SubjectKeyID, Revoked: entries, Extensions: extra}.MarshalTBS()
	if err != nil {
		return nil, fmt.Errorf("ca: encode the CRL: %w", err)
	}
	sig, err := gm.SignMessage(o.signer, tbs) // verified under the key that checkKey compared
	if err != nil {
		return nil, fmt.Errorf("ca: sign the CRL: %w", err)
	}
	return cert.Assemble(tbs, sig)
}

// crlEntries lists held and revoked certificates, and in a delta those that
// were taken off hold. Expired ones stay: a stamp proven old is judged long
// after its certificate's end.
func crlEntries(listed []Entry, now time.Time) ([]cert.Revoked, error) {
	entries := make([]cert.Revoked, len(listed))
	serials := make([]big.Int, len(listed))
	for i, c := range listed {
		serial, ok := serials[i].SetString(c.SerialHex, 16)
		switch {
		case !ok || c.RevokedAt.IsZero() && c.Status != Good:
			return nil, fmt.Errorf("ca: the record of certificate %.80q is damaged", c.SerialHex)
		case c.Status == Good: // RFC 5280 5.3.1: only in a delta, whose base may hold it
			entries[i] = cert.Revoked{Serial: serial, Date: now, Reason: cert.ReasonRemoveFromCRL}
		default:
			entries[i] = cert.Revoked{Serial: serial, Date: c.RevokedAt.UTC(), Reason: c.Reason, Invalidity: c.Invalidity}
		}
	}
	return entries, nil
}
