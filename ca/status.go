// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// Reasons of revocation, RFC 5280 5.3.1.
const (
	ReasonUnspecified          = 0
	ReasonKeyCompromise        = 1
	ReasonCACompromise         = 2
	ReasonAffiliationChanged   = 3
	ReasonSuperseded           = 4
	ReasonCessationOfOperation = 5
	ReasonCertificateHold      = 6
	ReasonPrivilegeWithdrawn   = 9
	ReasonAACompromise         = 10
)

var reasonNames = map[int]string{
	ReasonUnspecified:          "unspecified",
	ReasonKeyCompromise:        "keyCompromise",
	ReasonCACompromise:         "cACompromise",
	ReasonAffiliationChanged:   "affiliationChanged",
	ReasonSuperseded:           "superseded",
	ReasonCessationOfOperation: "cessationOfOperation",
	ReasonCertificateHold:      "certificateHold",
	ReasonPrivilegeWithdrawn:   "privilegeWithdrawn",
	ReasonAACompromise:         "aACompromise",
}

// ReasonName returns the name of a reason as RFC 5280 writes it.
func ReasonName(reason int) string {
	if n, ok := reasonNames[reason]; ok {
		return n
	}
	return fmt.Sprintf("reason(%d)", reason)
}

// ParseReason reads the name of a reason for which an end entity's
// certificate can be revoked.
func ParseReason(name string) (int, error) {
	for r, n := range reasonNames {
		if n == name && revocable(r) {
			return r, nil
		}
	}
	return 0, &RequestError{"reason", fmt.Sprintf("%q is not one of unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn", name)}
}

// revocable reports whether a reason ends an end entity's certificate.
func revocable(reason int) bool {
	switch reason {
	case ReasonUnspecified, ReasonKeyCompromise, ReasonAffiliationChanged, ReasonSuperseded, ReasonCessationOfOperation, ReasonPrivilegeWithdrawn:
		return true
	}
	return false
}

// Revoke ends a certificate for ever and issues a CRL at once. invalidity is
// when the key is known or suspected to have been compromised, zero when not
// known. A held certificate stays listed from the day of the hold: it was not
// good in between. What is revoked already can still be found compromised, from
// an earlier day on (Aggravates); the day of its listing stays, and nothing else
// about it changes. A compromise ends every other certificate of the key that is
// good or on hold, too. When the error comes from the CRL the revocation itself
// stands, and the next CRL carries it.
func (a *Authority) Revoke(ctx context.Context, actor, serialHex string, reason int, invalidity time.Time, note string) error {
	if !revocable(reason) {
		return &RequestError{"reason", ReasonName(reason) + " cannot be given to an end entity"}
	}
	is, before, err := a.endEntity(ctx, actor, serialHex, "be revoked here: bring the root key (\"govseal ca revoke --issuing-ca\")")
	if err != nil {
		return err
	}
	after, err := a.revoked(before, reason, invalidity)
	if err != nil {
		return err
	}
	// A planned certificate may have been signed before the process ended: it
	// can be revoked, so that its serial number is in the list for ever.
	from := []Status{Good, Hold, Planned}
	if before.Aggravates(reason, after.Invalidity) {
		from = []Status{Revoked}
	}
	if err := a.move(ctx, is, before, after, from, "ca.revoke", actor, note); err != nil {
		return err
	}
	lists := []listing{{is, before.Shard}}
	var others error
	if reason == ReasonKeyCompromise {
		lists, others = a.revokeKey(ctx, actor, before, invalidity, note, lists)
	}
	for _, l := range lists {
		others = errors.Join(others, a.publish(ctx, l.is, actor, l.shard))
	}
	return others
}

// listing names the lists that a change of status calls for: the complete one
// of a CA, and a shard.
type listing struct {
	is    *issuer
	shard int
}

// revokeKey ends the other certificates of a compromised key, such as the one
// that was renewed: whoever has the key has it under each of them. It returns
// the lists given and those that are due for them, each once: a list is issued
// when all are recorded, not for each.
func (a *Authority) revokeKey(ctx context.Context, actor string, lost Certificate, invalidity time.Time, note string, lists []listing) ([]listing, error) {
	if lost.KeyDigest == ([32]byte{}) { // of a record from before keys were recorded
		return lists, nil
	}
	all, err := a.store.CertificatesByKey(ctx, lost.KeyDigest)
	if err != nil {
		return lists, fmt.Errorf("ca: look for the key's other certificates: %w", err)
	}
	var failed error
	for _, c := range all {
		if c.SerialHex == lost.SerialHex || c.Status != Good && c.Status != Hold || isAuthority(c) {
			continue
		}
		is, err := a.authority(c.CA)
		if err == nil {
			err = a.endWith(ctx, is, actor, c, invalidity, note)
		}
		if failed = errors.Join(failed, err); err == nil && !slices.Contains(lists, listing{is, c.Shard}) {
			lists = append(lists, listing{is, c.Shard})
		}
	}
	return lists, failed
}

// endWith records one of revokeKey's revocations.
func (a *Authority) endWith(ctx context.Context, is *issuer, actor string, c Certificate, invalidity time.Time, note string) error {
	after, err := a.revoked(c, ReasonKeyCompromise, invalidity)
	if err != nil {
		return err
	}
	return a.move(ctx, is, c, after, []Status{Good, Hold}, "ca.revoke", actor, note)
}

// Aggravates reports whether a revocation would say something worse of a
// revoked certificate than what is recorded: that its key was compromised, and
// not later than it counts as revoked now (RFC 5280 5.3.2).
func (c Certificate) Aggravates(reason int, invalidity time.Time) bool {
	if c.Status != Revoked || reason != ReasonKeyCompromise {
		return false
	}
	since, asked := c.RevokedAt, invalidity.Truncate(time.Second)
	if !asked.IsZero() && asked.Before(c.NotBefore) {
		asked = c.NotBefore // as revoked has it
	}
	if c.Reason == ReasonKeyCompromise && !c.Invalidity.IsZero() {
		since = c.Invalidity
	}
	if asked.IsZero() {
		return c.Reason != ReasonKeyCompromise
	}
	return asked.Before(since) || asked.Equal(since) && c.Reason != ReasonKeyCompromise
}

// revoked returns the record of c once it is revoked.
func (a *Authority) revoked(c Certificate, reason int, invalidity time.Time) (Certificate, error) {
	now := a.seconds()
	if invalidity.After(now) {
		return c, &RequestError{"invalidity date", "must not lie in the future"}
	}
	if !invalidity.IsZero() && invalidity.Before(c.NotBefore) { // never good: the certificate's beginning says the same
		invalidity = c.NotBefore
	}
	if c.Status != Hold && c.Status != Revoked {
		c.RevokedAt = now
	}
	c.Status, c.Reason, c.Invalidity = Revoked, reason, invalidity.Truncate(time.Second)
	return c, nil
}

// Suspend puts a certificate on hold (certificateHold): it can come back.
func (a *Authority) Suspend(ctx context.Context, actor, serialHex, note string) error {
	is, before, err := a.endEntity(ctx, actor, serialHex, "be put on hold")
	if err != nil {
		return err
	}
	after := before
	after.Status, after.Reason, after.RevokedAt, after.Invalidity = Hold, ReasonCertificateHold, a.seconds(), time.Time{}
	if err := a.move(ctx, is, before, after, []Status{Good}, "ca.suspend", actor, note); err != nil {
		return err
	}
	return a.publish(ctx, is, actor, before.Shard)
}

// Resume takes a certificate off hold; the next full CRL no longer lists it.
func (a *Authority) Resume(ctx context.Context, actor, serialHex, note string) error {
	is, before, err := a.endEntity(ctx, actor, serialHex, "be on hold")
	if err != nil {
		return err
	}
	after := before
	after.Status, after.Reason, after.RevokedAt, after.Invalidity = Good, 0, time.Time{}, time.Time{}
	if err := a.move(ctx, is, before, after, []Status{Hold}, "ca.resume", actor, note); err != nil {
		return err
	}
	return a.publish(ctx, is, actor, before.Shard)
}

// RevokeCA ends a CA below the root and lists it in a new CRL of the CA above
// it. It issues nothing afterwards. above is the key of that CA; nil means the
// one that this authority holds itself.
func (a *Authority) RevokeCA(ctx context.Context, actor, id string, reason int, invalidity time.Time, note string, above crypto.Signer) (CRL, error) {
	if !revocable(reason) && reason != ReasonCACompromise {
		return CRL{}, &RequestError{"reason", ReasonName(reason) + " cannot be given to a CA"}
	}
	is, err := a.authority(id)
	if err != nil {
		return CRL{}, err
	}
	parent, err := a.authority(cmp.Or(is.parent, RootID))
	if err != nil {
		return CRL{}, err
	}
	if is == parent {
		return CRL{}, fmt.Errorf("%w: nobody can revoke the root but whoever trusts it", ErrState)
	}
	if above == nil {
		above = parent.signer
	}
	if err := parent.checkKey(above); err != nil {
		return CRL{}, err
	}
	before, err := a.store.Certificate(ctx, serialHex(is.cert.Serial))
	if err != nil {
		return CRL{}, err
	}
	after, err := a.revoked(before, reason, invalidity)
	if err != nil {
		return CRL{}, err
	}
	if err := a.move(ctx, parent, before, after, []Status{Good}, "ca.revoke", actor, note); err != nil {
		return CRL{}, err
	}
	if parent.signer != nil {
		if err := a.publish(ctx, parent, actor, 0); err != nil {
			return CRL{}, err
		}
		return a.CRL(ctx, parent.id)
	}
	return a.issueOfflineCRL(ctx, parent, actor, above, 0)
}

// endEntity loads a certificate whose status an act may move, and its issuer; cannot says, for
// a CA, what it cannot do.
func (a *Authority) endEntity(ctx context.Context, actor, serial, cannot string) (*issuer, Certificate, error) {
	if actor == "" {
		return nil, Certificate{}, &RequestError{"actor", "is missing"}
	}
	c, err := a.Show(ctx, serial)
	if err != nil {
		return nil, Certificate{}, err
	}
	if isAuthority(c) {
		return nil, Certificate{}, fmt.Errorf("%w: a CA cannot %s", ErrState, cannot)
	}
	is, err := a.authority(c.CA)
	return is, c, err
}

// move records a change of status; the store compares the state it comes from.
func (a *Authority) move(ctx context.Context, is *issuer, before, after Certificate, from []Status, act, actor, note string) error {
	if err := checkNote(note); err != nil {
		return err
	}
	err := a.store.RecordStatus(ctx, after, from, moved(actor, act, note, before, after, a.now()))
	if err != nil {
		return fmt.Errorf("ca: certificate %s is %s: %w", before.SerialHex, before.Status, err)
	}
	a.evidence.forget()
	return nil
}

// checkNote bounds the text that goes into the audit log.
func checkNote(note string) error { return checkText("note", note, 500) }

// isAuthority reports whether a certificate is that of a CA; one that was never
// signed is nobody's.
func isAuthority(c Certificate) bool {
	if c.DER == nil {
		return false
	}
	parsed, err := cert.Parse(c.DER)
	return err != nil || parsed.BasicConstraints != nil && parsed.BasicConstraints.CA
}
