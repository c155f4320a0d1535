// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
)

// Names of policies.
const (
	// PolicyDefault judges at a proven time, else at the time of verification.
	PolicyDefault = "default"
	// PolicyGBT38540 judges at the time that the signer claims when no time is
	// proven, as GB/T 38540 does. A thief of a key can then backdate.
	PolicyGBT38540 = "gbt38540"
	// PolicyStrict38540 is PolicyGBT38540 without the lenience of GM/T 0031-2025
	// for makers: the seals of one whose certificate has expired or was revoked
	// since hold no longer (facts/seal-formats.md 5.1, step c).
	PolicyStrict38540 = "strict-38540"
)

// Revocation says what a missing answer means.
type Revocation string

const (
	RevocationRequired Revocation = "required" // indeterminate; the default
	RevocationOptional Revocation = "optional" // reported, not held against the stamp
)

// Policy holds everything that verification takes from its caller.
type Policy struct {
	Name string    // "" means PolicyDefault
	Time time.Time // of the verification; zero is an error

	Anchors      [][]byte // trusted roots, DER
	MakerAnchors [][]byte // trusted for seal makers without their extended key usage, DER
	Untrusted    [][]byte // candidate issuing certificates, DER
	CRLs         [][]byte // DER
	OCSP         [][]byte // candidate OCSPResponses, DER
	LedgerKeys   [][]byte // trusted ledger keys, DER SubjectPublicKeyInfo

	Revocation Revocation // "" means required
	// FreshFor is how old a CRL without nextUpdate may be; 0 refuses such CRLs.
	FreshFor time.Duration
	// Arc is the operator's object identifier arc; nil means the example arc 2.999.1.
	Arc []int
	// RequireSeal makes a signature without a seal indeterminate.
	RequireSeal bool
	// AllowFormFilling accepts form fields filled in after the stamp (PDF).
	AllowFormFilling bool
	// AllowAnnotations accepts annotations after the stamp (PDF) that no
	// certification or lock forbids.
	AllowAnnotations bool
	Limits           Limits
}

// Limits bound what a verification may cost; zero fields mean the defaults.
type Limits struct {
	Size   int64 // octets of the document, default 1 GiB
	Stamps int   // default 64
	// Inflated and Entries bound an OFD: octets of all its entries together
	// (default 500 MiB) and their number (default 10,000).
	Inflated int64
	Entries  int
}

// Bounds of what a document may bring along.
const (
	maxWhole     = 64 << 20 // octets of a document that is read into memory
	maxEvidence  = 64 << 20
	defaultSize  = 1 << 30
	defaultStamp = 64
)

// rules is what the policy's digest is over: all that decides, and nothing
// that only informs (time, candidate certificates, CRLs).
type rules struct {
	Name             string   `json:"name"`
	Revocation       string   `json:"revocation"`
	FreshFor         int64    `json:"freshForSeconds"`
	Arc              []int    `json:"arc"`
	RequireSeal      bool     `json:"requireSeal"`
	AllowFormFilling bool     `json:"allowFormFilling"`
	AllowAnnotations bool     `json:"allowAnnotations"`
	Anchors          []string `json:"anchors"` // SM3, sorted
	MakerAnchors     []string `json:"makerAnchors"`
	LedgerKeys       []string `json:"ledgerKeys"`
}

// Digest is the SM3 digest of the policy's rules and anchors, hex: two reports
// with the same digest were made by the same rules.
func (p Policy) Digest() (string, error) {
	p, err := p.normal()
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(rules{
		Name: p.Name, Revocation: string(p.Revocation), FreshFor: int64(p.FreshFor / time.Second), Arc: p.Arc,
		RequireSeal: p.RequireSeal, AllowFormFilling: p.AllowFormFilling, AllowAnnotations: p.AllowAnnotations,
		Anchors: digests(p.Anchors), MakerAnchors: digests(p.MakerAnchors), LedgerKeys: digests(p.LedgerKeys),
	})
	if err != nil {
		return "", fmt.Errorf("encode policy: %w", err)
	}
	return sm3Hex(raw), nil
}

func digests(all [][]byte) []string {
	out := []string{}
	for _, der := range all {
		out = append(out, sm3Hex(der))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// normal fills in defaults and refuses values that mean nothing.
func (p Policy) normal() (Policy, error) {
	switch p.Name {
	case "":
		p.Name = PolicyDefault
	case PolicyDefault, PolicyGBT38540, PolicyStrict38540:
	default:
		return p, fmt.Errorf("verify: no policy is named %q", p.Name)
	}
	switch p.Revocation {
	case "":
		p.Revocation = RevocationRequired
	case RevocationRequired, RevocationOptional:
	default:
		return p, fmt.Errorf("verify: revocation is %q, neither required nor optional", p.Revocation)
	}
	if p.Arc == nil {
		p.Arc = cert.DefaultArc
	}
	if len(p.Arc) < 2 || p.FreshFor < 0 || p.Limits.Size < 0 || p.Limits.Stamps < 0 ||
		p.Limits.Inflated < 0 || p.Limits.Entries < 0 {
		return p, fmt.Errorf("verify: arc, freshness or limits out of range")
	}
	if p.Limits.Size == 0 {
		p.Limits.Size = defaultSize
	}
	if p.Limits.Stamps == 0 {
		p.Limits.Stamps = defaultStamp
	}
	return p, nil
}

// newRun reads the policy. Its certificates and CRLs are the caller's own, so
// a broken one is an error, not a finding.
func newRun(ctx context.Context, p Policy) (*run, error) {
	if p.Time.IsZero() {
		return nil, ErrNoTime
	}
	p, err := p.normal()
	if err != nil {
		return nil, err
	}
	digest, err := p.Digest()
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, policy: p, arc: cert.Arc(p.Arc), now: p.Time.UTC(), paths: map[question]*chain.Result{}}
	r.report = Report{Version: 1, CheckedAt: r.now, Policy: Applied{Name: p.Name, SM3: digest}, Stamps: []Stamp{}}
	if r.anchors, err = certificates("anchor", p.Anchors); err != nil {
		return nil, err
	}
	if r.makerAnchors, err = certificates("maker anchor", p.MakerAnchors); err != nil {
		return nil, err
	}
	if r.pool.certs, err = certificates("untrusted certificate", p.Untrusted); err != nil {
		return nil, err
	}
	for i, der := range p.CRLs {
		crl, err := cert.ParseCRL(der)
		if err != nil {
			return nil, fmt.Errorf("verify: policy, CRL %d: %w", i+1, err)
		}
		r.pool.crls = append(r.pool.crls, crl)
	}
	for i, der := range p.OCSP {
		if err := chain.ParseOCSP(der); err != nil {
			return nil, fmt.Errorf("verify: policy, OCSP answer %d: %w", i+1, err)
		}
	}
	r.pool.ocsps = slices.Clone(p.OCSP)
	for i, spki := range p.LedgerKeys {
		key, err := gm.ParsePublicKey(spki)
		if err != nil {
			return nil, fmt.Errorf("verify: policy, ledger key %d: %w", i+1, err)
		}
		r.pool.ledgerKeys = append(r.pool.ledgerKeys, key)
	}
	return r, nil
}

func certificates(what string, ders [][]byte) ([]*cert.Certificate, error) {
	var all []*cert.Certificate
	for i, der := range ders {
		c, err := cert.Parse(der)
		if err != nil {
			return nil, fmt.Errorf("verify: policy, %s %d: %w", what, i+1, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func sm3Hex(raw []byte) string {
	sum := gm.SM3(raw)
	return hex.EncodeToString(sum[:])
}
