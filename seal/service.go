// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/registry"
)

// Config of a Service.
type Config struct {
	Store       Store
	Registry    registry.Store
	Blobs       Blobs
	Keys        Keys
	Authority   Authority
	TSA         TimeStamper   // nil: level B
	TSAWait     time.Duration // for all tokens of one stamp together; 0 means 5 s
	MakerKey    string        // reference of the seal maker's key
	MakerCert   []byte        // its certificate, DER
	Arc         []int         // nil means 2.999.1
	Finder      Finder        // searches keywords; nil: placement by keyword is refused
	Allow       []string      // names of hazards of PDFs that this deployment puts up with
	VerifyURL   string        // what QR codes lead to: VerifyURL + "/s/" + code
	Now         func() time.Time
	MaxDocument int64         // octets, 0 means 50 MiB
	Lease       time.Duration // how long an attempt holds its intent; 0 means 1 min
	Log         *slog.Logger  // nil discards
	// SecondPerson names the acts that take two: ActMake, ActFile, ActActivate,
	// ActSuspend, ActResume, ActCancel, ActLost. ActMake covers re-making.
	SecondPerson []Act
}

// Defaults of Config.
const (
	DefaultTSAWait     = 5 * time.Second
	DefaultMaxDocument = 50 << 20
	DefaultLease       = time.Minute
)

// recordWait bounds the transaction that ends a stamp, which goes on when the
// caller has hung up.
const recordWait = 15 * time.Second

// Service makes seals and stamps. It is safe for concurrent use.
type Service struct {
	cfg       Config
	arc       cert.Arc
	makerCert *cert.Certificate
	opened    *openedSeals
	tokenRoom atomic.Int64 // octets kept free for a token in a PDF; grows with what was seen
}

// New checks the configuration. It opens no key and reads no record.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Registry == nil || c.Blobs == nil || c.Keys == nil || c.Authority == nil {
		return nil, errors.New("seal: Store, Registry, Blobs, Keys and Authority are required")
	}
	if c.MakerKey == "" || len(c.MakerCert) == 0 {
		return nil, errors.New("seal: the seal maker's key and certificate are required")
	}
	for _, name := range c.Allow {
		if !pdf.KnownHazard(name) {
			return nil, fmt.Errorf("seal: Allow names no hazard of a PDF: %q", name)
		}
	}
	maker, err := cert.Parse(c.MakerCert)
	if err != nil {
		return nil, fmt.Errorf("seal: read the seal maker's certificate: %w", err)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.TSAWait = orDefault(c.TSAWait, DefaultTSAWait)
	c.Lease = orDefault(c.Lease, DefaultLease)
	c.MaxDocument = orDefault(c.MaxDocument, DefaultMaxDocument)
	s := &Service{cfg: c, arc: cert.DefaultArc, makerCert: maker, opened: newOpenedSeals()}
	if c.Arc != nil {
		s.arc = cert.Arc(c.Arc)
	}
	s.tokenRoom.Store(firstTokenRoom)
	return s, nil
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Unfinished lists the intents that an earlier run left without a result and
// whose lease has expired: what start-up reports. Nothing of them was
// released, and none is signed again unless its caller asks with the same key.
func (s *Service) Unfinished(ctx context.Context) ([]Intent, error) {
	left, err := s.cfg.Store.Unfinished(ctx, s.cfg.Now())
	if err != nil {
		return nil, fmt.Errorf("seal: list unfinished stamps: %w", err)
	}
	return left, nil
}

// Store gives read access to seals, stamps and decisions.
func (s *Service) Store() Store { return s.cfg.Store }
