// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/api"
)

func (p *program) serveCommand() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the sign API, verification, pages, publication points and ledger",
		Long: `serve answers on the address of govseal.yaml (or --listen) until it is told to stop, then lets
requests under way finish. It listens on loopback; elsewhere it needs a TLS certificate
(serve.tls_cert, serve.tls_key) or a front proxy (serve.behind_proxy). Metrics have a
listener of their own. The root key is never opened, and should not lie in the serving folder.`,
		Example: "  govseal serve --dir /srv/govseal --passphrase-file /run/keys/store",
		Args:    noArgs,
		RunE: p.on(func(ctx context.Context, c *city, _ string, _ []string) error {
			if listen != "" {
				c.config.Serve.Listen = listen
			}
			return p.serve(ctx, c)
		}),
	}
	c.Flags().StringVar(&listen, "listen", "", "address to listen on, instead of govseal.yaml's")
	return c
}

func (p *program) serve(ctx context.Context, c *city) error {
	c.log = slog.New(slog.NewJSONHandler(p.err, nil))
	if err := c.config.Serve.safe(); err != nil {
		return err
	}
	ln, err := c.config.Serve.open()
	if err != nil {
		return err
	}
	return p.serveOn(ctx, c, ln)
}

// serveOn serves on an open listener until ctx ends.
func (p *program) serveOn(ctx context.Context, c *city, ln net.Listener) error {
	s, err := c.server()
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if _, err := os.Stat(c.rootKeyPath()); err == nil && !c.config.Demo {
		p.say("warning: the root key lies in the serving folder (%s); move it to a safe", c.rootKeyPath())
	}
	if err := p.reportUnfinished(ctx, c); err != nil {
		return errors.Join(err, ln.Close())
	}
	p.settle(ctx, c)
	p.say("listening on %s", ln.Addr())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go c.keepFresh(ctx)
	metrics := c.serveMetrics(ctx, s.Metrics())
	err = api.Serve(ctx, ln, s.Handler())
	stop()
	return errors.Join(err, <-metrics)
}

// settle finishes supersessions that a failure cut in two. What fails again is
// said, and does not keep the service from starting.
func (p *program) settle(ctx context.Context, c *city) {
	settled, err := c.seals.Settle(ctx, "system")
	for _, id := range settled {
		p.say("seal %s was superseded; its certificate is revoked now", id)
	}
	if err != nil {
		p.say("warning: %v", err)
	}
}

// reportUnfinished names what a crash left between intent and result. Nothing
// of it was released; a repetition of the request takes it over.
func (p *program) reportUnfinished(ctx context.Context, c *city) error {
	left, err := c.seals.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, i := range left {
		p.say("unfinished stamp %s (%s, application %s): nothing was released; its application may repeat the request", i.Stamp, i.Kind, i.Application)
	}
	return nil
}

// serveMetrics answers on the second listener; the channel yields its end.
func (c *city) serveMetrics(ctx context.Context, h http.Handler) <-chan error {
	done := make(chan error, 1)
	if c.config.Serve.Metrics == "" {
		done <- nil
		return done
	}
	ln, err := net.Listen("tcp", c.config.Serve.Metrics)
	if err != nil {
		c.log.WarnContext(ctx, "metrics are not served", "error", err)
		done <- nil
		return done
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h)
	go func() { done <- api.Serve(ctx, ln, mux) }()
	return done
}

// ServeConfig says where and how "govseal serve" listens.
type ServeConfig struct {
	// Listen is host:port. Beyond loopback, TLSCert and TLSKey or BehindProxy
	// are required.
	Listen string `yaml:"listen,omitempty"`
	// Metrics is host:port of the Prometheus listener; empty serves none.
	Metrics string `yaml:"metrics,omitempty"`
	// TLSCert and TLSKey are PEM files.
	TLSCert string `yaml:"tls_cert,omitempty"`
	TLSKey  string `yaml:"tls_key,omitempty"`
	// BehindProxy lists the proxies' addresses or prefixes, the only ones whose
	// X-Forwarded-For counts.
	BehindProxy []string `yaml:"behind_proxy,omitempty"`
	// MaxDocument bounds a document to be sealed in octets; 0 means 50 MiB.
	MaxDocument int64 `yaml:"max_document,omitempty"`
}

// What init writes into a new configuration.
const (
	defaultListen  = "127.0.0.1:8440"
	defaultMetrics = "127.0.0.1:8441"
)

// safe refuses to speak plainly to the world.
func (s ServeConfig) safe() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return usagef("serve: tls_cert and tls_key go together")
	}
	if _, err := s.proxies(); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(s.address())
	if err != nil {
		return usagef("serve: listen %q is not host:port", s.address())
	}
	addr, err := netip.ParseAddr(host)
	loopback := host == "localhost" || err == nil && addr.IsLoopback()
	if !loopback && s.TLSCert == "" && len(s.BehindProxy) == 0 {
		return usagef("serve: %s is not loopback: give a TLS certificate (serve.tls_cert, serve.tls_key) or name the front proxy (serve.behind_proxy) in %s", host, configFile)
	}
	return nil
}

func (s ServeConfig) address() string {
	if s.Listen == "" {
		return defaultListen
	}
	return s.Listen
}

func (s ServeConfig) open() (net.Listener, error) {
	ln, err := net.Listen("tcp", s.address())
	if err != nil {
		return nil, err
	}
	if s.TLSCert == "" {
		return ln, nil
	}
	pair, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("serve: TLS certificate: %w", err), ln.Close())
	}
	return tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), nil
}

func (s ServeConfig) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range s.BehindProxy {
		if addr, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usagef("serve: behind_proxy: %q is neither an address nor a prefix", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}
