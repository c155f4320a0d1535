// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"fmt"
	"slices"
)

// UsageAny, in a CA's list of usages, stands alone and means: no bound.
const UsageAny = "any"

// PlainUsages are what a subordinate CA may pass on when its ceremony says
// nothing: no office but OCSP signing, which speaks for the CA's own
// certificates only (design.md section 3).
func PlainUsages() []string { return []string{"documentSigning", "clientAuth", "OCSPSigning"} }

// usages turns names into object identifiers; nil for UsageAny.
func (a *Authority) usages(names []string) ([]asn1.ObjectIdentifier, error) {
	if len(names) == 1 && names[0] == UsageAny {
		return nil, nil
	}
	if len(names) == 0 || len(names) > maxListed {
		return nil, &RequestError{"usages", fmt.Sprintf("has %d entries: none would allow nothing, %d are the most", len(names), maxListed)}
	}
	var ids []asn1.ObjectIdentifier
	for _, name := range names {
		u, err := parseExtendedUsage(name)
		if err != nil {
			return nil, &RequestError{"usages", fmt.Sprintf("%.40q is neither the name of a usage nor a dotted identifier; %q stands alone", name, UsageAny)}
		}
		id := u.id(a.arc)
		if slices.ContainsFunc(ids, id.Equal) {
			return nil, &RequestError{"usages", fmt.Sprintf("%.40q stands twice", name)}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// usageName is the reverse, for people.
func (a *Authority) usageName(id asn1.ObjectIdentifier) string {
	for _, u := range extendedUsages {
		if u.id(a.arc).Equal(id) {
			return u.name
		}
	}
	return id.String()
}
