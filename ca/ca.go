// SPDX-License-Identifier: Apache-2.0

// Package ca is the certificate authority: root and issuing CA, profiles,
// issue, revocation and CRLs, all with SM2. Serial number and to-be-signed
// octets are stored before a key is touched.
package ca

import (
	"context"
	"crypto"
	"errors"
	"time"

	"github.com/govseal/govseal/ledger"
)

var (
	ErrNotFound = errors.New("ca: no such certificate")
	ErrState    = errors.New("ca: the certificate's state does not allow this")
	ErrStaleCRL = errors.New("ca: a CRL number must not go backwards")
)

// Keys opens and makes signing keys; internal/keys implements it.
type Keys interface {
	Generate(ctx context.Context, use string) (ref string, public []byte, err error)
	Signer(ctx context.Context, ref, use string) (crypto.Signer, error)
}

// Status of a certificate.
type Status string

const (
	Planned Status = "planned" // to-be-signed octets stored, not signed
	Good    Status = "good"
	Hold    Status = "hold"
	Revoked Status = "revoked"
)

// CA is one authority: the root, or an issuing CA.
type CA struct {
	ID          string // "root", "issuing"
	Parent      string // "" for the root
	KeyRef      string // "" for the root: its key is in its own file
	Certificate []byte
	Created     time.Time
}

// Certificate is an issued certificate as recorded.
type Certificate struct {
	SerialHex  string // lower case, no leading zeros
	CA         string
	Profile    string
	Subject    string // readable
	Department string // registry ID, "" when none
	Officer    string
	KeyRef     string // "" when the key is held elsewhere
	TBS        []byte
	DER        []byte // nil while planned
	NotBefore  time.Time
	NotAfter   time.Time
	Status     Status
	RevokedAt  time.Time
	Reason     int       // RFC 5280 5.3.1
	Invalidity time.Time // zero when none
	Created    time.Time
}

// CRL is an issued list as recorded.
type CRL struct {
	CA         string
	Number     int64
	DER        []byte
	ThisUpdate time.Time
	NextUpdate time.Time
}

// Query selects certificates, newest first; zero fields select all.
type Query struct {
	Profile, Department, Officer, Text string
	Status                             Status
	ExpiresBefore                      time.Time
	Limit                              int
	After                              string // SerialHex to page on from
}

// Store keeps the authority's records. Each method is one durable
// transaction; those with an Event also write the audit entry and the leaf.
type Store interface {
	RecordCA(ctx context.Context, c CA, e ledger.Event) error
	CAs(ctx context.Context) ([]CA, error)
	// RecordPlanned stores serial and to-be-signed octets before signing; a
	// serial in use is ErrState.
	RecordPlanned(ctx context.Context, c Certificate) error
	// RecordCertificate completes a planned certificate.
	RecordCertificate(ctx context.Context, serialHex string, der []byte, e ledger.Event) error
	// RecordStatus moves a certificate's status; the store enforces that it
	// comes from one of the states given.
	RecordStatus(ctx context.Context, c Certificate, from []Status, e ledger.Event) error
	Certificate(ctx context.Context, serialHex string) (Certificate, error)
	CertificateByKey(ctx context.Context, keyRef string) (Certificate, error)
	Certificates(ctx context.Context, q Query) ([]Certificate, error)
	// NotGood returns held and revoked certificates of a CA for its CRL.
	NotGood(ctx context.Context, ca string) ([]Certificate, error)
	// RecordCRL refuses (ErrStaleCRL) a number that is not above the last.
	RecordCRL(ctx context.Context, c CRL, e ledger.Event) error
	LatestCRL(ctx context.Context, ca string) (CRL, error)
}

// Config of an Authority.
type Config struct {
	Store Store
	Keys  Keys
	Now   func() time.Time
	Arc   []int  // operator's OID arc; nil means 2.999.1
	URL   string // base of publication points, e.g. https://seal.example; "" leaves them out
}

// Authority issues from the issuing CA. It is safe for concurrent use.
type Authority struct{ _ struct{} }

// Create holds the first ceremony: root certificate (by rootSigner), issuing
// CA, CRLs of both. It fails when there is a CA already.
func Create(ctx context.Context, c Config, actor, cityName string, rootSigner crypto.Signer) (*Authority, error) {
	panic("unwritten")
}
func Load(ctx context.Context, c Config) (*Authority, error) { panic("unwritten") }

// Request for one certificate. Either KeyRef is set or PublicKey.
type Request struct {
	Actor      string
	Profile    string // department, officer, seal, seal-maker, tsa, ocsp, ledger
	Subject    Subject
	KeyRef     string
	PublicKey  []byte // DER SubjectPublicKeyInfo
	Department string // registry IDs, for finding
	Officer    string
	Validity   time.Duration // 0 means the profile's
}

// Subject of a certificate; fields that a profile does not use must be empty.
type Subject struct {
	Organization string // official name
	Unit         string
	CommonName   string
	SerialNumber string // staff number, or seal number
	CreditCode   string
	Province     string
	Locality     string
}

// Issue makes one certificate: prepare, store, sign once, store.
func (a *Authority) Issue(ctx context.Context, r Request) (Certificate, error) { panic("unwritten") }
func (a *Authority) Revoke(ctx context.Context, actor, serialHex string, reason int, invalidity time.Time, note string) error {
	panic("unwritten")
}
func (a *Authority) Suspend(ctx context.Context, actor, serialHex, note string) error {
	panic("unwritten")
}
func (a *Authority) Resume(ctx context.Context, actor, serialHex, note string) error {
	panic("unwritten")
}

// Certificates for people and programs.
func (a *Authority) Find(ctx context.Context, q Query) ([]Certificate, error) { panic("unwritten") }
func (a *Authority) Show(ctx context.Context, serialHex string) (Certificate, error) {
	panic("unwritten")
}
func (a *Authority) Root() []byte    { panic("unwritten") }
func (a *Authority) Issuing() []byte { panic("unwritten") }

// CRL returns the newest list of "root" or "issuing", re-issuing the issuing
// CA's when a quarter of its lifetime has passed or something changed.
func (a *Authority) CRL(ctx context.Context, ca string) (CRL, error) { panic("unwritten") }

// IssueRootCRL makes a new root CRL; only with the root's signer at hand.
func (a *Authority) IssueRootCRL(ctx context.Context, actor string, rootSigner crypto.Signer) (CRL, error) {
	panic("unwritten")
}

// Evidence returns the certificates above certDER (anchor included) and the
// CRLs that an offline check needs.
func (a *Authority) Evidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error) {
	panic("unwritten")
}
