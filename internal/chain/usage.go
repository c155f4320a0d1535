// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"encoding/asn1"
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// checkUsage asks whether the leaf may do what is asked for. path is leaf
// first, the anchor left out unless the leaf is the anchor.
func checkUsage(path []*cert.Certificate, u Usage) (Code, string) {
	leaf := path[0]
	wrong := func(format string, args ...any) (Code, string) {
		return WrongUsage, fmt.Sprintf("leaf %q: ", leaf.Subject) + fmt.Sprintf(format, args...)
	}
	if u.EndEntity {
		if leaf.BasicConstraints != nil && leaf.BasicConstraints.CA {
			return wrong("is a CA certificate")
		}
		if leaf.KeyUsage != nil && leaf.KeyUsage.Bits&cert.KeyCertSign != 0 {
			return wrong("keyUsage has keyCertSign")
		}
	}
	if u.KeyUsage != 0 && (leaf.KeyUsage == nil || leaf.KeyUsage.Bits&u.KeyUsage == 0) {
		return wrong("keyUsage has none of the bits asked for (%#x)", uint16(u.KeyUsage))
	}
	if leaf.ExtKeyUsage != nil && len(leaf.ExtKeyUsage) == 0 {
		return wrong("extKeyUsage allows nothing")
	}
	if u.ExtKeyUsage == nil {
		return OK, ""
	}
	if !leafHasOffice(leaf, u) {
		return wrong("extKeyUsage lacks %s", u.ExtKeyUsage)
	}
	// A CA's list bounds what it can give, so that a subordinate CA cannot
	// create an office that it was not given (design.md section 3).
	for _, ca := range path[1:] {
		if ca.ExtKeyUsage != nil && !lists(ca, u.ExtKeyUsage.Equal) && !lists(ca, cert.OIDAnyUsage.Equal) {
			return WrongUsage, fmt.Sprintf("CA %q: extKeyUsage lacks %s", ca.Subject, u.ExtKeyUsage)
		}
	}
	return OK, ""
}

func leafHasOffice(leaf *cert.Certificate, u Usage) bool {
	if lists(leaf, u.ExtKeyUsage.Equal) {
		return true
	}
	return u.AllowAny && (leaf.ExtKeyUsage == nil || lists(leaf, cert.OIDAnyUsage.Equal))
}

func lists(c *cert.Certificate, is func(asn1.ObjectIdentifier) bool) bool {
	return slices.ContainsFunc(c.ExtKeyUsage, is)
}
