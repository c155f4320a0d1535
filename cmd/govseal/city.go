// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
	"github.com/govseal/govseal/tsa"
)

// city is all opened parts of one service. Every command, the server, the demo
// and the benchmark work on one.
type city struct {
	dir       string
	config    Config
	arc       []int
	log       *slog.Logger
	db        *store.DB
	blobs     seal.Blobs
	keyring   *keys.Keyring
	ca        *ca.Authority
	registry  *registry.Registry
	operators *registry.Operators
	approvals *registry.Approvals
	who       registry.Identity // who acts on it; zero in a server
	seals     *seal.Service
	tsa       *tsa.Authority
	ledger    *ledger.Log
	inOffice  map[string]ca.Certificate // what the offices work with, by profile
	published *publisher                // nil when there is no folder to publish into
}

// recordsLabel derives the key that authenticates rows (design.md section 3).
const recordsLabel = "govseal records"

// openCity opens the city in dir with the passphrase of its key store. The
// root key is not touched. It fails when an office has no good certificate.
func openCity(ctx context.Context, dir string, passphrase []byte) (*city, error) {
	c, err := openCore(ctx, dir, passphrase)
	if err != nil {
		return nil, err
	}
	if err := c.assemble(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// openCore opens database, keys, authority and registry, and nothing that
// needs an office: seals, tsa and ledger of the city are nil.
func openCore(ctx context.Context, dir string, passphrase []byte) (*city, error) {
	config, err := loadConfig(dir)
	if err != nil {
		return nil, err
	}
	c := &city{dir: dir, config: config, log: slog.New(slog.DiscardHandler)}
	if err := c.open(ctx, passphrase); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// open goes from the outside in: database, keys, authority.
func (c *city) open(ctx context.Context, passphrase []byte) (err error) {
	if c.arc, err = parseArc(c.config.OIDArc); err != nil {
		return err
	}
	if c.db, err = store.Open(ctx, store.Config{DSN: inside(c.dir, c.config.Database)}); err != nil {
		return err
	}
	if c.keyring, err = keys.Open(ctx, c.db.Keys(), passphrase, c.keyOptions()); err != nil {
		return fmt.Errorf("open the key store: %w", err)
	}
	c.db.SetMACKey(c.keyring.Derive(recordsLabel))
	c.openRegistry()
	config, err := c.caConfig()
	if err != nil {
		return err
	}
	c.ca, err = ca.Load(ctx, config)
	c.openPublisher()
	return err
}

func (c *city) openPublisher() {
	if c.config.CRL.Publish != "" {
		c.published = &publisher{dir: inside(c.dir, c.config.CRL.Publish), ca: c.ca}
	}
}

func (c *city) openRegistry() {
	c.registry = registry.New(c.db.Registry(), time.Now)
	c.operators = registry.NewOperators(c.db.Operators(), time.Now)
	c.approvals = registry.NewApprovals(c.db.Approvals(), c.db.Operators(), time.Now)
}

// assemble wires the services that work with the keys of the offices.
func (c *city) assemble(ctx context.Context) error {
	var err error
	if c.blobs, err = store.NewFolder(inside(c.dir, c.config.Blobs)); err != nil {
		return fmt.Errorf("open the folder of sealed files: %w", err)
	}
	if err := c.openTSA(ctx); err != nil {
		return err
	}
	if err := c.openLedger(ctx); err != nil {
		return err
	}
	maker, err := c.office(ctx, ca.ProfileSealMaker)
	if err != nil {
		return err
	}
	stamper, err := c.stamper()
	if err != nil {
		return err
	}
	c.seals, err = seal.New(seal.Config{
		Store: c.db.Seals(), Registry: c.db.Registry(), Blobs: c.blobs, Keys: c.keyring,
		Authority: sealAuthority{c.ca, c.config}, TSA: stamper, MakerKey: maker.KeyRef, MakerCert: maker.DER,
		Arc: c.arc, VerifyURL: c.config.verifyURL(), Allow: c.config.Seal.Allow, Finder: keywords(c.config.Seal), Log: c.log,
		SecondPerson: c.config.Seal.SecondPerson, MaxDocument: c.config.Serve.MaxDocument,
	})
	return err
}

func (c *city) openTSA(ctx context.Context) error {
	o, err := c.office(ctx, ca.ProfileTSA)
	if err != nil {
		return err
	}
	signer, err := c.keyring.Signer(ctx, o.KeyRef, ca.ProfileTSA)
	if err != nil {
		return fmt.Errorf("open the time-stamp key: %w", err)
	}
	chain, err := c.ca.Chain(o.CA)
	if err != nil {
		return err
	}
	c.tsa, err = tsa.New(tsa.Config{Signer: signer, Certificate: o.DER, Chain: chain[:len(chain)-1], Policy: tsaPolicy(c.arc), Now: time.Now, Trusted: c.db.CheckClock})
	return err
}

func (c *city) openLedger(ctx context.Context) error {
	o, err := c.office(ctx, ca.ProfileLedger)
	if err != nil {
		return err
	}
	signer, err := c.keyring.Signer(ctx, o.KeyRef, ca.ProfileLedger)
	if err != nil {
		return fmt.Errorf("open the ledger's key: %w", err)
	}
	c.ledger, err = ledger.New(ledger.Config{Store: c.db.Ledger(), Signer: signer, Certificate: o.DER, Origin: c.config.Origin, Stamp: c.tsa.Stamp})
	return err
}

// office returns the newest good certificate of an office, whose key we hold.
func (c *city) office(ctx context.Context, profile string) (ca.Certificate, error) {
	all, err := c.ca.Find(ctx, ca.Query{Profile: profile, Status: ca.Good})
	if err != nil {
		return ca.Certificate{}, err
	}
	now := time.Now()
	for _, o := range all {
		if o.KeyRef != "" && now.Before(o.NotAfter) {
			if c.inOffice == nil {
				c.inOffice = map[string]ca.Certificate{}
			}
			c.inOffice[profile] = o
			return o, nil
		}
	}
	return ca.Certificate{}, fmt.Errorf("there is no good %s certificate with a key in the key store: issue one with \"govseal ca issue %s\"", profile, profile)
}

func (c *city) keyOptions() keys.Options { return keys.Options{AllowExamples: c.config.Demo} }

func (c *city) caConfig() (ca.Config, error) {
	profiles, err := loadProfiles(c.dir)
	return ca.Config{Store: c.db.CA(), Keys: c.keyring, Arc: c.arc, URL: c.config.URL, Profiles: profiles,
		Lists: c.config.CRL.policies(), OCSPByKey: c.config.OCSP.ByKey, Published: c.tell}, err
}

// tell has the folder of publication follow at once; what goes wrong with it
// never undoes an issue.
func (c *city) tell(ctx context.Context, _ string) {
	if c.published == nil {
		return
	}
	c.published.told(ctx)
	if err := c.published.state(); err != nil {
		c.log.WarnContext(ctx, "publish into the folder", "error", err)
	}
}

// rootKeyPath is where init puts the root key, and where it should not stay.
func (c *city) rootKeyPath() string { return filepath.Join(c.dir, rootFolder, rootKeyFile) }

// Close closes what is open; it may be called on a half-opened city.
func (c *city) Close() error {
	if c.keyring != nil {
		c.keyring.Close()
	}
	if closer, ok := c.blobs.(io.Closer); ok {
		return errors.Join(closer.Close(), c.closeDB())
	}
	return c.closeDB()
}

func (c *city) closeDB() error {
	if c.db == nil {
		return nil
	}
	return c.db.Close()
}

// tsaPolicy is the operator's time-stamp policy (RFC 3161 2.1), under his arc.
func tsaPolicy(arc []int) []int { return append(append([]int{}, arc...), 3, 1) }
