// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"log/slog"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// problemOf is the one place where errors of the domain become answers. What
// is not named here is an internal error without detail; the cause is logged.
func (s *Server) problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if p = domainProblem(err); p == nil {
		p = newProblem("internal", "")
	}
	if p.Status >= 500 {
		s.c.Log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request", requestID(ctx)), slog.Any("error", err))
	}
	return p
}

func domainProblem(err error) *Problem {
	var denied *registry.Denied
	var refused *seal.Refused
	switch {
	case errors.As(err, &denied):
		return withReason("denied", denied.Detail, denied.Reason)
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.Is(err, seal.ErrRunning), errors.Is(err, seal.ErrConflict), errors.Is(err, seal.ErrLeaseLost):
		p := newProblem("in-progress", "try again with the same Idempotency-Key")
		p.retryAfter = "2"
		return p
	case errors.Is(err, seal.ErrKeyReused):
		return newProblem("key-reused", "use a new key for another request")
	case errors.Is(err, seal.ErrClock):
		return stopped("the clock of the service went backwards; sealing stops until it is right")
	case errors.Is(err, seal.ErrUnavailable):
		return stopped("the database of the service cannot be written; try again with the same Idempotency-Key")
	case errors.Is(err, seal.ErrState), errors.Is(err, ca.ErrState):
		return newProblem("conflict", "")
	case errors.Is(err, seal.ErrNotFound), errors.Is(err, registry.ErrNotFound), errors.Is(err, ca.ErrNotFound), errors.Is(err, ledger.ErrNotFound):
		return newProblem("not-found", "")
	}
	return nil
}

// refusal gives the reasons that are about the request, not the document,
// the status they deserve.
func refusal(r *seal.Refused) *Problem {
	name := "refused"
	switch r.Reason {
	case seal.ReasonIdempotencyKey:
		name = "idempotency-key"
	case seal.ReasonTooLarge:
		name = "too-large"
	case seal.ReasonRequest:
		name = "invalid-request"
	}
	return withReason(name, r.Detail, r.Reason)
}

func withReason(name, detail, reason string) *Problem {
	p := newProblem(name, detail)
	p.Reason = reason
	return p
}

func stopped(detail string) *Problem {
	p := newProblem("sealing-unavailable", detail)
	p.retryAfter = "10"
	return p
}
