// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// MarshalRevocationInfo encodes CRLs and OCSP responses as the value of
// OIDRevocationInfo: SEQUENCE { crl [0] SEQUENCE OF CertificateList OPTIONAL,
// ocsp [1] SEQUENCE OF OCSPResponse OPTIONAL }, both EXPLICIT.
func MarshalRevocationInfo(crls, ocsps [][]byte) ([]byte, error) {
	var c cryptobyte.Builder
	list := func(c *cryptobyte.Builder, tag cbasn1.Tag, all [][]byte) {
		if len(all) == 0 {
			return
		}
		c.AddASN1(tag, func(c *cryptobyte.Builder) {
			c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
				for _, one := range all {
					c.AddBytes(one)
				}
			})
		})
	}
	c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
		list(c, tag0, crls)
		list(c, tag1, ocsps)
	})
	return c.Bytes()
}

// ParseRevocationInfo reads the value of OIDRevocationInfo.
func ParseRevocationInfo(value []byte) (crls, ocsps [][]byte, err error) {
	in := cryptobyte.String(value)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, nil, bad("RevocationInfoArchival", "not one SEQUENCE")
	}
	if crls, err = readList(&seq, tag0); err != nil {
		return nil, nil, err
	}
	if ocsps, err = readList(&seq, tag1); err != nil {
		return nil, nil, err
	}
	return crls, ocsps, nil // [2] otherRevInfo, if any, is not understood and not used
}

func readList(in *cryptobyte.String, tag cbasn1.Tag) ([][]byte, error) {
	var explicit, list cryptobyte.String
	var present bool
	if !in.ReadOptionalASN1(&explicit, &present, tag) {
		return nil, bad("RevocationInfoArchival", "malformed")
	}
	if !present {
		return nil, nil
	}
	if !explicit.ReadASN1(&list, cbasn1.SEQUENCE) || !explicit.Empty() {
		return nil, bad("RevocationInfoArchival", "not a SEQUENCE OF")
	}
	var all [][]byte
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadASN1Element(&one, cbasn1.SEQUENCE) || len(all) >= maxCRLs {
			return nil, bad("RevocationInfoArchival", "element malformed, or too many")
		}
		all = append(all, one)
	}
	return all, nil
}
