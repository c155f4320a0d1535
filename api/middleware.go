// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

type contextKey int

const (
	keyRequestID contextKey = iota
	keyApplication
	keyLine
)

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(keyRequestID).(string)
	return id
}

// line collects what handlers add to the one log line of a request.
type line struct{ application, verdict string }

// observe gives each request an id, catches panics, sets the headers that all
// answers share, counts and writes the one log line. The line holds the
// route's pattern, never the path: codes and ids stay out of logs.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id, note := rand.Text()[:16], &line{}
		ctx := context.WithValue(context.WithValue(r.Context(), keyRequestID, id), keyLine, note)
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		ww.Header().Set("X-Request-Id", id)
		ww.Header().Set("X-Content-Type-Options", "nosniff")
		ww.Header().Set("Referrer-Policy", "no-referrer")
		if r.TLS != nil {
			ww.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		r = r.WithContext(ctx)
		defer func() {
			if cause := recover(); cause != nil {
				s.c.Log.ErrorContext(ctx, "panic", "request", id, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
				if ww.Status() == 0 {
					newProblem("internal", "").write(ww, r)
				}
			}
			s.finish(ctx, r, ww, note, time.Since(start))
		}()
		next.ServeHTTP(ww, r)
	})
}

func (s *Server) finish(ctx context.Context, r *http.Request, ww middleware.WrapResponseWriter, note *line, took time.Duration) {
	pattern := chi.RouteContext(r.Context()).RoutePattern()
	if pattern == "" {
		pattern = "none"
	}
	s.metrics.request(r.Method, pattern, ww.Status(), took)
	s.c.Log.LogAttrs(ctx, slog.LevelInfo, "request",
		slog.String("request", requestID(ctx)), slog.String("method", method(r.Method)), slog.String("route", pattern),
		slog.Int("status", ww.Status()), slog.Int("octets", ww.BytesWritten()), slog.Duration("took", took),
		slog.String("application", note.application), slog.String("verdict", note.verdict))
}

// method keeps invented methods out of logs and metrics.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch:
		return m
	}
	return "OTHER"
}

// client returns the address that rate limits count: the peer's, or, when the
// peer is a configured proxy, the last address that proxy added.
func (s *Server) client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !s.isProxy(peer) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if !s.isProxy(hop) {
			return hop.String()
		}
	}
	return host
}

func (s *Server) isProxy(a netip.Addr) bool {
	for _, p := range s.c.Proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// bounded lets n requests be worked on at once: each upload is held in memory,
// and a crowd must meet a closed door, not an exhausted machine.
func (s *Server) bounded(n int) func(http.Handler) http.Handler {
	places := make(chan struct{}, n)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
				next.ServeHTTP(w, r)
			default:
				p := newProblem("unavailable", "too many documents are being checked; try again")
				p.retryAfter = "5"
				p.write(w, r)
			}
		})
	}
}

// limit allows n requests a minute from one address. IPv6 addresses count by
// their /64, which is what one household has.
func (s *Server) limit(n int) func(http.Handler) http.Handler {
	return httprate.LimitBy(n, time.Minute,
		func(r *http.Request) (string, error) { return s.limitKey(r), nil },
		httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
			newProblem("rate-limited", "wait a minute").write(w, r)
		}))
}

func (s *Server) limitKey(r *http.Request) string {
	addr, err := netip.ParseAddr(s.client(r))
	if err != nil || addr.Unmap().Is4() {
		return s.client(r)
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}
