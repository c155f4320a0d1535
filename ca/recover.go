// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/escrow"
	"github.com/govseal/govseal/internal/gm"
)

// ErrRecovery means that a rule refused a recovery: too few officers, wrong
// secrets, shares of elsewhere, or a key that is not in escrow.
var ErrRecovery = errors.New("ca: the recovery is refused")

func refusedRecovery(field, problem string) error {
	return fmt.Errorf("%w: %w", ErrRecovery, &RequestError{field, problem})
}

// RecoveryRequest asks for an escrowed key. Passphrase or For says how it
// leaves; it never leaves in the clear.
type RecoveryRequest struct {
	Actor  string
	Reason string // why: kept in the audit log
	Serial string // of the encryption certificate
	Shares []RecoveryShare
	// For is the serial of the holder's new signing certificate: the key leaves
	// as a CSRResponse for it. Otherwise as PKCS#12 under Passphrase.
	For        string
	Passphrase []byte
}

// Recover brings an escrowed encryption key back with the shares of M recovery
// officers. The intent is durable before a share is opened, the result before
// the key leaves; an attempt that failed is recorded as such. Signing keys are
// never in escrow, and their certificates are refused by name.
func (a *Authority) Recover(ctx context.Context, r RecoveryRequest) ([]byte, error) {
	w, err := a.prepareRecovery(ctx, r)
	if err != nil {
		return nil, err
	}
	intent := r.event("ca.recover-intent", w.kept, w.officers, "", a.now())
	if err := a.store.RecordAct(ctx, intent); err != nil {
		return nil, fmt.Errorf("ca: record the intent to recover: %w", err)
	}
	data, err := w.run(a, r)
	if err != nil {
		failure := r.event("ca.recover-failed", w.kept, w.officers, err.Error(), a.now())
		return nil, errors.Join(err, a.store.RecordAct(ctx, failure))
	}
	result := r.event("ca.recover", w.kept, w.officers, "", a.now())
	if err := a.store.RecordAct(ctx, result); err != nil {
		clear(data)
		return nil, fmt.Errorf("ca: record the recovery: %w", err)
	}
	return data, nil
}

// recovery is a request that is whole: nothing secret was opened for it.
type recovery struct {
	record   Certificate
	cert     *cert.Certificate
	kept     EscrowedKey
	charter  *escrow.Charter
	given    []escrow.Given
	officers []string
	holder   *holder // of For
}

func (a *Authority) prepareRecovery(ctx context.Context, r RecoveryRequest) (*recovery, error) {
	switch {
	case r.Actor == "":
		return nil, &RequestError{"actor", "is missing"}
	case r.Reason == "":
		return nil, &RequestError{"reason", "is missing: a recovery says why"}
	case (r.For == "") == (len(r.Passphrase) == 0):
		return nil, &RequestError{"output", "give either a passphrase for a PKCS#12 file or a new signing certificate"}
	}
	w := &recovery{}
	if err := a.findEscrowed(ctx, r.Serial, w); err != nil {
		return nil, err
	}
	if r.For != "" {
		var err error
		if w.holder, err = a.signingHolder(ctx, r.For); err != nil {
			return nil, err
		}
		if !sameHolder(w, w.holder) {
			return nil, refusedRecovery("signing certificate", "is another holder's ("+w.holder.record.Subject+"): the key of "+w.record.Subject+" goes to its own holder")
		}
	}
	shares := make([]*escrow.Share, len(r.Shares))
	for i, given := range r.Shares {
		s, err := escrow.ParseShare(bytes.TrimSpace(given.File))
		if err != nil {
			return nil, &RequestError{"share", fmt.Sprintf("file %d: %v", i+1, err)}
		}
		shares[i] = s
		w.given, w.officers = append(w.given, escrow.Given{Share: s, Passphrase: given.Passphrase}), append(w.officers, s.Officer)
	}
	if err := w.charter.Fit(shares); err != nil {
		return nil, refusedRecovery("share", err.Error())
	}
	return w, nil
}

// findEscrowed fills in certificate, escrowed key and centre.
func (a *Authority) findEscrowed(ctx context.Context, serial string, w *recovery) error {
	var err error
	if w.record, err = a.Show(ctx, serial); err != nil {
		return err
	}
	if w.kept, err = a.escrowOf(ctx, w.record); errors.Is(err, ErrNotFound) {
		return refusedRecovery("certificate", w.record.SerialHex+" is of profile "+w.record.Profile+": its key was never in escrow; only encryption keys made by the key centre are, signing keys never")
	} else if err != nil {
		return fmt.Errorf("ca: read the escrowed key: %w", err)
	}
	if w.cert, err = cert.Parse(w.record.DER); err != nil {
		return fmt.Errorf("ca: read certificate %s: %w", w.record.SerialHex, err)
	}
	if w.cert.KeyUsage == nil || w.cert.KeyUsage.Bits&(cert.DigitalSignature|cert.NonRepudiation|cert.KeyCertSign|cert.CRLSign) != 0 {
		return refusedRecovery("certificate", w.record.SerialHex+" is a signing certificate: signing keys are never recovered")
	}
	charters, err := a.charters(ctx)
	if err != nil {
		return err
	}
	for _, c := range charters {
		if c.ID() == w.kept.Centre {
			w.charter = c
			return nil
		}
	}
	return fmt.Errorf("%w: centre %.16s, which escrowed the key, is not recorded", ErrCentre, w.kept.Centre)
}

// sameHolder compares registry entries where there are any, else the names.
func sameHolder(w *recovery, h *holder) bool {
	if w.record.Department != "" || w.record.Officer != "" {
		return w.record.Department == h.record.Department && w.record.Officer == h.record.Officer
	}
	return bytes.Equal(w.cert.RawSubject, h.cert.RawSubject)
}

// run opens the shares and builds what leaves.
func (w *recovery) run(a *Authority, r RecoveryRequest) ([]byte, error) {
	centre, err := w.charter.Reunite(w.given)
	if err != nil {
		return nil, refusedRecovery("share", err.Error())
	}
	key, err := centre.Open(w.kept.Sealed, w.cert.RawSPKI)
	if err != nil {
		return nil, fmt.Errorf("ca: open the escrowed key of %s: %w", w.record.SerialHex, err)
	}
	if w.holder == nil {
		return a.asPKCS12(w.record, key, r.Passphrase)
	}
	enveloped, err := gm.EnvelopeKey(w.holder.key, key)
	if err != nil {
		return nil, err
	}
	return asCSRResponse(w.holder.record.DER, enveloped, w.record.DER)
}
