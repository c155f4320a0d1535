// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/govseal/govseal/registry"
)

// authenticate lets a request through when its bearer token belongs to an
// active application. Unknown, suspended and missing tokens are answered
// alike; a registry that cannot be read is not a wrong token.
func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	app, err := s.application(ctx.Context(), ctx.Header("Authorization"))
	if err != nil {
		p := s.problemOf(ctx.Context(), err).in(ctx.Header("Accept-Language"))
		for k, v := range p.GetHeaders() {
			ctx.SetHeader(k, v[0])
		}
		_ = writeProblem(s.huma, ctx, p)
		return
	}
	if note, ok := ctx.Context().Value(keyLine).(*line); ok {
		note.application = app.ID
	}
	next(huma.WithValue(ctx, keyApplication, app))
}

func (s *Server) application(ctx context.Context, header string) (registry.Application, error) {
	token, ok := strings.CutPrefix(header, "Bearer ")
	if !ok || token == "" || len(token) > 256 {
		return registry.Application{}, newProblem("unauthenticated", "")
	}
	app, err := s.c.Registry.Authenticate(ctx, token)
	if errors.Is(err, registry.ErrNotFound) {
		return registry.Application{}, newProblem("unauthenticated", "")
	}
	return app, err
}

func writeProblem(api huma.API, ctx huma.Context, p *Problem) error {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	return api.Marshal(ctx.BodyWriter(), "application/json", p)
}

// caller is the authenticated application of a request.
func caller(ctx context.Context) registry.Application {
	app, _ := ctx.Value(keyApplication).(registry.Application)
	return app
}
