// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"encoding/asn1"

	"github.com/govseal/govseal/internal/cert"
)

// Short forms of names that many rules use.
var (
	oidSubjectAltName = cert.OIDSubjectAltName

	keyCertSign = cert.KeyCertSign
	crlSign     = cert.CRLSign
)

// labels are the nouns of RFC 5280 for identifiers that findings name.
var labels = map[string]string{
	"2.5.4.3": "commonName", "2.5.4.5": "serialNumber", "2.5.4.6": "countryName", "2.5.4.7": "localityName",
	"2.5.4.8": "stateOrProvinceName", "2.5.4.10": "organizationName", "2.5.4.11": "organizationalUnitName", "2.5.4.12": "title",
	"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.25": "domainComponent",
	"2.5.29.9": "subjectDirectoryAttributes", "2.5.29.14": "subjectKeyIdentifier", "2.5.29.15": "keyUsage",
	"2.5.29.17": "subjectAltName", "2.5.29.18": "issuerAltName", "2.5.29.19": "basicConstraints",
	"2.5.29.30": "nameConstraints", "2.5.29.31": "cRLDistributionPoints", "2.5.29.32": "certificatePolicies",
	"2.5.29.33": "policyMappings", "2.5.29.35": "authorityKeyIdentifier", "2.5.29.36": "policyConstraints",
	"2.5.29.37": "extKeyUsage", "2.5.29.46": "freshestCRL", "2.5.29.54": "inhibitAnyPolicy",
	"1.3.6.1.5.5.7.1.1": "authorityInfoAccess", "1.3.6.1.5.5.7.1.11": "subjectInfoAccess", "1.3.6.1.5.5.7.48.1.5": "ocsp-nocheck",
}

// label names an identifier for people.
func label(id asn1.ObjectIdentifier) string {
	if name, ok := labels[id.String()]; ok {
		return name
	}
	return id.String()
}
