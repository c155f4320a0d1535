// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// metrics hold no case numbers, codes or names: labels are patterns, kinds
// and outcomes only.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	stamps   *prometheus.CounterVec
	verdicts *prometheus.CounterVec
}

func newMetrics(c Config) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "govseal_http_request_seconds", Help: "Time to answer, by method, route pattern and status.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		stamps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "govseal_stamps_total", Help: "Stamps asked for, by kind, level and outcome.",
		}, []string{"kind", "level", "result"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "govseal_verifications_total", Help: "Documents checked, by kind and verdict.",
		}, []string{"kind", "verdict"}),
	}
	m.registry.MustRegister(m.requests, m.stamps, m.verdicts, collectors.NewGoCollector(),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "govseal_crl_seconds_left", Help: "Seconds until the issuing CA's CRL ends; -1 when there is none.",
		}, func() float64 { return crlSecondsLeft(c) }))
	return m
}

func crlSecondsLeft(c Config) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	list, err := c.CA.CRL(ctx, "issuing")
	if err != nil {
		return -1
	}
	return list.NextUpdate.Sub(c.Now()).Seconds()
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) request(verb, pattern string, status int, took time.Duration) {
	m.requests.WithLabelValues(method(verb), pattern, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) stamp(st *seal.Stamp, err error) {
	if err == nil {
		m.stamps.WithLabelValues(string(st.Kind), st.Level, "done").Inc()
		return
	}
	result := "error"
	var denied *registry.Denied
	var refused *seal.Refused
	if errors.As(err, &denied) {
		result = "denied"
	} else if errors.As(err, &refused) {
		result = "refused"
	}
	m.stamps.WithLabelValues("", "", result).Inc()
}

func (m *metrics) verdict(ctx context.Context, r *verify.Report) {
	m.verdicts.WithLabelValues(string(r.Kind), string(r.Verdict)).Inc()
	if note, ok := ctx.Value(keyLine).(*line); ok {
		note.verdict = string(r.Verdict)
	}
}
