// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
)

func (c caRows) RecordCentre(ctx context.Context, r ca.CentreRecord, e ledger.Event) error {
	return c.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO key_centres (id, ca, charter, signature, created)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, r.ID, r.CA, r.Charter, r.Signature, milli(r.Created))
		if err == nil && n == 0 {
			return fmt.Errorf("key centre %q exists already: %w", r.ID, ca.ErrState)
		}
		return err
	})
}

func (c caRows) Centres(ctx context.Context) ([]ca.CentreRecord, error) {
	return all(ctx, c.db.read(), func(scan scanner) (r ca.CentreRecord, err error) {
		var created int64
		err = scan(&r.ID, &r.CA, &r.Charter, &r.Signature, &created)
		r.Created = instant(created)
		return r, err
	}, `SELECT id, ca, charter, signature, created FROM key_centres ORDER BY seq DESC`)
}

// RecordEscrowed puts the key beside its certificate: neither is there without
// the other.
func (c caRows) RecordEscrowed(ctx context.Context, der []byte, k ca.EscrowedKey, events ...ledger.Event) error {
	return c.db.announceAll(ctx, events, func(ctx context.Context, t *tx) error {
		if err := t.single(ctx, k); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE certificates SET der = $1, status = $2 WHERE serial = $3 AND status = $4`,
			der, ca.Good, k.SerialHex, ca.Planned)
		if err := t.moved1(ctx, n, err, k.SerialHex); err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO escrowed_keys (serial, signing, centre, sealed, enveloped, created)
			VALUES ($1, $2, $3, $4, $5, $6)`, k.SerialHex, k.Signing, k.Centre, k.Sealed, k.Enveloped, milli(k.Created))
		return err
	})
}

// single locks the signing certificate, so that of two keys beside it one is
// first.
func (t *tx) single(ctx context.Context, k ca.EscrowedKey) error {
	var serial string
	err := t.row(ctx, `SELECT serial FROM certificates WHERE serial = $1`+t.lock, k.Signing).scan(&serial)
	if err != nil {
		return found(err, ca.ErrNotFound, "signing certificate", k.Signing)
	}
	var before int64
	err = t.row(ctx, `SELECT count(*) FROM escrowed_keys e JOIN certificates c ON c.serial = e.serial
		WHERE e.signing = $1 AND c.status IN ('good', 'hold') AND c.not_after > $2`, k.Signing, milli(k.Created)).scan(&before)
	if err == nil && before > 0 {
		return fmt.Errorf("certificate %s has an encryption certificate beside it: %w", k.Signing, ca.ErrState)
	}
	return err
}

const escrowedColumns = `SELECT serial, signing, centre, sealed, enveloped, created FROM escrowed_keys`

func readEscrowed(scan scanner) (k ca.EscrowedKey, err error) {
	var created int64
	err = scan(&k.SerialHex, &k.Signing, &k.Centre, &k.Sealed, &k.Enveloped, &created)
	k.Created = instant(created)
	return k, err
}

func (c caRows) Escrowed(ctx context.Context, serialHex string) (ca.EscrowedKey, error) {
	k, err := readEscrowed(c.db.read().row(ctx, escrowedColumns+` WHERE serial = $1`, serialHex).scan)
	return k, found(err, ca.ErrNotFound, "escrowed key of", serialHex)
}

func (c caRows) EscrowedBeside(ctx context.Context, signing string) ([]ca.EscrowedKey, error) {
	return all(ctx, c.db.read(), readEscrowed, escrowedColumns+` WHERE signing = $1 ORDER BY seq DESC`, signing)
}

func (c caRows) RecordKey(ctx context.Context, serialHex, keyRef string, e ledger.Event) error {
	return c.db.record(ctx, e, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE certificates SET key_ref = $1 WHERE serial = $2 AND key_ref = '' AND status = $3`, keyRef, serialHex, ca.Good)
		return t.moved1(ctx, n, err, serialHex)
	})
}

func (c caRows) RecordAct(ctx context.Context, e ledger.Event) error {
	return c.db.record(ctx, e, func(context.Context, *tx) error { return nil })
}
