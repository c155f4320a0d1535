// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/registry"
)

// operatorFlags are who acts and how he proves it. A secret is never a flag's
// value nor one of the environment.
type operatorFlags struct {
	name   string
	secret passphraseFlags // the secret, or the passphrase of the key's file
	key    string
}

func (f *operatorFlags) register(set *pflag.FlagSet) {
	set.StringVar(&f.name, "operator", os.Getenv("GOVSEAL_OPERATOR"), "who is acting (or GOVSEAL_OPERATOR; default the system's user)")
	set.StringVar(&f.key, "operator-key", os.Getenv("GOVSEAL_OPERATOR_KEY"), "encrypted key file of an operator with a certificate (or GOVSEAL_OPERATOR_KEY)")
	f.secret.registerAs(set, "operator-secret", "secret", "operator", "GOVSEAL_OPERATOR_SECRET_FILE")
}

// stated is the name under which somebody acts before anybody proves anything.
func (f *operatorFlags) stated() (string, error) {
	name := f.name
	if name == "" {
		u, err := user.Current()
		if err != nil {
			return "", usagef("who are you? Say --operator NAME or set GOVSEAL_OPERATOR")
		}
		name = u.Username
	}
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > 64 {
		return "", usagef("the operator's name must be at most 64 characters of UTF-8")
	}
	for _, r := range name {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			return "", usagef("the operator's name holds the invisible character %U", r)
		}
	}
	if strings.ContainsAny(name, "()") { // "operator:NAME (ID, method)" is a proven one
		return "", usagef("the operator's name must not hold parentheses")
	}
	return name, nil
}

// actor is who acts where no city can be asked yet, as the audit log records
// a stated name.
func (p *program) actor() (string, error) {
	name, err := p.who.stated()
	return registry.Stated(name).Actor(), err
}

// identify finds out who acts on an opened city. Before the first operator the
// stated name is all there is; from then on everybody proves himself.
func (p *program) identify(ctx context.Context, c *city) (registry.Identity, error) {
	name, err := p.who.stated()
	if err != nil {
		return registry.Identity{}, err
	}
	open, err := c.operators.Open(ctx)
	if err != nil || open {
		return registry.Stated(name), err
	}
	secret, err := p.who.secret.read(p, false)
	if err != nil {
		return registry.Identity{}, fmt.Errorf("operator %s: %w", name, err)
	}
	defer clear(secret)
	if p.who.key == "" {
		return c.operators.EnterWithSecret(ctx, name, string(secret))
	}
	signer, err := keys.OpenRootFile(p.who.key, secret, c.keyOptions())
	if err != nil {
		return registry.Identity{}, fmt.Errorf("open the operator's key: %w", err)
	}
	sign := func(challenge []byte) ([]byte, error) { return gm.SignMessage(signer, challenge) }
	return c.operators.EnterWithKey(ctx, name, sign, c.inForce)
}

// authorize says whether the command may go on, and keeps who acts.
func (p *program) authorize(ctx context.Context, c *city) error {
	task, known := taskOf(p.path())
	if task == taskNobody {
		return nil
	}
	var err error
	if c.who, err = p.identify(ctx, c); err != nil {
		return err
	}
	_, proven := c.who.Proven()
	switch {
	case !proven:
		return nil
	case !known:
		return &registry.Denied{Reason: "role", Detail: "no role may do this"}
	}
	return errors.Join(c.who.May(task), c.noticePolicy(ctx))
}

// inForce is nil when a certificate of ours can be relied on now.
func (c *city) inForce(ctx context.Context, serialHex string) error {
	found, err := c.ca.Show(ctx, serialHex)
	now := time.Now()
	switch {
	case err != nil:
		return err
	case found.Status != ca.Good:
		return fmt.Errorf("it is %s", found.Status)
	case now.Before(found.NotBefore) || now.After(found.NotAfter):
		return errors.New("it is not valid now")
	}
	return nil
}

// operatorKey returns the public key of a certificate that is in force.
func (c *city) operatorKey(ctx context.Context, serialHex string) ([]byte, error) {
	if err := c.inForce(ctx, serialHex); err != nil {
		return nil, fmt.Errorf("certificate %s: %w", serialHex, err)
	}
	found, err := c.ca.Show(ctx, serialHex)
	if err != nil {
		return nil, err
	}
	if found.KeyRef != "" {
		return nil, usagef("the key of certificate %s lies in the key store, where others can use it; an operator needs a key of his own (\"govseal ca import-csr\")", serialHex)
	}
	parsed, err := cert.Parse(found.DER)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, usagef("certificate %s holds no SM2 key", serialHex)
	}
	return gm.MarshalPublicKey(key)
}
