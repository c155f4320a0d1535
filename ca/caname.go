// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/cert"
)

// NameRange is one subtree of names (RFC 5280 4.2.1.10). Exactly one field is set.
type NameRange struct {
	Directory *DirectoryRange
	DNS       string // a host, with all below it: east.example
	Email     string // a host, a domain with a dot in front, or one mailbox
}

// DirectoryRange is the beginning of distinguished names, in the order in
// which govseal writes them: C, ST, L, O, OU. A name is inside when it begins
// with exactly these parts (RFC 5280 7.1).
type DirectoryRange struct {
	Country, Province, Locality, Organization, Unit string
}

// maxRanges bounds the subtrees of one CA: every check of a name below it
// looks at all of them.
const maxRanges = 256

func (d DirectoryRange) name() (cert.Name, error) {
	var n cert.Name
	for _, part := range []struct {
		field string
		oid   asn1.ObjectIdentifier
		value string
		max   int
	}{
		{"country", cert.OIDCountry, d.Country, 2},
		{"province", cert.OIDProvince, d.Province, maxPlace},
		{"locality", cert.OIDLocality, d.Locality, maxPlace},
		{"organization", cert.OIDOrganization, d.Organization, maxName},
		{"unit", cert.OIDUnit, d.Unit, maxName},
	} {
		if part.value == "" {
			continue
		}
		if err := checkText("directory "+part.field, part.value, part.max); err != nil {
			return nil, err
		}
		n = append(n, cert.RDN{{Type: part.oid, Value: part.value}})
	}
	if d.Organization == "" && (d.Unit != "" || d.Province == "" && d.Locality == "") {
		return nil, &RequestError{"directory", "needs an organization, or a province or locality"}
	}
	return n, nil
}

func (r NameRange) general() (cert.GeneralName, error) {
	set := 0
	for _, given := range []bool{r.Directory != nil, r.DNS != "", r.Email != ""} {
		if given {
			set++
		}
	}
	if set != 1 {
		return cert.GeneralName{}, &RequestError{"names", "each entry has exactly one of directory, dns, email"}
	}
	if r.Directory != nil {
		n, err := r.Directory.name()
		if err != nil {
			return cert.GeneralName{}, err
		}
		der, err := n.Marshal()
		if err != nil {
			return cert.GeneralName{}, &RequestError{"directory", err.Error()}
		}
		return cert.NewDirectoryName(der), nil
	}
	if r.DNS != "" {
		return cert.NewDNS(r.DNS), checkHost("dns", r.DNS)
	}
	host := r.Email
	if local, domain, ok := strings.Cut(r.Email, "@"); ok {
		if local == "" || len(local) > 64 || !plainASCII(local) {
			return cert.GeneralName{}, &RequestError{"email", fmt.Sprintf("%.60q is not a mailbox", r.Email)}
		}
		host = domain
	}
	return cert.NewEmail(r.Email), checkHost("email", strings.TrimPrefix(host, "."))
}

// plainASCII: visible characters that an IA5String can carry.
func plainASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// checkHost keeps to the letters, digits, hyphens and dots of host names.
func checkHost(field, host string) error {
	if len(host) > 253 || host == "" {
		return &RequestError{field, fmt.Sprintf("%.60q is not a host name", host)}
	}
	for label := range strings.SplitSeq(host, ".") {
		bad := strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
		})
		if bad || label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return &RequestError{field, fmt.Sprintf("%.60q is not a host name", host)}
		}
	}
	return nil
}

func generals(field string, ranges []NameRange) ([]cert.GeneralName, error) {
	if len(ranges) > maxRanges {
		return nil, &RequestError{field, fmt.Sprintf("has %d entries, %d are allowed", len(ranges), maxRanges)}
	}
	names := make([]cert.GeneralName, len(ranges))
	for i, r := range ranges {
		var err error
		if names[i], err = r.general(); err != nil {
			return nil, fmt.Errorf("%s %d: %w", field, i+1, err)
		}
	}
	return names, nil
}
