// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
)

// ready asks every check with a bound on time. The answer names what is not
// ready and no cause; the cause is logged.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	state, status := map[string]string{}, http.StatusOK
	for name, check := range s.c.Checks {
		state[name] = "ok"
		if err := check(ctx); err != nil {
			state[name], status = "failed", http.StatusServiceUnavailable
			s.c.Log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", name), slog.Any("error", err))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": status == http.StatusOK, "checks": state})
}
