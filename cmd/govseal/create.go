// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
)

// founding is what a new city needs to be told.
type founding struct {
	dir            string
	config         Config // Name, places, URL, OIDArc, Database, Demo; empty fields get their defaults
	actor          string
	passphrase     []byte                           // of the key store
	rootPassphrase []byte                           // of the root key's file
	progress       func(format string, args ...any) // talk; nil says nothing
}

// createCity makes a city from nothing: database, keys, root and issuing CA,
// the offices. The configuration is written last, so that an interrupted
// attempt leaves a folder that no command takes for a city.
func createCity(ctx context.Context, f founding) (*city, error) {
	config := f.config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, usagef("%v", err)
	}
	if len(f.passphrase) == 0 || bytes.Equal(f.passphrase, f.rootPassphrase) {
		return nil, usagef("the root key needs a passphrase of its own, other than that of the key store")
	}
	if f.progress == nil {
		f.progress = func(string, ...any) {}
	}
	if err := prepareFolder(f.dir); err != nil {
		return nil, err
	}
	c := &city{dir: f.dir, config: config, log: slog.New(slog.DiscardHandler)}
	if err := c.found(ctx, f); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// withDefaults fills in what was not said.
func (c Config) withDefaults() Config {
	for _, d := range []struct {
		field *string
		value string
	}{{&c.Name, "示例市"}, {&c.OIDArc, "2.999.1"}, {&c.Database, databaseFile}, {&c.Blobs, blobsFolder}, {&c.Origin, originOf(c)},
		{&c.Serve.Listen, defaultListen}, {&c.Serve.Metrics, defaultMetrics}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return c
}

// prepareFolder refuses a folder that holds a city, or the rest of one.
func prepareFolder(dir string) error {
	if dir == "" {
		return usagef("where? Name the new folder with --dir or GOVSEAL_DIR")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, name := range []string{configFile, databaseFile, rootFolder, blobsFolder, ceremoniesFolder} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return usagef("%s holds %s already: choose another folder (one without %s is an interrupted init and can be removed)", dir, name, configFile)
		}
	}
	for _, name := range []string{rootFolder, blobsFolder, ceremoniesFolder} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// found is the first ceremony, in numbered steps.
func (c *city) found(ctx context.Context, f founding) (err error) {
	// 1. The database and the key store in it.
	if c.arc, err = parseArc(c.config.OIDArc); err != nil {
		return err
	}
	if c.db, err = store.Create(ctx, store.Config{DSN: inside(c.dir, c.config.Database)}); err != nil {
		return err
	}
	if c.keyring, err = keys.Create(ctx, c.db.Keys(), f.passphrase, c.keyOptions()); err != nil {
		return fmt.Errorf("make the key store: %w", err)
	}
	c.db.SetMACKey(c.keyring.Derive(recordsLabel))
	c.openRegistry()
	f.progress("key store made, SM4 keys under PBKDF2-HMAC-SM3")
	// 2. The root key in its own file, and the two authorities, each by a
	// reviewed file like every later one.
	config, err := c.caConfig()
	if err != nil {
		return err
	}
	if c.ca, err = ca.New(ctx, config); err != nil {
		return err
	}
	c.openPublisher()
	if err := c.firstCeremonies(ctx, f); err != nil {
		return err
	}
	f.progress("root CA and issuing CA made, with their CRLs; files and transcripts in %s", filepath.Join(c.dir, ceremoniesFolder))
	// 3. The offices, each with a key of its own.
	for _, o := range []struct{ profile, title string }{
		{ca.ProfileSealMaker, "电子印章制章者"}, {ca.ProfileTSA, "时间戳服务"}, {ca.ProfileLedger, "存证日志"}, {ca.ProfileOCSP, "证书状态服务"},
	} {
		made, err := c.issueOffice(ctx, f.actor, ca.IssuingID, o.profile, c.config.Name+o.title, 0)
		if err != nil {
			return err
		}
		f.progress("%s certificate %s", o.profile, made.SerialHex)
	}
	// 4. The services, the audit entry, and the configuration that makes it a city.
	if err := c.assemble(ctx); err != nil {
		return err
	}
	if err := c.db.Ledger().Append(ctx, founded(f.actor, c.config)); err != nil {
		return fmt.Errorf("record the founding: %w", err)
	}
	return c.config.save(c.dir)
}

// issueOffice makes a key in the key store and its certificate.
func (c *city) issueOffice(ctx context.Context, actor, by, profile, title string, validity time.Duration) (ca.Certificate, error) {
	ref, _, err := c.keyring.Generate(ctx, profile)
	if err != nil {
		return ca.Certificate{}, fmt.Errorf("make the %s key: %w", profile, err)
	}
	return c.ca.Issue(ctx, ca.Request{Actor: actor, CA: by, Profile: profile, KeyRef: ref, Validity: validity,
		Subject: ca.Subject{Organization: c.config.Name, CommonName: title, Province: c.config.Province, Locality: c.config.Locality}})
}

// founded is the audit entry of a new city.
func founded(actor string, c Config) ledger.Event {
	return ledger.Event{Kind: "admin", Time: time.Now(), Actor: actor, Act: "city.create", Object: c.Origin,
		Facts: []ledger.Fact{{Name: "name", Value: []byte(c.Name)}, {Name: "arc", Value: []byte(c.OIDArc)}}}
}

// openRoot opens the root key from its file; path "" means where init put it.
func (c *city) openRoot(path string, passphrase []byte) (crypto.Signer, error) {
	if path == "" {
		path = c.rootKeyPath()
	}
	signer, err := keys.OpenRootFile(path, passphrase, c.keyOptions())
	if err != nil {
		return nil, fmt.Errorf("open the root key: %w", err)
	}
	return signer, nil
}
