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

	"github.com/govseal/govseal/ca"
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
		&crlCollector{c})
	return m
}

// crlCollector says how long the lists last, each authority's and each shard's.
type crlCollector struct{ c Config }

var crlLeft = prometheus.NewDesc("govseal_crl_seconds_left", "Seconds until a list ends; -1 when there is none.", []string{"list"}, nil)

func (crlCollector) Describe(ch chan<- *prometheus.Desc) { ch <- crlLeft }

func (l *crlCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	cas, err := l.c.CA.CAs(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(crlLeft, errors.New("the authorities cannot be read"))
		return
	}
	for _, authority := range cas {
		lists, err := l.c.CA.Lists(ctx, authority.ID)
		if err != nil {
			lists = []ca.ListID{{CA: authority.ID}}
		}
		for _, id := range lists {
			left := -1.0
			if list, err := l.c.CA.List(ctx, id); err == nil {
				left = list.NextUpdate.Sub(l.c.Now()).Seconds()
			} else if id.Delta && errors.Is(err, ca.ErrNotFound) {
				continue // the first list has no delta
			}
			ch <- prometheus.MustNewConstMetric(crlLeft, prometheus.GaugeValue, left, id.Name())
		}
	}
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
