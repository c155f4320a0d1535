// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"crypto"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

const creditCode = "11990100MB1000010Y" // fictional, with a true check digit

var start = time.Date(2026, 3, 2, 9, 30, 15, 0, time.UTC)

// office is a city's authority in memory with a clock that tests move.
type office struct {
	*ca.Authority
	store *memory
	keys  *softKeys
	root  crypto.Signer
	now   time.Time
}

func (o *office) config() ca.Config {
	return ca.Config{Store: o.store, Keys: o.keys, Now: func() time.Time { return o.now }, URL: "https://seal.example"}
}

func found(t *testing.T) *office {
	t.Helper()
	root, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{store: newMemory(), keys: &softKeys{}, root: root, now: start}
	if o.Authority, err = ca.Create(context.Background(), o.config(), "operator:test", "示例市", root); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) key(t *testing.T, use string) string {
	t.Helper()
	ref, _, err := o.keys.Generate(context.Background(), use)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// issue makes one certificate of a profile with a sensible subject.
func (o *office) issue(t *testing.T, profile string) ca.Certificate {
	t.Helper()
	c, err := o.Issue(context.Background(), request(profile, o.key(t, profile)))
	if err != nil {
		t.Fatalf("issue %s: %v", profile, err)
	}
	return c
}

func request(profile, keyRef string) ca.Request {
	s := ca.Subject{Organization: "示例市行政审批局", Province: "示例省", Locality: "示例市"}
	switch profile {
	case ca.ProfileDepartment:
		s.CreditCode = creditCode
	case ca.ProfileSeal:
		s.CreditCode, s.SerialNumber = creditCode, "99010000000001"
	case ca.ProfileOfficer:
		s.Unit, s.CommonName, s.SerialNumber = "政务服务科", "张示例", "A-0017"
	default:
		s.CommonName = "示例市" + profile
	}
	return ca.Request{Actor: "operator:test", Profile: profile, Subject: s, KeyRef: keyRef}
}

func parse(t *testing.T, der []byte) *cert.Certificate {
	t.Helper()
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCreate(t *testing.T) {
	o := found(t)
	root, issuing := parse(t, o.Root()), parse(t, o.Issuing())
	if err := root.CheckSignature(root.PublicKey); err != nil {
		t.Errorf("root: %v", err)
	}
	if err := issuing.CheckSignature(root.PublicKey); err != nil {
		t.Errorf("issuing: %v", err)
	}
	if bc := issuing.BasicConstraints; bc == nil || !bc.CA || !bc.Critical || bc.PathLen == nil || *bc.PathLen != 0 {
		t.Errorf("issuing basicConstraints: got %+v", bc)
	}
	if ku := root.KeyUsage; ku == nil || !ku.Critical || ku.Bits != cert.KeyCertSign|cert.CRLSign {
		t.Errorf("root keyUsage: got %+v", ku)
	}
	if issuing.NotAfter.After(root.NotAfter) || issuing.NotBefore.Before(root.NotBefore) {
		t.Error("the issuing CA's validity is not within the root's")
	}
	if root.CRLDistributionPoints != nil {
		t.Error("the root names a CRL")
	}
	if _, err := ca.Create(context.Background(), o.config(), "operator:test", "示例市", o.root); err == nil {
		t.Error("a second ceremony: want an error")
	}
}

func TestLoad(t *testing.T) {
	o := found(t)
	again, err := ca.Load(context.Background(), o.config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Issue(context.Background(), request(ca.ProfileSeal, o.key(t, "seal"))); err != nil {
		t.Error(err)
	}
	empty := o.config()
	empty.Store = newMemory()
	if _, err := ca.Load(context.Background(), empty); err == nil {
		t.Error("empty store: want an error")
	}
	// Another root beside our issuing CA: somebody wrote to the database.
	other := found(t)
	o.store.cas[0].Certificate = other.Root()
	if _, err := ca.Load(context.Background(), o.config()); err == nil {
		t.Error("foreign root: want an error")
	}
}

func TestConfigIsChecked(t *testing.T) {
	o := found(t)
	for name, change := range map[string]func(*ca.Config){
		"no store":       func(c *ca.Config) { c.Store = nil },
		"no keys":        func(c *ca.Config) { c.Keys = nil },
		"arc":            func(c *ca.Config) { c.Arc = []int{1, 40} },
		"url scheme":     func(c *ca.Config) { c.URL = "ftp://seal.example" },
		"url query":      func(c *ca.Config) { c.URL = "https://seal.example?x=1" },
		"url slash":      func(c *ca.Config) { c.URL = "https://seal.example/" },
		"url with login": func(c *ca.Config) { c.URL = "https://me@seal.example" },
	} {
		c := o.config()
		change(&c)
		if _, err := ca.Load(context.Background(), c); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
