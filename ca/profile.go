// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// The names of the profiles.
const (
	ProfileRoot       = "root"
	ProfileIssuing    = "issuing"
	ProfileDepartment = "department"
	ProfileOfficer    = "officer"
	ProfileSeal       = "seal"
	ProfileSealMaker  = "seal-maker"
	ProfileTSA        = "tsa"
	ProfileOCSP       = "ocsp"
	ProfileLedger     = "ledger"
)

// Profile is a validated shape of certificate. Its zero value issues nothing;
// a usable one comes from LookupProfile only.
type Profile struct{ s spec }

// spec is what a profile says. It is checked once, by newProfile.
type spec struct {
	name     string
	meaning  string // for help texts
	ca       bool
	pathLen  int // of a CA; -1 means no limit
	usage    cert.KeyUsageBits
	office   func(cert.Arc) asn1.ObjectIdentifier // extended key usage, nil means none
	noCheck  bool                                 // id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1
	validity time.Duration
	longest  time.Duration
	subject  subjectRule
}

// holder is the key usage of people and bodies: facts/ca-and-crypto.md section 6.
const holder = cert.DigitalSignature | cert.NonRepudiation

func standard(oid asn1.ObjectIdentifier) func(cert.Arc) asn1.ObjectIdentifier {
	return func(cert.Arc) asn1.ObjectIdentifier { return oid }
}

// Lifetimes of the authorities stay within what every checker in
// facts/ca-and-crypto.md section 3 reads, except that the root's twenty years
// exceed GmSSL's 3653 days.
var profiles = mustProfiles(
	spec{name: ProfileRoot, meaning: "root CA", ca: true, pathLen: -1, usage: cert.KeyCertSign | cert.CRLSign,
		validity: 20 * year, longest: 30 * year, subject: authoritySubject},
	spec{name: ProfileIssuing, meaning: "issuing CA", ca: true, pathLen: 0, usage: cert.KeyCertSign | cert.CRLSign,
		validity: 10 * year, longest: 15 * year, subject: authoritySubject},
	spec{name: ProfileDepartment, meaning: "a department's own key (单位)", usage: holder,
		validity: 3 * year, longest: 5 * year, subject: departmentSubject},
	spec{name: ProfileOfficer, meaning: "an officer's key (人员)", usage: holder,
		validity: 3 * year, longest: 5 * year, subject: officerSubject},
	spec{name: ProfileSeal, meaning: "the signing key of one seal (印章)", usage: holder,
		validity: 3 * year, longest: 5 * year, subject: sealSubject},
	spec{name: ProfileSealMaker, meaning: "the seal maker (制章者)", usage: holder, office: cert.Arc.SealMaker,
		validity: 5 * year, longest: 10 * year, subject: officeSubject},
	spec{name: ProfileTSA, meaning: "time-stamp authority (时间戳)", usage: holder, office: standard(cert.OIDTimeStamping),
		validity: 5 * year, longest: 10 * year, subject: officeSubject},
	spec{name: ProfileOCSP, meaning: "OCSP responder", usage: cert.DigitalSignature, office: standard(cert.OIDOCSPSigning), noCheck: true,
		validity: year, longest: 2 * year, subject: officeSubject},
	spec{name: ProfileLedger, meaning: "checkpoint key of the ledger (存证日志)", usage: cert.DigitalSignature, office: cert.Arc.Ledger,
		validity: 5 * year, longest: 10 * year, subject: officeSubject},
)

func mustProfiles(specs ...spec) map[string]Profile {
	all := make(map[string]Profile, len(specs))
	for _, s := range specs {
		p, err := newProfile(s)
		if err != nil {
			panic(err)
		}
		if _, twice := all[s.name]; twice {
			panic("ca: profile " + s.name + " stands twice")
		}
		all[s.name] = p
	}
	return all
}

// newProfile refuses shapes that must not exist, whoever writes them.
func newProfile(s spec) (Profile, error) {
	signsCertificates := s.usage&(cert.KeyCertSign|cert.CRLSign) != 0
	switch {
	case s.name == "" || s.subject == (subjectRule{}):
		return Profile{}, fmt.Errorf("ca: profile %q is incomplete", s.name)
	case s.usage == 0:
		return Profile{}, fmt.Errorf("ca: profile %q allows no key usage", s.name)
	case s.ca != signsCertificates:
		return Profile{}, fmt.Errorf("ca: profile %q: CA flag and certificate signing must go together (RFC 5280 4.2.1.9)", s.name)
	case !s.ca && s.pathLen != 0:
		return Profile{}, fmt.Errorf("ca: profile %q: a path length needs the CA flag", s.name)
	case s.ca && (s.office != nil || s.noCheck):
		return Profile{}, fmt.Errorf("ca: profile %q: a CA holds no office", s.name)
	case s.noCheck && s.office == nil:
		return Profile{}, fmt.Errorf("ca: profile %q: OCSP nocheck is for responders only", s.name)
	case s.validity <= 0 || s.validity > s.longest:
		return Profile{}, fmt.Errorf("ca: profile %q: validity %v is not within its longest, %v", s.name, s.validity, s.longest)
	}
	return Profile{s}, nil
}

// LookupProfile returns the profile of a name that a Request may carry; the
// shapes of the authorities themselves are not among them.
func LookupProfile(name string) (Profile, error) {
	p, ok := profiles[name]
	if !ok || p.s.ca {
		return Profile{}, &RequestError{"profile", fmt.Sprintf("%q is not one of department, officer, seal, seal-maker, tsa, ocsp, ledger", name)}
	}
	return p, nil
}

// Name of the profile.
func (p Profile) Name() string { return p.s.name }

// Meaning says in a few words what the profile is for.
func (p Profile) Meaning() string { return p.s.meaning }

// Validity is the default lifetime, Longest the most that may be asked for.
func (p Profile) Validity() time.Duration { return p.s.validity }

// Longest is the most that a request may ask for.
func (p Profile) Longest() time.Duration { return p.s.longest }

// extensions returns the profile's extensions for a key below an issuer, in
// the order in which they are written; a nil issuer makes the root.
func (p Profile) extensions(a *Authority, below *issuer, spki []byte, creditCode string) ([]cert.Extension, error) {
	keyID, err := cert.KeyID(spki)
	if err != nil {
		return nil, err
	}
	issuerKeyID := keyID // self-signed
	if below != nil {
		issuerKeyID = below.cert.SubjectKeyID
	}
	var ext []cert.Extension
	if p.s.ca {
		var limit *int
		if p.s.pathLen >= 0 {
			limit = &p.s.pathLen
		}
		ext = append(ext, cert.ExtBasicConstraints(true, limit))
	}
	// An end entity carries no basicConstraints: GmSSL refuses the empty
	// SEQUENCE that DER makes of cA FALSE (facts/ca-and-crypto.md 3.3).
	ext = append(ext, cert.ExtKeyUsage(p.s.usage))
	if p.s.office != nil {
		// Critical: RFC 3161 2.3 demands it of time-stamping, and an office
		// that a verifier cannot read must not be taken for a signature's right.
		ext = append(ext, cert.ExtExtKeyUsage(true, p.s.office(a.arc)))
	}
	ext = append(ext, cert.ExtSubjectKeyID(keyID), cert.ExtAuthorityKeyID(issuerKeyID))
	if p.s.noCheck {
		ext = append(ext, cert.ExtOCSPNoCheck())
	}
	if creditCode != "" {
		ext = append(ext, cert.ExtCreditCode(creditCode))
	}
	return append(ext, p.publication(a, below)...), nil
}

// publication says where the issuer's CRL, certificate and OCSP responder are
// found. The root certificate names none: nobody can revoke an anchor but
// whoever trusts it.
func (p Profile) publication(a *Authority, below *issuer) []cert.Extension {
	if a.url == "" || below == nil {
		return nil
	}
	var responders []string
	if below.signer != nil && !p.s.noCheck { // a key in a safe cannot delegate
		responders = []string{a.url + "/pki/ocsp"}
	}
	return []cert.Extension{
		cert.ExtCRLDistributionPoints(a.url + "/pki/" + below.id + ".crl"),
		cert.ExtAuthorityInfoAccess(responders, []string{a.url + "/pki/" + below.id + ".crt"}),
	}
}
