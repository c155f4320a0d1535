// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/govseal/govseal/internal/cert"
)

var altNamesRule = rule{"subject-alt-names", "RFC 5280 4.2.1.6", checkAltNames}

func checkAltNames(s *candidate, r *report) {
	e := s.Extension(oidSubjectAltName)
	if e == nil {
		return
	}
	if e.Critical && len(s.Subject) > 0 {
		r.should("is critical beside a subject")
	}
	if len(s.SubjectAltNames) == 0 {
		r.err("is empty or malformed")
	}
	for _, n := range s.SubjectAltNames {
		if why := altNameProblem(n); why != "" {
			r.err("%s %s", n, why)
		}
	}
}

func altNameProblem(n cert.GeneralName) string {
	text := string(n.Value)
	switch n.Tag {
	case cert.TagDNS:
		if !isHostName(strings.TrimPrefix(text, "*.")) {
			return "is no host name"
		}
	case cert.TagEmail:
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "is no mail address"
		}
	case cert.TagURI:
		if u, err := url.Parse(text); err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" {
			return "is no absolute URI"
		}
	case cert.TagIP:
		if len(n.Value) != 4 && len(n.Value) != 16 {
			return "is no address of 4 or 16 octets"
		}
	}
	return ""
}

// isHostName keeps to letters, digits and hyphens (RFC 1034 3.5); the space
// name "." and empty labels are no names.
func isHostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	for _, l := range strings.Split(s, ".") {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		if strings.Trim(strings.ToLower(l), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}
