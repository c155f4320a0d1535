// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/tsa"
)

// office is a small authority: one issuing CA under a root, and the keys of
// everybody. It keeps the contracts of seal.Authority and seal.Keys.
type office struct {
	mu        sync.Mutex
	now       func() time.Time
	root, ca  party
	serial    int64
	status    map[string]string
	revoked   map[string]revocation
	keys      map[string]*gm.PrivateKey
	generated int
	fail      map[string]error
	listed    int // certificates of others in every revocation list
}

// revocation is what the list says of a certificate; the worst counts.
type revocation struct {
	reason int
	since  time.Time
}

type party struct {
	key *gm.PrivateKey
	der []byte
	c   *cert.Certificate
}

func newOffice(t testing.TB, now func() time.Time) *office {
	t.Helper()
	o := &office{now: now, status: map[string]string{}, revoked: map[string]revocation{}, keys: map[string]*gm.PrivateKey{}, fail: map[string]error{}}
	o.root = o.certify(t, nil, name("示例根"), cert.ExtBasicConstraints(true, nil), cert.ExtKeyUsage(cert.KeyCertSign|cert.CRLSign))
	o.ca = o.certify(t, &o.root, name("示例签发"), cert.ExtBasicConstraints(true, nil), cert.ExtKeyUsage(cert.KeyCertSign|cert.CRLSign))
	return o
}

func name(cn string) cert.Name {
	return cert.Name{
		{{Type: cert.OIDCountry, Value: "CN"}}, {{Type: cert.OIDOrganization, Value: "示例市"}}, {{Type: cert.OIDCommonName, Value: cn}},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// certify makes a key and a certificate; issuer nil is self-signed.
func (o *office) certify(t testing.TB, issuer *party, subject cert.Name, more ...cert.Extension) party {
	t.Helper()
	key := must(gm.GenerateKey())
	return o.issue(issuer, key, must(gm.MarshalPublicKey(&key.PublicKey)), subject, 10*365*24*time.Hour, more...)
}

func (o *office) issue(issuer *party, key *gm.PrivateKey, public []byte, subject cert.Name, validity time.Duration, more ...cert.Extension) party {
	o.serial++
	raw := must(subject.Marshal())
	signer := key
	if issuer != nil {
		raw, signer = issuer.c.RawSubject, issuer.key
	}
	tbs := must(cert.Template{
		Serial: big.NewInt(1000 + o.serial), Issuer: raw, Subject: subject, NotBefore: o.now().Add(-time.Hour),
		NotAfter: o.now().Add(validity), PublicKey: public,
		Extensions: append(more, cert.ExtSubjectKeyID(must(cert.KeyID(public)))),
	}.MarshalTBS())
	der := must(cert.Assemble(tbs, must(gm.SignMessage(signer, tbs))))
	return party{key, der, must(cert.Parse(der))}
}

func (o *office) broken(method string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fail[method]
}

func (o *office) Generate(_ context.Context, use string) (string, []byte, error) {
	if use != "seal" {
		return "", nil, fmt.Errorf("key for %q asked", use)
	}
	key, err := gm.GenerateKey()
	if err != nil {
		return "", nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.generated++
	ref := fmt.Sprintf("soft:%d", o.generated)
	o.keys[ref+"/"+use] = key
	public, err := gm.MarshalPublicKey(&key.PublicKey)
	return ref, public, err
}

func (o *office) Signer(_ context.Context, ref, use string) (crypto.Signer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if key, ok := o.keys[ref+"/"+use]; ok {
		return key, nil
	}
	return nil, errors.New("no such key for this use")
}

func (o *office) IssueSealCertificate(_ context.Context, actor string, d registry.Department, esID, keyRef string, public []byte, validity time.Duration) ([]byte, string, error) {
	if err := o.broken("Issue"); err != nil {
		return nil, "", err
	}
	subject := append(name(d.Name), cert.RDN{{Type: cert.OIDSerialNumber, Value: esID}})
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.issue(&o.ca, nil, public, subject, validity, cert.ExtKeyUsage(cert.DigitalSignature|cert.NonRepudiation), cert.ExtCreditCode(d.CreditCode))
	serial := p.c.Serial.Text(16)
	o.status[serial] = "good"
	return p.der, serial, nil
}

func (o *office) statusOf(serial string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.status[serial]
}

// set moves a status, idempotently as the contract asks.
func (o *office) set(method, serial, to string, from ...string) error {
	if err := o.broken(method); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.status[serial] == to {
		return nil
	}
	for _, f := range from {
		if o.status[serial] == f {
			o.status[serial] = to
			return nil
		}
	}
	return seal.ErrState
}

func (o *office) Suspend(_ context.Context, actor, serial, note string) error {
	return o.set("Suspend", serial, "hold", "good")
}

func (o *office) Resume(_ context.Context, actor, serial, note string) error {
	return o.set("Resume", serial, "good", "hold")
}

func (o *office) Revoke(_ context.Context, actor, serial string, reason int, invalidity time.Time, note string) error {
	if err := o.set("Revoke", serial, "revoked", "good", "hold"); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	was, listed := o.revoked[serial]
	if !listed || reason == 1 && (was.reason != 1 || invalidity.Before(was.since)) {
		o.revoked[serial] = revocation{reason, invalidity}
	}
	return nil
}

func (o *office) Evidence(_ context.Context, der []byte) (chain, crls [][]byte, err error) {
	if err := o.broken("Evidence"); err != nil {
		return nil, nil, err
	}
	for n, p := range []party{o.ca, o.root} {
		tbs, err := cert.CRLTemplate{
			Issuer: p.c.RawSubject, ThisUpdate: o.now(), NextUpdate: o.now().Add(7 * 24 * time.Hour), Number: big.NewInt(int64(n + 1)),
			Revoked: o.others(),
		}.MarshalTBS()
		if err != nil {
			return nil, nil, err
		}
		crls = append(crls, must(cert.Assemble(tbs, must(gm.SignMessage(p.key, tbs)))))
		chain = append(chain, p.der)
	}
	return chain, crls, nil
}

// others are certificates that make the lists long.
func (o *office) others() (out []cert.Revoked) {
	for i := range o.listed {
		out = append(out, cert.Revoked{Serial: big.NewInt(int64(1_000_000 + i)), Date: o.now().Add(-time.Hour)})
	}
	return out
}

// timeStamper is a real authority with its own certificate.
func (o *office) timeStamper(t testing.TB) *tsa.Authority { return o.timeStamperWith(t, nil) }

func (o *office) timeStamperWith(t testing.TB, more [][]byte) *tsa.Authority {
	p := o.certify(t, &o.ca, name("示例时间戳"), cert.ExtKeyUsage(cert.DigitalSignature), cert.ExtExtKeyUsage(true, cert.OIDTimeStamping))
	return must(tsa.New(tsa.Config{
		Signer: p.key, Certificate: p.der, Chain: append([][]byte{o.ca.der}, more...), Policy: []int{2, 999, 1, 3, 1}, Now: o.now,
	}))
}

// people is the registry: read access is all that sealing needs.
type people struct {
	registry.Store
	mu           sync.Mutex
	departments  map[string]registry.Department
	applications map[string]registry.Application
	officers     []registry.Officer
	grants       []registry.Grant
}

func (p *people) Department(_ context.Context, id string) (registry.Department, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.departments[id]
	if !ok {
		return d, registry.ErrNotFound
	}
	return d, nil
}

func (p *people) Application(_ context.Context, id string) (registry.Application, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.applications[id]
	if !ok {
		return a, registry.ErrNotFound
	}
	return a, nil
}

func (p *people) Officers(context.Context, string) ([]registry.Officer, error) {
	return p.officers, nil
}

func (p *people) Grants(_ context.Context, seal string) ([]registry.Grant, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []registry.Grant
	for _, g := range p.grants {
		if seal == "" || g.Seal == seal {
			found = append(found, g)
		}
	}
	return found, nil
}
