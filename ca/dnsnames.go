// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// maxDNSNames bounds the hosts of one certificate.
const maxDNSNames = 50

// hostName is a name of RFC 1123 2.1 in lower case with at least two labels; an
// internationalised one stands in its ASCII form. Wildcards are not issued.
var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkDNSNames compares the hosts of a request with the profile's rule.
func checkDNSNames(names []string, rule need) error {
	switch {
	case len(names) == 0 && rule == required:
		return &RequestError{"DNS names", "are missing"}
	case len(names) > 0 && rule == unused:
		return &RequestError{"DNS names", "do not belong into this profile"}
	case len(names) > maxDNSNames:
		return &RequestError{"DNS names", fmt.Sprintf("are more than %d", maxDNSNames)}
	}
	for i, n := range names {
		if len(n) > 253 || !hostName.MatchString(n) {
			return &RequestError{"DNS names", fmt.Sprintf("hold %.64q, which is not a host's full name in small letters", n)}
		}
		if slices.Contains(names[:i], n) {
			return &RequestError{"DNS names", fmt.Sprintf("hold %q twice", n)}
		}
	}
	return nil
}

func dnsNames(names []string) cert.Extension {
	general := make([]cert.GeneralName, len(names))
	for i, n := range names {
		general[i] = cert.NewDNS(n)
	}
	return cert.ExtSubjectAltNames(general...)
}
