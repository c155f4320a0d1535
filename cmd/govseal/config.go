// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// The files of a city's folder.
const (
	configFile   = "govseal.yaml"
	databaseFile = "govseal.db"
	blobsFolder  = "blobs"
	rootFolder   = "root"
	rootKeyFile  = "root.key" // in rootFolder; belongs into a safe, not on a server

	ceremoniesFolder = "ceremonies" // reviewed files and transcripts
)

// Config is govseal.yaml in the city's folder. This comment is its manual; an
// unknown key is an error. Secrets are never values here.
type Config struct {
	// Name of the city or body that runs the service, e.g. 示例市. It stands in
	// the CA certificates and cannot be changed afterwards.
	Name string `yaml:"name"`
	// Province and Locality go into subject names when set.
	Province string `yaml:"province,omitempty"`
	Locality string `yaml:"locality,omitempty"`
	// URL is where the service is reached from outside, without a slash at the
	// end. Certificates name its publication points, QR codes lead to it. Empty
	// leaves the publication points out.
	URL string `yaml:"url,omitempty"`
	// OIDArc is the operator's arc of object identifiers, under which the
	// offices (seal maker, ledger) are. The default 2.999.1 is the example arc.
	// It cannot be changed afterwards.
	OIDArc string `yaml:"oid_arc"`
	// Origin names the ledger in its checkpoints. It cannot be changed
	// afterwards.
	Origin string `yaml:"origin"`
	// Database is a path within this folder, or postgres://user@host/name; the
	// password then comes from a file (passfile=… or PGPASSFILE), never from here.
	Database string `yaml:"database"`
	// Blobs is the folder where sealed files are kept, by digest.
	Blobs string `yaml:"blobs"`
	// Demo marks a folder made by "govseal demo": example keys may be used in it.
	Demo bool `yaml:"demo,omitempty"`
	// Seal says what the seal service puts up with, and which acts take two.
	Seal SealConfig `yaml:"seal,omitempty"`
	// Approvals says which administrative acts take two operators.
	Approvals ApprovalsConfig `yaml:"approvals,omitempty"`
	// Issuers says which CA issues for the departments of an area: the beginning
	// of an area code (2, 4 or 6 digits) and a CA made by a ceremony. The longest
	// beginning counts; without any, the CA "issuing" does.
	Issuers map[string]string `yaml:"issuers,omitempty"`
	// TSA names outside time-stamp authorities; without any, ours stamps alone.
	TSA TSAConfig `yaml:"tsa,omitempty"`
	// CRL says how revocation lists are made and where they are put.
	CRL CRLConfig `yaml:"crl,omitempty"`
	// OCSP is about answers on the status of certificates.
	OCSP OCSPConfig `yaml:"ocsp,omitempty"`
	// Serve says where and how "govseal serve" listens.
	Serve ServeConfig `yaml:"serve,omitempty"`
}

// SealConfig is the part of the configuration about sealing.
type SealConfig struct {
	// Allow lists what a PDF may hold and still be sealed, by the name that the
	// refusal gives: javascript, launch, open-action, additional-action,
	// submit-form, hide-action, multimedia, xfa, embedded-file, hidden-layer,
	// form-value, pdf-a. None by default; a broken, encrypted, certified or
	// locked file is always refused.
	Allow []string `yaml:"allow,omitempty"`
	// Keywords lets seals be placed by a keyword. PDFium searches the text, in a
	// sandbox that takes up to 512 MB and some seconds, one document at a time.
	Keywords bool `yaml:"keywords,omitempty"`
	// SecondPerson names the acts that take two operators: true stands for
	// make, activate, resume and cancel; a list names them itself, from make,
	// file, activate, suspend, resume, cancel, lost and compromise (of a seal that
	// has ended). What stops a seal in danger (suspend, lost, compromise) waits
	// for nobody unless it is named.
	SecondPerson secondPerson `yaml:"second_person,omitempty"`
}

// loadConfig reads and checks the configuration of a city's folder.
func loadConfig(dir string) (Config, error) {
	if dir == "" {
		return Config{}, usagef("which city? Name its folder with --dir or GOVSEAL_DIR")
	}
	raw, err := os.ReadFile(filepath.Join(dir, configFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, usagef("%s holds no %s: make the city with \"govseal init --dir %s\"", dir, configFile, dir)
	}
	if err != nil {
		return Config{}, err
	}
	return parseConfig(raw)
}

func parseConfig(raw []byte) (Config, error) {
	var c Config
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("%s: %w", configFile, err)
	}
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("%s: %w", configFile, err)
	}
	return c, nil
}

// maxMaxDocument is the PDF reader's own limit in octets (docs/adr/0013).
const maxMaxDocument = 1 << 30

// validate checks every field; its errors name the field.
func (c Config) validate() error {
	for _, f := range []struct{ name, value string }{{"name", c.Name}, {"origin", c.Origin}, {"database", c.Database}, {"blobs", c.Blobs}} {
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.name)
		}
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return fmt.Errorf("%s holds a control character", f.name)
		}
	}
	if _, err := parseArc(c.OIDArc); err != nil {
		return err
	}
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.HasSuffix(c.URL, "/") {
			return fmt.Errorf("url: %q is not like https://seal.example", c.URL)
		}
	}
	if err := errors.Join(checkIssuers(c.Issuers), c.TSA.validate(), c.Approvals.validate(), c.CRL.validate(c.URL)); err != nil {
		return err
	}
	if n := c.Serve.MaxDocument; n < 0 || n > maxMaxDocument {
		return fmt.Errorf("serve: max_document is 0 (for 50 MiB) to %d octets", maxMaxDocument)
	}
	if u, err := url.Parse(c.Database); err == nil && u.User != nil {
		if _, has := u.User.Password(); has {
			return errors.New("database: a password does not belong into this file; use a password file (PGPASSFILE)")
		}
	}
	return nil
}

// parseArc reads "2.999.1".
func parseArc(s string) ([]int, error) {
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(parts) > 16 {
		return nil, fmt.Errorf("oid_arc: %q is not like 2.999.1", s)
	}
	arc := make([]int, len(parts))
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 32)
		if err != nil || n < 0 || part != strconv.FormatInt(n, 10) {
			// 2.25.<UUID> does not fit: Go's certificates refuse it (design.md section 3).
			return nil, fmt.Errorf("oid_arc: %q: %q is not a number below 2147483648", s, part)
		}
		arc[i] = int(n)
	}
	return arc, nil
}

// save writes the configuration as the last act of making a city: a folder
// without it is unfinished.
func (c Config) save(dir string) error {
	var b bytes.Buffer
	b.WriteString("# govseal; what the fields mean: docs/operations.md. Changing name, oid_arc or origin breaks what was issued.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(c), enc.Close()); err != nil {
		return err
	}
	return writeDurably(filepath.Join(dir, configFile), b.Bytes(), 0o600)
}

// originOf names the ledger after the address, or after nothing.
func originOf(c Config) string {
	host := "govseal.invalid"
	if u, err := url.Parse(c.URL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return host + "/govseal/sm3"
}

// verifyURL is what QR codes lead to; without an address of our own they lead
// to a name that cannot exist (RFC 2606), and a warning says so at init.
func (c Config) verifyURL() string {
	if c.URL == "" {
		return "https://govseal.invalid"
	}
	return c.URL
}

// inside resolves a path of the configuration against the city's folder.
func inside(dir, path string) string {
	if filepath.IsAbs(path) || strings.Contains(path, "://") {
		return path
	}
	return filepath.Join(dir, path)
}
