// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
)

// state is the working state of RFC 5280 6.1.2 without revocation.
type state struct {
	n           int // certificates in the path, anchor not counted
	policy      policyState
	constraints constraints
	maxLength   int
}

// validate runs RFC 5280 6.1 over a path whose names and signatures chain,
// from the certificate below the anchor to the leaf.
func (s *search) validate(path []*cert.Certificate) (Code, string) {
	anchor := path[len(path)-1]
	n := len(path) - 1
	st := &state{n: n, policy: newPolicyState(n, s.policies), maxLength: n}
	if code, detail := st.enterAnchor(anchor); code != OK {
		return code, detail
	}
	for i := 1; i <= n; i++ {
		c := path[n-i]
		if code, detail := s.basic(st, c, i); code != OK {
			return code, fmt.Sprintf("certificate %q: %s", c.Subject, detail)
		}
		if i == n {
			break
		}
		if code, detail := st.prepare(c, i); code != OK {
			return code, fmt.Sprintf("certificate %q: %s", c.Subject, detail)
		}
	}
	if code, detail := checkUsage(path[:n], s.usage); code != OK {
		return code, detail
	}
	if !st.policy.wrapUp(path[0]) {
		return PolicyFailure, "no certificate policy that is asked for holds along the path (RFC 5280 6.1.5 g)"
	}
	return OK, ""
}

// enterAnchor takes the constraints of the anchor's certificate as initial
// ones (RFC 5937). Only a version 1 root may lack basicConstraints.
func (st *state) enterAnchor(anchor *cert.Certificate) (Code, string) {
	if anchor.Version == 3 {
		if code, detail := checkIssuer(anchor); code != OK {
			return code, fmt.Sprintf("anchor %q: %s", anchor.Subject, detail)
		}
		if bc := anchor.BasicConstraints; bc.PathLen != nil {
			st.maxLength = min(st.maxLength, *bc.PathLen)
		}
	}
	st.constraints.add(anchor.NameConstraints)
	return OK, ""
}

// basic is RFC 5280 6.1.3 for certificate i; its revocation comes later.
func (s *search) basic(st *state, c *cert.Certificate, i int) (Code, string) {
	if code, detail := checkValidity(c, s.at); code != OK {
		return code, detail
	}
	final := i == st.n
	if final || !c.SelfIssued() {
		if err := st.constraints.check(&s.v.work, c); err != nil {
			return Constraint, err.Error()
		}
	}
	if !st.policy.process(c, i, final) {
		return PolicyFailure, "the set of valid policies is empty (RFC 5280 6.1.3 f)"
	}
	return checkCritical(c)
}

// prepare is RFC 5280 6.1.4: the certificate as issuer of the next.
func (st *state) prepare(c *cert.Certificate, i int) (Code, string) {
	if !st.policy.mapPolicies(c, i) {
		return PolicyFailure, "a policy mapping from or to anyPolicy (RFC 5280 6.1.4 a)"
	}
	st.constraints.add(c.NameConstraints)
	st.policy.prepare(c)
	if code, detail := checkIssuer(c); code != OK {
		return code, detail
	}
	if !c.SelfIssued() {
		if st.maxLength <= 0 {
			return Constraint, "the path is longer than a pathLenConstraint allows (RFC 5280 6.1.4 l)"
		}
		st.maxLength--
	}
	if bc := c.BasicConstraints; bc.PathLen != nil {
		st.maxLength = min(st.maxLength, *bc.PathLen)
	}
	return OK, ""
}

// checkIssuer asks whether the certificate may sign certificates (RFC 5280
// 6.1.4 k, n).
func checkIssuer(c *cert.Certificate) (Code, string) {
	if c.BasicConstraints == nil || !c.BasicConstraints.CA {
		return Constraint, "is not a CA certificate (RFC 5280 6.1.4 k)"
	}
	if c.KeyUsage != nil && c.KeyUsage.Bits&cert.KeyCertSign == 0 {
		return Constraint, "keyUsage lacks keyCertSign (RFC 5280 6.1.4 n)"
	}
	return OK, ""
}

// checkValidity compares in whole seconds; both ends belong to the period
// (RFC 5280 4.1.2.5).
func checkValidity(c *cert.Certificate, at time.Time) (Code, string) {
	at = at.Truncate(time.Second)
	switch {
	case at.Before(c.NotBefore):
		return NotYetValid, fmt.Sprintf("not valid before %s", c.NotBefore.Format(time.RFC3339))
	case at.After(c.NotAfter):
		return Expired, fmt.Sprintf("expired on %s", c.NotAfter.Format(time.RFC3339))
	}
	return OK, ""
}

// processed are the extensions that this package, or the caller through
// Usage, takes into account, so that they may be critical.
var processed = []asn1.ObjectIdentifier{
	cert.OIDBasicConstraints, cert.OIDKeyUsage, cert.OIDExtKeyUsage, cert.OIDCertificatePolicies, cert.OIDPolicyMappings,
	cert.OIDPolicyConstraints, cert.OIDInhibitAnyPolicy, cert.OIDNameConstraints, cert.OIDSubjectKeyID,
	cert.OIDAuthorityKeyID, cert.OIDSubjectAltName, cert.OIDCRLDistributionPoints, cert.OIDFreshestCRL,
	cert.OIDAuthorityInfoAccess, cert.OIDOCSPNoCheck,
}

// checkCritical refuses critical extensions that are unknown or unreadable
// (RFC 5280 6.1.4 o, 6.1.5 f).
func checkCritical(c *cert.Certificate) (Code, string) {
	for _, e := range c.Extensions {
		if !e.Critical {
			continue
		}
		known := slices.ContainsFunc(processed, e.ID.Equal)
		if !known || slices.ContainsFunc(c.Unreadable, e.ID.Equal) {
			return Constraint, fmt.Sprintf("critical extension %s is not understood (RFC 5280 6.1.5 f)", e.ID)
		}
	}
	return OK, ""
}
