// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"time"

	"github.com/govseal/govseal/ledger"
)

// CentreRecord is a key centre as recorded. The issuing CA's signature makes
// its charter more than a row that anybody with the database's password wrote.
type CentreRecord struct {
	ID        string // of its public key
	CA        string // whose key signed the charter
	Charter   []byte // DER: city, public key, officers, threshold
	Signature []byte // SM2 by the CA
	Created   time.Time
}

// EscrowedKey is an encryption key in escrow.
type EscrowedKey struct {
	SerialHex string // of the encryption certificate
	Signing   string // serial of the signing certificate beside it
	Centre    string // ID of the centre
	Sealed    []byte // the key, for the centre
	Enveloped []byte // the key, for the holder: SM2EnvelopedKey under the signing key
	Created   time.Time
}

// EscrowStore keeps key centres and escrowed keys, under the same contract as
// Store.
type EscrowStore interface {
	// RecordCentre refuses an ID that is taken (ErrState).
	RecordCentre(ctx context.Context, c CentreRecord, e ledger.Event) error
	// Centres returns the key centres, newest first.
	Centres(ctx context.Context) ([]CentreRecord, error)
	// RecordEscrowed completes a planned certificate, as RecordCertificate does,
	// and keeps its escrowed key in the same transaction. It refuses (ErrState) a
	// second key beside a signing certificate while a certificate of the first
	// is good or on hold and has not ended at k.Created.
	RecordEscrowed(ctx context.Context, der []byte, k EscrowedKey, events ...ledger.Event) error
	// Escrowed returns ErrNotFound for a certificate whose key is not in escrow.
	Escrowed(ctx context.Context, serialHex string) (EscrowedKey, error)
	// EscrowedBeside returns what was escrowed beside a signing certificate,
	// newest first.
	EscrowedBeside(ctx context.Context, signing string) ([]EscrowedKey, error)
	// RecordKey notes that a certificate's key came into our custody; ErrState
	// when it is there already.
	RecordKey(ctx context.Context, serialHex, keyRef string, e ledger.Event) error
	// RecordAct makes the trace of an act durable that changes no record:
	// a delivery, the intent and the result of a recovery.
	RecordAct(ctx context.Context, e ledger.Event) error
}
