// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// The names of the shipped profiles that the program itself asks for.
const (
	ProfileRoot                 = "root"
	ProfileIssuing              = "issuing"
	ProfileSubordinate          = "subordinate"
	ProfileDepartment           = "department"
	ProfileDepartmentEncryption = "department-encryption"
	ProfileOfficer              = "officer"
	ProfileOfficerEncryption    = "officer-encryption"
	ProfileSeal                 = "seal"
	ProfileSealMaker            = "seal-maker"
	ProfileTSA                  = "tsa"
	ProfileOCSP                 = "ocsp"
	ProfileLedger               = "ledger"
	ProfileTLSServer            = "tls-server"
	ProfileTLSClient            = "tls-client"
)

// Profile is a validated shape of certificate. Its zero value issues nothing;
// a usable one comes from Profiles only.
type Profile struct{ s spec }

// spec is what a profile says. It is checked once, by newProfile.
type spec struct {
	name     string
	meaning  string // for help texts
	ca       bool
	pathLen  int // of a CA; -1 means no limit
	key      KeyAlgorithm
	from     []KeySource
	deliver  bool // a key of ours may be handed to its holder
	usage    cert.KeyUsageBits
	extended []extendedUsage
	noCheck  bool // id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1
	policies []asn1.ObjectIdentifier
	identity []asn1.ObjectIdentifier // extensions that carry the credit code
	null     bool                    // signature parameters NULL instead of absent
	validity time.Duration
	longest  time.Duration
	subject  subjectRule
	dnsNames need
}

// KeyAlgorithm is the kind of key that a profile certifies.
type KeyAlgorithm string

// The algorithms that are certified; our own keys are SM2.
const (
	KeySM2  KeyAlgorithm = "sm2"
	KeyP256 KeyAlgorithm = "p256"
)

// KeySource is where the key of a certificate may come from.
type KeySource string

const (
	FromStore    KeySource = "store"    // made and kept in our key store
	FromCSR      KeySource = "csr"      // the holder's own, proven by a PKCS#10 request
	FromCentre   KeySource = "centre"   // made and escrowed by the key centre
	FromCeremony KeySource = "ceremony" // an authority's
)

// Name of the profile.
func (p Profile) Name() string { return p.s.name }

// Meaning says in a few words what the profile is for.
func (p Profile) Meaning() string { return p.s.meaning }

// Authority reports whether the profile makes CAs, in ceremonies only.
func (p Profile) Authority() bool { return p.s.ca }

// Validity is the default lifetime.
func (p Profile) Validity() time.Duration { return p.s.validity }

// Longest is the most that a request may ask for.
func (p Profile) Longest() time.Duration { return p.s.longest }

// Key is the algorithm of the keys that are certified.
func (p Profile) Key() KeyAlgorithm { return p.s.key }

// KeyFrom reports whether a key may come from there.
func (p Profile) KeyFrom(s KeySource) bool { return slices.Contains(p.s.from, s) }

// Sources lists where a key may come from.
func (p Profile) Sources() []KeySource { return slices.Clone(p.s.from) }

// Deliverable reports whether a key that we hold may be handed to its holder.
func (p Profile) Deliverable() bool { return p.s.deliver }

// Office reports whether the profile gives an office of the service itself
// (seal maker, ledger, time stamps, OCSP), which no request from outside gets.
func (p Profile) Office() bool {
	return slices.ContainsFunc(p.s.extended, func(u extendedUsage) bool { return u.office })
}

// WantsDNSNames reports whether a certificate must name hosts.
func (p Profile) WantsDNSNames() bool { return p.s.dnsNames == required }

// newProfile refuses shapes that must not exist, whoever writes them.
func newProfile(s spec) (Profile, error) {
	for _, check := range []func() error{s.checkWhole, s.checkKey, s.checkAuthority, s.checkUsage} {
		if err := check(); err != nil {
			return Profile{}, err
		}
	}
	return Profile{s}, nil
}

func (s spec) checkWhole() error {
	switch {
	case s.name == "":
		return errors.New("profile is missing: it names the profile")
	case s.subject == (subjectRule{}):
		return errors.New("subject: the profile wants nothing that would tell one holder from another")
	case s.usage == 0:
		return errors.New("usage: the profile allows no key usage")
	case s.validity < time.Hour || s.validity > s.longest:
		return errors.New("validity must be at least an hour and not beyond longest")
	case s.longest > 30*year:
		return errors.New("longest: nothing is certified for more than 30 years")
	case s.subject.creditCode != unused && len(s.identity) == 0 && !s.ca:
		return errors.New("identity: the profile takes a credit code and names no extension to carry it")
	}
	return nil
}

func (s spec) checkKey() error {
	switch {
	case s.key != KeySM2 && s.key != KeyP256:
		return errors.New("key.algorithm must be sm2 or p256")
	case len(s.from) == 0:
		return errors.New("key.from must name where keys come from: store, csr, centre or ceremony")
	case s.key == KeyP256 && !slices.Equal(s.from, []KeySource{FromCSR}):
		return errors.New("key.from: a P-256 key can come from csr only, our key store holds SM2")
	case slices.Contains(s.from, FromCentre) && len(s.from) > 1:
		return errors.New("key.from: an escrowed key comes from the centre and nowhere else")
	case s.ca != slices.Equal(s.from, []KeySource{FromCeremony}):
		return errors.New("key.from: an authority's key comes from a ceremony, and only an authority's does")
	case s.deliver && (s.ca || !slices.Contains(s.from, FromStore) && !slices.Contains(s.from, FromCentre)):
		return errors.New("key.deliverable: there is no key of ours to deliver")
	}
	return nil
}

func (s spec) checkAuthority() error {
	signsCertificates := s.usage&(cert.KeyCertSign|cert.CRLSign) != 0
	switch {
	case s.ca != signsCertificates:
		return errors.New("usage: authority and certificate signing must go together (RFC 5280 4.2.1.9)")
	case !s.ca && s.pathLen != -1:
		return errors.New("path_length needs authority")
	case s.pathLen < -1 || s.pathLen > 8:
		return errors.New("path_length must be 0 to 8")
	case s.ca && (len(s.extended) > 0 || s.noCheck || s.dnsNames != unused):
		return errors.New("extended_usage, ocsp_no_check and dns_names are not for an authority: its ceremony says what it may pass on")
	}
	return nil
}

// checkUsage keeps signing and encryption apart: an escrowed key is known to
// more than its holder, so it must never sign.
func (s spec) checkUsage() error {
	const signs, encrypts = cert.DigitalSignature | cert.NonRepudiation, cert.KeyEncipherment | cert.DataEncipherment | cert.KeyAgreement
	offices := 0
	for _, u := range s.extended {
		if u.office {
			offices++
		}
	}
	switch {
	case s.usage&(cert.EncipherOnly|cert.DecipherOnly) != 0:
		return errors.New("usage: encipherOnly and decipherOnly are not used here")
	case slices.Contains(s.from, FromCentre) && (s.usage&signs != 0 || s.usage&encrypts == 0):
		return errors.New("usage: an escrowed key encrypts and never signs")
	case s.usage&signs != 0 && s.usage&encrypts != 0:
		return errors.New("usage: one key either signs or encrypts")
	case offices > 0 && len(s.extended) > 1:
		return errors.New("extended_usage: an office stands alone (RFC 3161 2.3)")
	case offices > 0 && !slices.Equal(s.from, []KeySource{FromStore}):
		return errors.New("extended_usage: an office's key is made in the key store; no request from outside gets one (design.md section 3)")
	case s.noCheck && !slices.ContainsFunc(s.extended, func(u extendedUsage) bool { return u.name == "OCSPSigning" }):
		return errors.New("ocsp_no_check is for OCSP responders only")
	}
	return nil
}
