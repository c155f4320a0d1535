// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/govseal/govseal/internal/cert"
)

// profileFile is the schema of a profile in YAML; an unknown field is an error.
// docs/operations.md explains it to operators.
type profileFile struct {
	Profile   string  `yaml:"profile"`     // lower case, digits, hyphens
	Meaning   string  `yaml:"meaning"`     // a few words for people
	Authority bool    `yaml:"authority"`   // makes CAs
	PathLen   *int    `yaml:"path_length"` // of a CA; absent means no limit
	Key       keyFile `yaml:"key"`
	// Usage names the bits of RFC 5280 4.2.1.3: digitalSignature, nonRepudiation, …
	Usage []string `yaml:"usage"`
	// ExtendedUsage: sealMaker, ledger, timeStamping, OCSPSigning, serverAuth,
	// clientAuth, or a dotted identifier.
	ExtendedUsage []string    `yaml:"extended_usage"`
	OCSPNoCheck   bool        `yaml:"ocsp_no_check"`
	Policies      []string    `yaml:"policies"` // dotted identifiers
	Identity      []string    `yaml:"identity"` // extensions that carry the credit code
	Parameters    string      `yaml:"signature_parameters"`
	Validity      string      `yaml:"validity"` // 3y, 825d, 12h
	Longest       string      `yaml:"longest"`
	Subject       subjectFile `yaml:"subject"`
	DNSNames      string      `yaml:"dns_names"`
}

type keyFile struct {
	Algorithm   KeyAlgorithm `yaml:"algorithm"`
	From        []KeySource  `yaml:"from"`
	Deliverable bool         `yaml:"deliverable"`
}

// subjectFile says required, optional, or nothing of each field.
type subjectFile struct {
	Unit         string `yaml:"unit"`
	CommonName   string `yaml:"common_name"`
	SerialNumber string `yaml:"serial_number"`
	CreditCode   string `yaml:"credit_code"`
}

var profileName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// ParseProfile reads and validates one profile, YAML of the schema in
// docs/operations.md. The error names the field.
func ParseProfile(text []byte) (Profile, error) {
	if len(text) > maxProfileFile {
		return Profile{}, fmt.Errorf("is longer than %d octets", maxProfileFile)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var f profileFile
	if err := dec.Decode(&f); err != nil {
		return Profile{}, err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Profile{}, errors.New("holds more than one YAML document")
	}
	if !profileName.MatchString(f.Profile) {
		return Profile{}, fmt.Errorf("profile: %.64q is not a name of small letters, digits and hyphens", f.Profile)
	}
	s, err := f.spec()
	if err != nil {
		return Profile{}, err
	}
	return newProfile(s)
}

func (f profileFile) spec() (s spec, err error) {
	s = spec{name: f.Profile, meaning: f.Meaning, ca: f.Authority, pathLen: -1, key: f.Key.Algorithm, from: f.Key.From,
		deliver: f.Key.Deliverable, noCheck: f.OCSPNoCheck}
	if err := checkText("meaning", f.Meaning, 100); err != nil {
		return s, err
	}
	if f.PathLen != nil {
		if s.pathLen = *f.PathLen; s.pathLen < 0 {
			return s, errors.New("path_length must not be negative")
		}
	}
	for i, from := range s.from {
		if !slices.Contains([]KeySource{FromStore, FromCSR, FromCentre, FromCeremony}, from) || slices.Contains(s.from[:i], from) {
			return s, fmt.Errorf("key.from: %.32q is unknown or stands twice", from)
		}
	}
	for _, step := range []func(*spec) error{f.usages, f.identifiers, f.times, f.names, f.parameters} {
		if err := step(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (f profileFile) usages(s *spec) error {
	for _, name := range f.Usage {
		i := slices.Index(usageNames, name)
		if i < 0 || s.usage&(1<<i) != 0 {
			return fmt.Errorf("usage: %.32q is unknown or stands twice; there are %s", name, strings.Join(usageNames, ", "))
		}
		s.usage |= 1 << i
	}
	for _, name := range f.ExtendedUsage {
		u, err := parseExtendedUsage(name)
		if err != nil {
			return fmt.Errorf("extended_usage: %w", err)
		}
		if slices.ContainsFunc(s.extended, func(v extendedUsage) bool { return v.name == u.name }) {
			return fmt.Errorf("extended_usage: %.32q stands twice", name)
		}
		s.extended = append(s.extended, u)
	}
	return nil
}

func (f profileFile) identifiers(s *spec) error {
	for _, text := range f.Policies {
		id, err := parseOID(text)
		if err != nil {
			return fmt.Errorf("policies: %w", err)
		}
		s.policies = append(s.policies, id)
	}
	for _, text := range f.Identity {
		id, err := parseOID(text)
		if err != nil {
			return fmt.Errorf("identity: %w", err)
		}
		if !id.Equal(cert.OIDCreditCode) && !id.Equal(cert.OIDCreditCode2023) {
			return fmt.Errorf("identity: %s is not %s or %s", text, cert.OIDCreditCode, cert.OIDCreditCode2023)
		}
		s.identity = append(s.identity, id)
	}
	return nil
}

func (f profileFile) times(s *spec) (err error) {
	if s.validity, err = ParseLifetime(f.Validity); err != nil {
		return fmt.Errorf("validity: %w", err)
	}
	if s.longest, err = ParseLifetime(f.Longest); err != nil {
		return fmt.Errorf("longest: %w", err)
	}
	return nil
}

func (f profileFile) names(s *spec) error {
	for _, n := range []struct {
		field, said string
		to          *need
	}{
		{"subject.unit", f.Subject.Unit, &s.subject.unit}, {"subject.common_name", f.Subject.CommonName, &s.subject.commonName},
		{"subject.serial_number", f.Subject.SerialNumber, &s.subject.serialNumber}, {"subject.credit_code", f.Subject.CreditCode, &s.subject.creditCode},
		{"dns_names", f.DNSNames, &s.dnsNames},
	} {
		switch n.said {
		case "":
		case "optional":
			*n.to = optional
		case "required":
			*n.to = required
		default:
			return fmt.Errorf("%s: %.32q is neither required nor optional", n.field, n.said)
		}
	}
	return nil
}

// parameters: those of the SM2 signature are absent by RFC 8998 and NULL in the
// certificates of some authorities (facts/ca-and-crypto.md section 6).
func (f profileFile) parameters(s *spec) error {
	switch f.Parameters {
	case "", "absent":
	case "null":
		s.null = true
	default:
		return fmt.Errorf("signature_parameters: %.32q is neither absent nor null", f.Parameters)
	}
	return nil
}

var lifetimeUnits = map[byte]time.Duration{'y': year, 'd': day, 'h': time.Hour}

// ParseLifetime reads 3y, 825d or 12h, up to 100 years; a year has 365 days.
func ParseLifetime(text string) (time.Duration, error) {
	if text == "" {
		return 0, errors.New("is missing")
	}
	unit, ok := lifetimeUnits[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
	if !ok || err != nil || n == 0 || time.Duration(n) > 100*year/unit {
		return 0, fmt.Errorf("%.32q is not like 3y, 825d or 12h", text)
	}
	return time.Duration(n) * unit, nil
}

func parseOID(text string) (asn1.ObjectIdentifier, error) {
	var id asn1.ObjectIdentifier
	for _, part := range strings.Split(text, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || part != strconv.FormatUint(n, 10) || len(id) == 32 {
			return nil, fmt.Errorf("%.64q is not an object identifier", text)
		}
		id = append(id, int(n))
	}
	if len(id) < 3 || id[0] > 2 || id[0] < 2 && id[1] > 39 {
		return nil, fmt.Errorf("%.64q is not an object identifier", text)
	}
	return id, nil
}
