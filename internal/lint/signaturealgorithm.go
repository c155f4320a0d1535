// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"
	"encoding/asn1"

	"github.com/govseal/govseal/internal/gm"
)

var signatureAlgorithmRule = rule{"signature-algorithm", "RFC 5280 4.1.1.2; RFC 8998 3.2.1 and GM/T 0015-2023 as observed (facts/ca-and-crypto.md 6)", checkSignatureAlgorithm}

var derNULL = []byte{5, 0}

// sound are the signature algorithms besides SM2 that are in use and not
// broken; null says whether the parameters are NULL (RFC 4055) or absent
// (RFC 5758).
var sound = []struct {
	oid  asn1.ObjectIdentifier
	null bool
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, true},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, true},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, true},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, false},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, false},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, false},
}

var oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

func checkSignatureAlgorithm(s *candidate, r *report) {
	if !bytes.Equal(s.outline.inner, s.outline.outer) {
		r.err("signatureAlgorithm and tbsCertificate.signature are not the same octets")
	}
	alg := s.SignatureAlgorithm
	if alg.OID.Equal(gm.OIDSM2WithSM3) {
		if alg.Parameters != nil && !bytes.Equal(alg.Parameters, derNULL) {
			r.err("the parameters of SM2-with-SM3 are neither absent nor NULL")
		}
		return
	}
	if s.profile != nil {
		r.err("is %s; this authority signs with SM2-with-SM3 alone", alg.OID)
		return
	}
	if alg.OID.Equal(oidRSAPSS) {
		return
	}
	for _, a := range sound {
		if !alg.OID.Equal(a.oid) {
			continue
		}
		if got := bytes.Equal(alg.Parameters, derNULL); got != a.null || !a.null && alg.Parameters != nil {
			r.warn("the parameters of %s are not as its standard writes them", alg.OID)
		}
		return
	}
	r.err("is %s: not known, or with a digest that collides", alg.OID)
}
