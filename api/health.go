// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// Check is one of the things that /readyz asks. An error means not ready; a
// *Soon means ready, and that somebody has to do something before it is not.
type Check struct {
	Name string
	Ask  func(ctx context.Context) error
}

// Soon is the error of a Check that still passes.
type Soon struct{ What string }

func (s *Soon) Error() string { return s.What }

// ready asks every check with a bound on time. The answer names what is not
// ready and no cause; the cause is logged.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	state, status := map[string]string{}, http.StatusOK
	for _, check := range s.checks() {
		err := check.Ask(ctx)
		var soon *Soon
		switch {
		case err == nil:
			state[check.Name] = "ok"
			continue
		case errors.As(err, &soon):
			state[check.Name] = "warning"
		default:
			state[check.Name], status = "failed", http.StatusServiceUnavailable
		}
		s.c.Log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", check.Name), slog.String("state", state[check.Name]), slog.Any("error", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": status == http.StatusOK, "checks": state})
}

func (s *Server) checks() []Check {
	if s.c.Checks == nil {
		return nil
	}
	return s.c.Checks()
}
