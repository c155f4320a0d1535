// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// outline is what package cert drops because no reader of certificates needs
// it, and rules about form do.
type outline struct {
	inner, outer        []byte // AlgorithmIdentifiers with their headers
	notBefore, notAfter timeText
	uniqueIDs           bool
}

// timeText is a Time as it is spelled.
type timeText struct {
	tag  cbasn1.Tag
	text string
}

// readOutline walks a certificate that cert.Parse has accepted.
func readOutline(der []byte) (o outline, ok bool) {
	in := cryptobyte.String(der)
	var body, tbs, inner, outer, validity, skip cryptobyte.String
	ok = in.ReadASN1(&body, cbasn1.SEQUENCE) && body.ReadASN1(&tbs, cbasn1.SEQUENCE) &&
		body.ReadASN1Element(&outer, cbasn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(context(0).Constructed()) && tbs.SkipASN1(cbasn1.INTEGER) &&
		tbs.ReadASN1Element(&inner, cbasn1.SEQUENCE) &&
		tbs.SkipASN1(cbasn1.SEQUENCE) && // issuer
		tbs.ReadASN1(&validity, cbasn1.SEQUENCE) &&
		tbs.SkipASN1(cbasn1.SEQUENCE) && tbs.SkipASN1(cbasn1.SEQUENCE) // subject, key
	if !ok {
		return o, false
	}
	o.inner, o.outer = inner, outer
	for _, t := range []*timeText{&o.notBefore, &o.notAfter} {
		if !validity.ReadAnyASN1(&skip, &t.tag) {
			return o, false
		}
		t.text = string(skip)
	}
	o.uniqueIDs = tbs.PeekASN1Tag(context(1)) || tbs.PeekASN1Tag(context(2))
	return o, true
}

func context(n int) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific() }
