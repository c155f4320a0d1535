// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"time"

	"github.com/govseal/govseal/ledger"
)

// Status of a certificate.
type Status string

// The states of a certificate. Revoked is for ever; Hold may become Good again.
const (
	Planned Status = "planned" // to-be-signed octets stored, not signed
	Good    Status = "good"
	Hold    Status = "hold"
	Revoked Status = "revoked"
)

// CA is one authority: the root, an issuing CA, a district's subordinate.
type CA struct {
	ID          string // "root", "issuing", or what its ceremony named it
	Parent      string // "" for the root
	KeyRef      string // "" where the key lies elsewhere: the root's, in its own file
	Certificate []byte
	Created     time.Time
}

// Certificate is an issued certificate as recorded.
type Certificate struct {
	SerialHex  string // lower case, no leading zeros
	CA         string // the issuer
	Shard      int    // of the issuer's lists; 0 is none but the complete one
	Profile    string
	Subject    string // readable
	Department string // registry ID, "" when none
	Officer    string
	KeyRef     string   // "" when the key is held elsewhere
	Replaces   string   // serial of the certificate that this one follows, "" when none
	Batch      string   // what it was issued for once and never again: a row of a bulk run, the key of a request; "" when nothing
	KeyDigest  [32]byte // SM3 of the SubjectPublicKeyInfo, DER
	TBS        []byte
	DER        []byte // nil while planned
	NotBefore  time.Time
	NotAfter   time.Time
	Status     Status
	RevokedAt  time.Time // since when it is held or revoked
	Reason     int       // RFC 5280 5.3.1
	Invalidity time.Time // zero when none
	Created    time.Time
}

// CRL is an issued list as recorded.
type CRL struct {
	CA     string
	Shard  int   // 0 for a complete list
	Number int64 // grows within CA and shard; a delta has that of the list issued with it
	Base   int64 // BaseCRLNumber of a delta, 0 for others
	// Change is the last change of status, as the store counts them, that the
	// list is known to hold.
	Change     int64
	DER        []byte
	ThisUpdate time.Time
	NextUpdate time.Time
}

// Ceremony is the record of one reviewed file that was carried out.
type Ceremony struct {
	Digest     [32]byte // SM3 of the file
	Kind       string
	Authority  string // which was made, or acted
	Actor      string
	Begun      time.Time
	Attempts   int
	Finished   time.Time // zero while under way, or after an interruption
	Transcript []byte    // JSON
	Signature  []byte    // of the transcript, by the CA that acted
}

// ID of the list.
func (c CRL) ID() ListID { return ListID{CA: c.CA, Shard: c.Shard, Delta: c.Base > 0} }

// Entry is what a list says about one certificate.
type Entry struct {
	SerialHex  string
	Status     Status // Good in a delta: the hold was lifted
	RevokedAt  time.Time
	Reason     int
	Invalidity time.Time
}

func (c Certificate) entry() Entry {
	return Entry{SerialHex: c.SerialHex, Status: c.Status, RevokedAt: c.RevokedAt, Reason: c.Reason, Invalidity: c.Invalidity}
}

// Query selects certificates, newest first; zero fields select all.
type Query struct {
	CA, Profile, Department, Officer string
	Text                             string // within subject or serial
	Replaces                         string // serial of the certificate that is followed
	Batch                            string // row of a bulk run
	Status                           Status
	KeyDigest                        [32]byte  // SM3 of the SubjectPublicKeyInfo
	ExpiresAfter                     time.Time // at this instant or later
	ExpiresBefore                    time.Time
	NotFollowed                      bool // leaves out what a good certificate replaces
	Limit                            int
	After                            string // SerialHex to page on from
}

// Store keeps the authority's records. Each method is one durable
// transaction; those with an Event also write the audit entry and the leaf.
type Store interface {
	CAs(ctx context.Context) ([]CA, error)
	// RecordPlanned stores serial and to-be-signed octets before signing; a
	// serial in use is ErrState.
	RecordPlanned(ctx context.Context, c Certificate) error
	// RecordCertificate completes a planned certificate; it is ErrState when
	// another one of the same Batch is complete.
	// It is ErrState, too, when a certificate of the key is revoked as compromised.
	RecordCertificate(ctx context.Context, serialHex string, der []byte, e ledger.Event) error
	// RecordStatus moves a certificate's status; the store enforces that it
	// comes from one of the states given.
	RecordStatus(ctx context.Context, c Certificate, from []Status, e ledger.Event) error
	Certificate(ctx context.Context, serialHex string) (Certificate, error)
	// Standing is the part of Certificate that OCSP asks for each time.
	Standing(ctx context.Context, serialHex string) (Standing, error)
	CertificateByKey(ctx context.Context, keyRef string) (Certificate, error)
	// CompromisedKey returns the serial number of a certificate of the key that
	// was revoked for a compromise, of the key's or the CA's, "" when there is none.
	CompromisedKey(ctx context.Context, digest [32]byte) (serialHex string, err error)
	// CertificatesByKey returns every certificate of a public key, by the SM3 of
	// its SubjectPublicKeyInfo, newest first.
	CertificatesByKey(ctx context.Context, digest [32]byte) ([]Certificate, error)
	Certificates(ctx context.Context, q Query) ([]Certificate, error)
	// Changes counts, for each CA, the changes of status of its certificates:
	// it begins at 1, and RecordStatus raises it under a lock that is held until
	// the commit, so that whoever has read n sees all changes up to n.
	Changes(ctx context.Context) (map[string]int64, error)
	// LastChange is the newest change within a shard; shard 0 is the whole CA.
	LastChange(ctx context.Context, ca string, shard int) (int64, error)
	// NotGood returns held and revoked certificates for a list, oldest first;
	// shard 0 is the whole CA.
	NotGood(ctx context.Context, ca string, shard int) ([]Entry, error)
	// Changed returns the certificates whose status changed after a change, for
	// a delta.
	Changed(ctx context.Context, ca string, shard int, after int64) ([]Entry, error)
	// RecordCRL records lists of one CA and shard that were issued together. It
	// refuses (ErrStaleCRL) a number that is not above the last.
	RecordCRL(ctx context.Context, lists []CRL, e ledger.Event) error
	// LatestCRL returns the newest list; its DER is left out when its number is
	// have, which the caller then has.
	LatestCRL(ctx context.Context, id ListID, have int64) (CRL, error)
	// BaseCRL returns the oldest list, without its DER, that has not ended at
	// that moment and knows which changes it holds.
	BaseCRL(ctx context.Context, ca string, shard int, at time.Time) (CRL, error)
	// RecordPoint adds an address of a shard; one that is there already is fine.
	RecordPoint(ctx context.Context, ca string, p Point) error
	// Points returns them in the order of recording.
	Points(ctx context.Context, ca string) ([]Point, error)
	// RecordBegun notes that a reviewed file is being carried out: again after
	// an interrupted attempt, never (ErrState) after a finished one.
	RecordBegun(ctx context.Context, c Ceremony) error
	// RecordCeremony makes everything that an act made known at once: planned
	// certificates complete, revocations, authority, list, and the ceremony
	// itself when c is not nil. One that contradicts what is recorded meanwhile
	// (ErrState, ErrStaleCRL) changes nothing.
	RecordCeremony(ctx context.Context, c *Ceremony, m *Made, events []ledger.Event) error
	// Ceremony returns the record of a reviewed file by its SM3.
	Ceremony(ctx context.Context, digest [32]byte) (Ceremony, error)
	// Ceremonies returns all records without their transcripts, newest first.
	Ceremonies(ctx context.Context) ([]Ceremony, error)
	EscrowStore
}

// Find lists certificates for people and programs.
func (a *Authority) Find(ctx context.Context, q Query) ([]Certificate, error) {
	return a.store.Certificates(ctx, q)
}

// Show returns one certificate; ErrNotFound when the serial is unknown.
func (a *Authority) Show(ctx context.Context, serialHex string) (Certificate, error) {
	serial, err := normalSerial(serialHex)
	if err != nil {
		return Certificate{}, err
	}
	return a.store.Certificate(ctx, serial)
}

// Unfinished lists what was planned and never completed: the process ended
// between the two records, or the signer failed. Whether a signature was made
// is unknown, but none was released. A planned certificate is never signed
// again and its serial never used again; the caller asks anew.
func (a *Authority) Unfinished(ctx context.Context) ([]Certificate, error) {
	return a.store.Certificates(ctx, Query{Status: Planned})
}
