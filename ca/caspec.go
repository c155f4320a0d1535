// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// The labels under which bridges to other keys are recorded; those of CAs are
// the profiles' names. What they hold is decided by their ceremony.
const (
	recordCross    = "cross"
	recordRollover = "rollover"
)

// Unlimited is a path length without bound.
const Unlimited = -1

// CASpec says what the certificate of a CA is to hold.
type CASpec struct {
	ID                  string // under which the authority is kept: root, issuing, east; lower case
	Subject             Subject
	NotBefore, NotAfter time.Time // whole seconds; a zero NotBefore is a little before now
	PathLen             int       // CAs that may stand below it in a row; Unlimited for no bound
	Permitted, Excluded []NameRange
	Usages              []string // names of extended key usages; UsageAny alone for no bound; nil for PlainUsages
	Policies            []string // certificate policies, dotted
	// Publication addresses; nil means those of this service.
	CRLs, Issuers, Responders []string
}

// Longest life of a CA, in years of 365 days, and longest list of addresses.
const (
	longestCA  = 40 * year
	maxListed  = 16
	maxAddress = 1024
	maxID      = 32
)

// checkID keeps to what can stand in an address and a file name.
func checkID(id string) error {
	bad := strings.ContainsFunc(id, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
	if bad || id == "" || len(id) > maxID || id[0] == '-' || id[len(id)-1] == '-' {
		return &RequestError{"id", fmt.Sprintf("%.60q is not made of up to %d small letters, digits and inner hyphens", id, maxID)}
	}
	return nil
}

// shape is a checked CASpec, encoded as far as it can be without a key.
type shape struct {
	subject             cert.Name
	from, to            time.Time
	pathLen             *int
	permitted, excluded []cert.GeneralName
	usages, policies    []asn1.ObjectIdentifier
	spec                CASpec
}

// shape checks everything that the spec says by itself.
func (a *Authority) shape(s CASpec) (*shape, error) {
	if err := s.Subject.check(authoritySubject); err != nil {
		return nil, err
	}
	h := &shape{subject: s.Subject.name(), spec: s}
	return h, a.fill(h)
}

// fill checks and encodes all but the subject.
func (a *Authority) fill(h *shape) (err error) {
	s := h.spec
	if h.from, h.to, err = s.period(a.seconds()); err != nil {
		return err
	}
	switch {
	case s.PathLen == Unlimited:
	case s.PathLen < 0 || s.PathLen > 8:
		return &RequestError{"path length", fmt.Sprintf("%d is not between 0 and 8", s.PathLen)}
	default:
		h.pathLen = &s.PathLen
	}
	if h.permitted, err = generals("permitted", s.Permitted); err != nil {
		return err
	}
	if h.excluded, err = generals("excluded", s.Excluded); err != nil {
		return err
	}
	names := s.Usages
	if names == nil {
		names = PlainUsages()
	}
	if h.usages, err = a.usages(names); err != nil {
		return err
	}
	if h.policies, err = policies(s.Policies); err != nil {
		return err
	}
	for _, list := range [][]string{s.CRLs, s.Issuers, s.Responders} {
		if err := checkAddresses(list); err != nil {
			return err
		}
	}
	return nil
}

func (s CASpec) period(now time.Time) (from, to time.Time, err error) {
	from, to = s.NotBefore.UTC(), s.NotAfter.UTC()
	if s.NotBefore.IsZero() {
		from = now.Add(-backdating)
	}
	switch {
	case from.Nanosecond() != 0 || to.Nanosecond() != 0:
		return from, to, &RequestError{"validity", "has fractions of a second, which a certificate cannot carry"}
	case !to.After(now):
		return from, to, &RequestError{"validity", "would be over already"}
	case from.After(now):
		return from, to, &RequestError{"validity", "would begin in the future: hold the ceremony then"}
	case from.Before(now.Add(-60 * day)):
		return from, to, &RequestError{"validity", "would begin more than 60 days ago"}
	case to.Sub(from) > longestCA:
		return from, to, &RequestError{"validity", fmt.Sprintf("is longer than %d years", longestCA/year)}
	}
	return from, to, nil
}

func policies(dotted []string) ([]asn1.ObjectIdentifier, error) {
	if len(dotted) > maxListed {
		return nil, &RequestError{"policies", fmt.Sprintf("more than %d", maxListed)}
	}
	var ids []asn1.ObjectIdentifier
	for _, text := range dotted {
		id, err := parseOID(text)
		if err != nil {
			return nil, &RequestError{"policies", err.Error()}
		}
		if slices.ContainsFunc(ids, id.Equal) {
			return nil, &RequestError{"policies", text + " stands twice"}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func checkAddresses(list []string) error {
	if len(list) > maxListed {
		return &RequestError{"publication", fmt.Sprintf("more than %d addresses", maxListed)}
	}
	for _, address := range list {
		if len(address) > maxAddress {
			return &RequestError{"publication", "an address is too long"}
		}
		if address == "" || !plainASCII(address) || checkURL(strings.TrimSuffix(address, "/")) != nil {
			return &RequestError{"publication", fmt.Sprintf("%.80q is not a plain http or https address", address)}
		}
	}
	return nil
}

// extensions of a CA's certificate, in the order in which they are written.
func (h *shape) extensions(a *Authority, by *issuer, keyID []byte) []cert.Extension {
	ext := []cert.Extension{cert.ExtBasicConstraints(true, h.pathLen), cert.ExtKeyUsage(cert.KeyCertSign | cert.CRLSign)}
	if len(h.usages) > 0 {
		ext = append(ext, cert.ExtExtKeyUsage(false, h.usages...))
	}
	issuerKeyID := keyID // self-signed
	if by != nil {
		issuerKeyID = by.cert.SubjectKeyID
	}
	ext = append(ext, cert.ExtSubjectKeyID(keyID), cert.ExtAuthorityKeyID(issuerKeyID))
	if len(h.permitted)+len(h.excluded) > 0 {
		ext = append(ext, cert.ExtNameConstraints(h.permitted, h.excluded))
	}
	if len(h.policies) > 0 {
		ext = append(ext, cert.ExtPolicies(h.policies...))
	}
	if by == nil { // nobody can revoke an anchor but whoever trusts it
		return ext
	}
	lists, issuers, responders := h.publication(a, by)
	if len(lists) > 0 {
		ext = append(ext, cert.ExtCRLDistributionPoints(lists...))
	}
	if len(issuers)+len(responders) > 0 {
		ext = append(ext, cert.ExtAuthorityInfoAccess(responders, issuers))
	}
	return ext
}

// publication says where the list, the certificate and the responder of the
// issuer are found: as the ceremony says, else at this service.
func (h *shape) publication(a *Authority, by *issuer) (lists, issuers, responders []string) {
	lists, issuers, responders = h.spec.CRLs, h.spec.Issuers, h.spec.Responders
	if a.url == "" {
		return lists, issuers, responders
	}
	if lists == nil {
		lists = []string{a.url + "/pki/" + by.id + ".crl"}
	}
	if issuers == nil {
		issuers = []string{a.url + "/pki/" + by.id + ".crt"}
	}
	if responders == nil && by.signer != nil { // a key in a safe cannot delegate
		responders = []string{a.url + "/pki/ocsp"}
	}
	return lists, issuers, responders
}
