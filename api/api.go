// SPDX-License-Identifier: Apache-2.0

// Package api is the HTTP face of govseal: stamping for approval systems,
// verification for everybody, publication points of the CA, the ledger,
// health and metrics. JSON routes are typed huma operations, from which the
// served OpenAPI document comes; DER, files and pages are plain handlers.
// Every route stands in routes.go.
package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/tsa"
	"github.com/govseal/govseal/verify"
)

// Config of a Server. Everything without "nil means" is required.
type Config struct {
	Registry *registry.Registry
	Seals    *seal.Service
	CA       *ca.Authority
	Ledger   *ledger.Log
	TSA      *tsa.Authority // served at /pki/tsa; nil means not
	// Policy returns what the public verifier trusts, at this moment.
	Policy func(ctx context.Context) (verify.Policy, error)
	// Checks returns what /readyz asks, which may grow while the server runs.
	Checks func() []Check
	// Version of the program, for OpenAPI.
	Version string

	Log         *slog.Logger   // nil means silence
	MaxDocument int64          // octets of an uploaded document; 0 means 50 MiB
	Spool       string         // folder for large uploads while they are worked on; "" means the system's for temporary files
	Proxies     []netip.Prefix // whose X-Forwarded-For counts; nil means nobody's
	// Limits per client address and minute; 0 means the default.
	CodeLimit   int // code and digest look-ups, default 30
	UploadLimit int // verification uploads, default 30
	StampLimit  int // time-stamps, default 120
	Uploads     int // verification uploads worked on at once, default 16
	Now         func() time.Time
}

// Server answers HTTP. It is safe for concurrent use.
type Server struct {
	c       Config
	router  chi.Router
	huma    huma.API
	metrics *metrics
	spool   spool
}

const defaultMaxDocument = 50 << 20

// New builds the server's routes.
func New(c Config) (*Server, error) {
	if c.Registry == nil || c.Seals == nil || c.CA == nil || c.Ledger == nil || c.Policy == nil || c.Now == nil {
		return nil, errors.New("api: the configuration is incomplete")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	c.MaxDocument = orDefault(c.MaxDocument, defaultMaxDocument)
	c.CodeLimit = orDefault(c.CodeLimit, 30)
	c.UploadLimit = orDefault(c.UploadLimit, 30)
	c.StampLimit = orDefault(c.StampLimit, 120)
	c.Uploads = orDefault(c.Uploads, 16)
	s := &Server{c: c, metrics: newMetrics(c), spool: spool{dir: c.Spool, limit: spoolAtOnce * c.MaxDocument}}
	if err := s.route(); err != nil {
		return nil, err
	}
	return s, nil
}

func orDefault[T int | int64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Handler serves everything but metrics.
func (s *Server) Handler() http.Handler { return s.router }

// Metrics serves Prometheus metrics; it belongs on a listener of its own.
func (s *Server) Metrics() http.Handler { return s.metrics.handler() }

// OpenAPI returns the document that /openapi.json serves.
func (s *Server) OpenAPI() ([]byte, error) { return s.huma.OpenAPI().MarshalJSON() }
