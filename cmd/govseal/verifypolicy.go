// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/verify"
)

// policyFile is what --policy reads. Paths are relative to the policy file; an
// unknown key is an error. Flags add to its lists and override its texts.
type policyFile struct {
	// Name: default, gbt38540 (judge at the claimed time, as the standard does),
	// or strict-38540 (and refuse the seals of a maker that has expired since).
	Name string `yaml:"name"`
	// Revocation: required or optional.
	Revocation string `yaml:"revocation"`
	// FreshFor is how old a CRL without nextUpdate may be, e.g. 24h.
	FreshFor time.Duration `yaml:"fresh_for"`
	// OIDArc is the operator's arc under which the offices are.
	OIDArc string `yaml:"oid_arc"`
	// RequireSeal makes a signature without a seal indeterminate.
	RequireSeal bool `yaml:"require_seal"`
	// AllowFormFilling accepts form fields filled in after the stamp (PDF).
	AllowFormFilling bool `yaml:"allow_form_filling"`
	// AllowAnnotations accepts annotations added after the stamp (PDF) that
	// no certification forbids.
	AllowAnnotations bool `yaml:"allow_annotations"`
	// Trust, TrustMaker and Untrusted are certificates; LedgerKeys are ledger
	// certificates whose keys are trusted.
	Trust      []string `yaml:"trust"`
	TrustMaker []string `yaml:"trust_maker"`
	Untrusted  []string `yaml:"untrusted"`
	LedgerKeys []string `yaml:"ledger_keys"`
}

// readPolicy joins policy file and flags.
func (f verifyFlags) readPolicy() (verify.Policy, error) {
	file, err := loadPolicy(f.policy)
	if err != nil {
		return verify.Policy{}, err
	}
	p := verify.Policy{Name: file.Name, Revocation: verify.Revocation(file.Revocation), FreshFor: file.FreshFor,
		RequireSeal: file.RequireSeal, AllowFormFilling: file.AllowFormFilling, AllowAnnotations: file.AllowAnnotations}
	if f.revocation != "" {
		p.Revocation = verify.Revocation(f.revocation)
	}
	if file.OIDArc != "" {
		if p.Arc, err = parseArc(file.OIDArc); err != nil {
			return p, err
		}
	}
	if p.Time, err = f.checkTime(); err != nil {
		return p, err
	}
	for _, list := range []struct {
		into  *[][]byte
		kind  string
		files []string
	}{
		{&p.Anchors, "CERTIFICATE", append(file.Trust, f.trust...)},
		{&p.MakerAnchors, "CERTIFICATE", append(file.TrustMaker, f.trustMaker...)},
		{&p.Untrusted, "CERTIFICATE", append(file.Untrusted, f.untrusted...)},
		{&p.CRLs, "X509 CRL", f.crl},
		{&p.OCSP, "OCSP RESPONSE", f.ocsp},
	} {
		for _, path := range list.files {
			ders, err := readDER(path, list.kind)
			if err != nil {
				return p, err
			}
			*list.into = append(*list.into, ders...)
		}
	}
	p.LedgerKeys, err = ledgerKeys(file.LedgerKeys)
	return p, err
}

// loadPolicy reads a policy file and resolves its paths; "" is an empty policy.
func loadPolicy(path string) (policyFile, error) {
	var f policyFile
	if path == "" {
		return f, nil
	}
	raw, err := readSmall(path, maxConfig)
	if err != nil {
		return f, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return f, fmt.Errorf("policy %s: %w", path, err)
	}
	for _, list := range [][]string{f.Trust, f.TrustMaker, f.Untrusted, f.LedgerKeys} {
		for i, p := range list {
			list[i] = inside(filepath.Dir(path), p)
		}
	}
	return f, nil
}

// readDER reads certificates or lists from a file: PEM, as many as there are,
// or one in DER.
func readDER(path, kind string) ([][]byte, error) {
	raw, err := readSmall(path, cert.MaxCRL*2)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(raw, []byte("-----BEGIN")) {
		return [][]byte{raw}, nil
	}
	var all [][]byte
	for {
		var block *pem.Block
		if block, raw = pem.Decode(raw); block == nil {
			break
		}
		if block.Type != kind {
			return nil, usagef("%s holds a %s where a %s is needed", path, block.Type, kind)
		}
		all = append(all, block.Bytes)
	}
	if len(all) == 0 {
		return nil, usagef("%s holds no %s that can be read", path, kind)
	}
	return all, nil
}

// ledgerKeys takes the keys out of ledger certificates.
func ledgerKeys(paths []string) ([][]byte, error) {
	var keys [][]byte
	for _, path := range paths {
		ders, err := readDER(path, "CERTIFICATE")
		if err != nil {
			return nil, err
		}
		for _, der := range ders {
			c, err := cert.Parse(der)
			if err != nil {
				return nil, fmt.Errorf("ledger key %s: %w", path, err)
			}
			keys = append(keys, c.RawSPKI)
		}
	}
	return keys, nil
}
