// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// site is a real city in a temporary folder, with one of each, served on
// loopback.
type site struct {
	*city
	engine string
	app    registry.Application
	token  string
	dept   registry.Department
	seal   seal.Seal
	keys   [][]byte // public keys to be certified, one for each caller, DER

	base  string
	http  *http.Client
	lines []*line        // one for each caller
	ends  []func() error // what close undoes, last first
}

const benchActor = "operator:bench"

// openSite makes the city. An address is that of a PostgreSQL server, on
// which a database is made for it; "" is SQLite.
func (b *bench) openSite(ctx context.Context, address string) (s *site, err error) {
	s = &site{engine: "SQLite " + module("modernc.org/sqlite")}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	dir, err := os.MkdirTemp(b.folder, "govseal-bench-")
	if err != nil {
		return s, err
	}
	s.ends = append(s.ends, func() error { return os.RemoveAll(dir) })
	config := Config{Name: "示例市", URL: "https://seal.example"}
	if address != "" {
		if config.Database, err = s.makeDatabase(ctx, address); err != nil {
			return s, err
		}
	}
	s.city, err = createCity(ctx, founding{dir: filepath.Join(dir, "city"), actor: benchActor, config: config,
		passphrase: []byte(rand.Text()), rootPassphrase: []byte(rand.Text())})
	if err != nil {
		return s, err
	}
	s.ends = append(s.ends, s.city.Close)
	if err := s.furnish(ctx, b.callers); err != nil {
		return s, err
	}
	return s, s.serve(b.callers)
}

// makeDatabase makes an empty database and returns its address.
func (s *site) makeDatabase(ctx context.Context, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", usagef("--database is not an address like postgres://user@host/name")
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		return "", err
	}
	s.ends = append(s.ends, admin.Close)
	if err := admin.QueryRowContext(ctx, `SHOW server_version`).Scan(&s.engine); err != nil {
		return "", fmt.Errorf("ask PostgreSQL for its version: %w", err)
	}
	s.engine = "PostgreSQL " + s.engine
	name := "govseal_bench_" + strings.ToLower(rand.Text()[:12])
	if _, err := admin.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	s.ends = append(s.ends, func() error {
		_, err := admin.ExecContext(context.WithoutCancel(ctx), `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
		return err
	})
	u.Path = "/" + name
	return u.String(), nil
}

// furnish adds a department, its seal, and an application that may use it.
func (s *site) furnish(ctx context.Context, callers int) (err error) {
	if s.dept, err = s.registry.AddDepartment(ctx, benchActor, registry.Department{
		Name: "示例市行政审批局", CreditCode: "11990100000000001M", AreaCode: demoArea,
	}); err != nil {
		return err
	}
	if s.seal, err = s.seals.Make(ctx, seal.MakeRequest{Actor: benchActor, Department: s.dept.ID}); err != nil {
		return err
	}
	if s.app, s.token, err = s.registry.AddApplication(ctx, benchActor, "示例市审批平台"); err != nil {
		return err
	}
	if _, err = s.registry.AddGrant(ctx, benchActor, registry.Grant{
		Application: s.app.ID, Seal: s.seal.ESID, Matters: []string{demoMatter},
		Kinds: []string{registry.KindPDF, string(seal.KindOFD), registry.KindDecision, registry.KindDigest}, NotAfter: time.Now().AddDate(1, 0, 0),
	}); err != nil {
		return err
	}
	for range callers {
		spki, err := newPublicKey()
		if err != nil {
			return err
		}
		s.keys = append(s.keys, spki)
	}
	return nil
}

// serve answers on loopback with the service's own handler, which logs as it
// does in service, to nowhere.
func (s *site) serve(callers int) error {
	s.log = slog.New(slog.NewJSONHandler(io.Discard, nil))
	server, err := s.server()
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- api.Serve(ctx, ln, server.Handler()) }()
	transport := &http.Transport{MaxIdleConns: callers, MaxIdleConnsPerHost: callers}
	s.base, s.http = "http://"+ln.Addr().String(), &http.Client{Transport: transport, Timeout: clientTimeout}
	s.lines = make([]*line, callers)
	s.ends = append(s.ends, func() error {
		transport.CloseIdleConnections()
		for _, l := range s.lines {
			if l != nil {
				l.conn.Close()
			}
		}
		stop()
		return <-served
	})
	return nil
}

// close undoes what was made, last first.
func (s *site) close() error {
	var all error
	for len(s.ends) > 0 {
		last := len(s.ends) - 1
		all = errors.Join(all, s.ends[last]())
		s.ends = s.ends[:last]
	}
	return all
}

// newPublicKey draws a key to be certified, DER SubjectPublicKeyInfo.
func newPublicKey() ([]byte, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return nil, err
	}
	return gm.MarshalPublicKey(&key.PublicKey)
}
