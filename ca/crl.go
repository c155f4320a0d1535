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

// Lifetimes of the lists (design.md section 5, Evidence). The issuing CA's is
// re-issued when a quarter of its life has passed, and daily at the latest.
const (
	rootCRLLife    = 365 * day
	issuingCRLLife = 7 * day
	issuingCRLDue  = min(issuingCRLLife/4, day)
)

// system is the actor of what no person asked for.
const system = "system"

// CRL returns the newest list of a CA. Where its key is at hand the list is
// issued anew when a quarter of its lifetime has passed or something changed.
func (a *Authority) CRL(ctx context.Context, ca string) (CRL, error) {
	is, err := a.authority(ca)
	if err != nil {
		return CRL{}, err
	}
	newest, err := a.store.LatestCRL(ctx, is.id)
	if is.signer == nil {
		return newest, err
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return CRL{}, fmt.Errorf("ca: read the newest CRL: %w", err)
	}
	if err == nil && a.now().Sub(newest.ThisUpdate) < issuingCRLDue {
		if fits, err := a.isSettled(ctx, is, newest); err != nil || fits {
			return newest, err
		}
	}
	return a.reissue(ctx, is, system)
}

// isSettled reports whether the newest list says what the store holds. The
// question is asked after a start and after each change of ours; what another
// process changes it also publishes itself.
func (a *Authority) isSettled(ctx context.Context, is *issuer, newest CRL) (bool, error) {
	is.crlMu.Lock()
	defer is.crlMu.Unlock()
	if is.settled {
		return true, nil
	}
	bad, err := a.store.NotGood(ctx, is.id)
	if err != nil {
		return false, fmt.Errorf("ca: read revoked certificates: %w", err)
	}
	list, err := cert.ParseCRL(newest.DER)
	if err != nil {
		return false, fmt.Errorf("ca: the stored CRL: %w", err)
	}
	is.settled = sameEntries(list, bad)
	return is.settled, nil
}

// sameEntries compares a list with the certificates that belong into it.
func sameEntries(list *cert.CRL, bad []Certificate) bool {
	if len(list.Revoked) != len(bad) {
		return false
	}
	said := make(map[string]Certificate, len(bad))
	for _, c := range bad {
		said[c.SerialHex] = c
	}
	for _, r := range list.Revoked {
		if c, ok := said[serialHex(r.Serial)]; !ok || c.Reason != r.Reason || !c.Invalidity.Equal(r.Invalidity) {
			return false
		}
	}
	return true
}

// unsettle forgets that the CA's newest list is complete.
func (a *Authority) unsettle(is *issuer) {
	is.crlMu.Lock()
	defer is.crlMu.Unlock()
	is.settled = false
	a.evidence.forget()
}

// publish issues the list that a change of status calls for.
func (a *Authority) publish(ctx context.Context, is *issuer, actor string) error {
	if _, err := a.reissue(ctx, is, actor); err != nil {
		return fmt.Errorf("the status is recorded, but no CRL could be issued: %w", err)
	}
	return nil
}

// reissue makes a new list of a CA whose key is at hand.
func (a *Authority) reissue(ctx context.Context, is *issuer, actor string) (CRL, error) {
	is.crlMu.Lock()
	defer is.crlMu.Unlock()
	c, err := a.issueCRL(ctx, is, is.signer, issuingCRLLife, actor)
	is.settled = err == nil
	a.evidence.forget()
	return c, err
}

// IssueRootCRL makes a new root CRL; only with the root's signer at hand.
func (a *Authority) IssueRootCRL(ctx context.Context, actor string, rootSigner crypto.Signer) (CRL, error) {
	if actor == "" {
		return CRL{}, &RequestError{"actor", "is missing"}
	}
	return a.issueOfflineCRL(ctx, a.must(RootID), actor, rootSigner)
}

// issueOfflineCRL makes a new list of a CA whose key was brought for it.
func (a *Authority) issueOfflineCRL(ctx context.Context, is *issuer, actor string, signer crypto.Signer) (CRL, error) {
	is.crlMu.Lock()
	defer is.crlMu.Unlock()
	defer a.evidence.forget()
	return a.issueCRL(ctx, is, signer, rootCRLLife, actor)
}

// attempts bounds the races with other processes that one issue may lose.
const attempts = 5

// issueCRL reads, signs and records a list. When another process took the
// number meanwhile it starts over, so the newest list always holds everything
// that was recorded before it.
func (a *Authority) issueCRL(ctx context.Context, is *issuer, signer crypto.Signer, life time.Duration, actor string) (CRL, error) {
	if err := is.checkKey(signer); err != nil {
		return CRL{}, err
	}
	for range attempts {
		last, err := a.store.LatestCRL(ctx, is.id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return CRL{}, fmt.Errorf("ca: read the newest CRL: %w", err)
		}
		bad, err := a.store.NotGood(ctx, is.id)
		if err != nil {
			return CRL{}, fmt.Errorf("ca: read revoked certificates: %w", err)
		}
		c, err := a.signCRL(is, signer, last, bad, life)
		if err != nil {
			return CRL{}, err
		}
		err = a.store.RecordCRL(ctx, c, listed(actor, c, len(bad), a.now()))
		if err == nil {
			return c, nil
		}
		if !errors.Is(err, ErrStaleCRL) {
			return CRL{}, fmt.Errorf("ca: record the CRL: %w", err)
		}
	}
	return CRL{}, fmt.Errorf("ca: issue a CRL: lost %d races: %w", attempts, ErrStaleCRL)
}

// skew is how much earlier than the last list a clock may stand: replicas
// differ by seconds, a broken clock by more.
const skew = time.Minute

// signCRL builds the list that follows last.
func (a *Authority) signCRL(is *issuer, signer crypto.Signer, last CRL, bad []Certificate, life time.Duration) (CRL, error) {
	now := a.seconds()
	if now.Before(last.ThisUpdate) {
		if last.ThisUpdate.Sub(now) > skew {
			return CRL{}, fmt.Errorf("ca: the clock says %s, before the last CRL of %s: set the clock", now.Format(time.RFC3339), last.ThisUpdate.Format(time.RFC3339))
		}
		now = last.ThisUpdate
	}
	c := CRL{CA: is.id, Number: last.Number + 1, ThisUpdate: now, NextUpdate: now.Add(life)}
	entries, err := crlEntries(bad)
	if err != nil {
		return CRL{}, err
	}
	tbs, err := cert.CRLTemplate{Issuer: is.cert.RawSubject, ThisUpdate: c.ThisUpdate, NextUpdate: c.NextUpdate,
		Number: big.NewInt(c.Number), AuthorityKeyID: is.cert.SubjectKeyID, Revoked: entries}.MarshalTBS()
	if err != nil {
		return CRL{}, fmt.Errorf("ca: encode the CRL: %w", err)
	}
	sig, err := gm.SignMessage(signer, tbs) // verified under the key that checkKey compared
	if err != nil {
		return CRL{}, fmt.Errorf("ca: sign the CRL: %w", err)
	}
	c.DER, err = cert.Assemble(tbs, sig)
	return c, err
}

// crlEntries lists held and revoked certificates. Expired ones stay: a stamp
// proven old is judged long after its certificate's end.
func crlEntries(bad []Certificate) ([]cert.Revoked, error) {
	entries := make([]cert.Revoked, 0, len(bad))
	for _, c := range bad {
		serial, ok := new(big.Int).SetString(c.SerialHex, 16)
		if !ok || c.RevokedAt.IsZero() {
			return nil, fmt.Errorf("ca: the record of certificate %.80q is damaged", c.SerialHex)
		}
		entries = append(entries, cert.Revoked{Serial: serial, Date: c.RevokedAt.UTC(), Reason: c.Reason, Invalidity: c.Invalidity})
	}
	return entries, nil
}
