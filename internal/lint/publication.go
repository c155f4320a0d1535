// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"net/url"

	"github.com/govseal/govseal/internal/cert"
)

var publicationRule = rule{"publication-points", "RFC 5280 4.2.1.13 and 4.2.2.1", checkPublication}

// checkPublication: an address that cannot be fetched stays in the certificate
// for years.
func checkPublication(s *candidate, r *report) {
	for _, list := range []struct {
		what   string
		points []cert.DistributionPoint
	}{{"cRLDistributionPoints", s.CRLDistributionPoints}, {"freshestCRL", s.FreshestCRL}} {
		for _, p := range list.points {
			checkPoint(list.what, p, r)
		}
	}
	for _, address := range s.OCSPServers {
		checkAddress("the OCSP address", address, r)
	}
	for _, address := range s.CAIssuers {
		checkAddress("the caIssuers address", address, r)
	}
	if e := s.Extension(cert.OIDAuthorityInfoAccess); e != nil && len(e.Value) == 2 {
		r.err("authorityInfoAccess is an empty list")
	}
}

func checkPoint(what string, p cert.DistributionPoint, r *report) {
	if len(p.FullName) == 0 && len(p.RelativeName) == 0 && len(p.CRLIssuer) == 0 {
		r.err("%s has a point without name and issuer", what)
	}
	if p.Reasons != nil && len(p.FullName) == 0 && len(p.RelativeName) == 0 && len(p.CRLIssuer) == 0 {
		r.err("%s has a point of reasons alone", what)
	}
	for _, n := range p.FullName {
		if n.Tag == cert.TagURI {
			checkAddress(what, string(n.Value), r)
		}
	}
}

func checkAddress(what, address string, r *report) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme == "":
		r.err("%s %q is no absolute URI", what, address)
	case u.Scheme == "ldap" || u.Scheme == "ldaps":
		r.notice("%s %q is LDAP, which few verifiers fetch", what, address)
	case u.Scheme != "http" && u.Scheme != "https":
		r.err("%s %q is neither http nor https", what, address)
	case u.Host == "" || u.User != nil || u.Fragment != "":
		r.err("%s %q has no host, or a user or fragment", what, address)
	case !isASCIIText(address):
		r.err("%s %q is not ASCII", what, address)
	}
}

func isASCIIText(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
