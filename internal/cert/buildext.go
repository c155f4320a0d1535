// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"math/big"
	"math/bits"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Constructors of extensions, each with the criticality that RFC 5280 asks
// for. They panic only on an object identifier that cannot be encoded, which
// is a mistake in the program.

// ExtBasicConstraints is critical; pathLen counts intermediate CAs below.
func ExtBasicConstraints(ca bool, pathLen *int) Extension {
	return makeExt(OIDBasicConstraints, true, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if ca {
				b.AddASN1Boolean(true)
			}
			if ca && pathLen != nil {
				b.AddASN1Int64(int64(*pathLen))
			}
		})
	})
}

// ExtKeyUsage is critical.
func ExtKeyUsage(usage KeyUsageBits) Extension {
	return makeExt(OIDKeyUsage, true, func(b *cryptobyte.Builder) {
		b.AddBytes(marshalFlags(cbasn1.BIT_STRING, uint16(usage)))
	})
}

// ExtExtKeyUsage lists usages; critical where a standard demands it, as
// RFC 3161 2.3 does for time stamping.
func ExtExtKeyUsage(critical bool, ids ...asn1.ObjectIdentifier) Extension {
	return makeExt(OIDExtKeyUsage, critical, func(b *cryptobyte.Builder) { addOIDs(b, ids) })
}

// ExtSubjectKeyID carries a key identifier; see KeyID.
func ExtSubjectKeyID(id []byte) Extension {
	return makeExt(OIDSubjectKeyID, false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(id) })
}

// ExtAuthorityKeyID carries the issuer's key identifier.
func ExtAuthorityKeyID(id []byte) Extension {
	return makeExt(OIDAuthorityKeyID, false, func(b *cryptobyte.Builder) {
		b.AddBytes(tlv(cbasn1.SEQUENCE, tlv(tag0, id)))
	})
}

// ExtSubjectAltNames carries further names of the subject.
func ExtSubjectAltNames(names ...GeneralName) Extension {
	return Extension{ID: OIDSubjectAltName, Value: marshalNames(cbasn1.SEQUENCE, names)}
}

// ExtCRLDistributionPoints is one point under all the addresses given.
func ExtCRLDistributionPoints(urls ...string) Extension {
	return Extension{ID: OIDCRLDistributionPoints, Value: MarshalDistributionPoints(DistributionPoint{FullName: uris(urls)})}
}

// ExtFreshestCRL says where delta CRLs are.
func ExtFreshestCRL(urls ...string) Extension {
	return Extension{ID: OIDFreshestCRL, Value: MarshalDistributionPoints(DistributionPoint{FullName: uris(urls)})}
}

// ExtAuthorityInfoAccess says where OCSP answers and issuer certificates are.
func ExtAuthorityInfoAccess(ocsp, caIssuers []string) Extension {
	return makeExt(OIDAuthorityInfoAccess, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addAccess(b, oidAccessOCSP, ocsp)
			addAccess(b, oidAccessCAIssuers, caIssuers)
		})
	})
}

// ExtOCSPNoCheck says that an OCSP responder's own status need not be asked.
func ExtOCSPNoCheck() Extension { return Extension{ID: OIDOCSPNoCheck, Value: derNULL} }

// ExtPolicies lists certificate policies without qualifiers.
func ExtPolicies(ids ...asn1.ObjectIdentifier) Extension {
	return makeExt(OIDCertificatePolicies, false, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, id := range ids {
				addOIDs(b, []asn1.ObjectIdentifier{id})
			}
		})
	})
}

// ExtNameConstraints limits the names below a CA; it is critical.
func ExtNameConstraints(permitted, excluded []GeneralName) Extension {
	subtrees := func(b *cryptobyte.Builder, tag cbasn1.Tag, bases []GeneralName) {
		if len(bases) == 0 {
			return
		}
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			for _, g := range bases {
				b.AddBytes(tlv(cbasn1.SEQUENCE, g.marshal()))
			}
		})
	}
	return makeExt(OIDNameConstraints, true, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			subtrees(b, tag0.Constructed(), permitted)
			subtrees(b, tag1.Constructed(), excluded)
		})
	})
}

// ExtDeltaCRL marks a CRL as a delta to the base of that number; critical.
func ExtDeltaCRL(base *big.Int) Extension {
	return makeExt(OIDDeltaCRLIndicator, true, func(b *cryptobyte.Builder) { b.AddASN1BigInt(base) })
}

// ExtIssuingDistributionPoint scopes a CRL; it is critical.
func ExtIssuingDistributionPoint(p IssuingDistributionPoint) Extension {
	var body []byte
	body = append(body, marshalPointName(p.FullName, p.RelativeName)...)
	flag := func(tag cbasn1.Tag, set bool) {
		if set {
			body = append(body, tlv(tag, []byte{0xFF})...)
		}
	}
	flag(tag1, p.OnlyUserCerts)
	flag(tag2, p.OnlyCACerts)
	if p.OnlySomeReasons != nil {
		body = append(body, marshalFlags(tag3, *p.OnlySomeReasons)...)
	}
	flag(tag4, p.Indirect)
	flag(tag5, p.OnlyAttrCerts)
	return Extension{ID: OIDIssuingDistribution, Critical: true, Value: tlv(cbasn1.SEQUENCE, body)}
}

// MarshalDistributionPoints returns a CRLDistributionPoints, the content of
// that extension and of freshestCRL.
func MarshalDistributionPoints(points ...DistributionPoint) []byte {
	var list []byte
	for _, p := range points {
		body := marshalPointName(p.FullName, p.RelativeName)
		if p.Reasons != nil {
			body = append(body, marshalFlags(tag1, *p.Reasons)...)
		}
		if len(p.CRLIssuer) > 0 {
			body = append(body, marshalNames(tag2.Constructed(), p.CRLIssuer)...)
		}
		list = append(list, tlv(cbasn1.SEQUENCE, body)...)
	}
	return tlv(cbasn1.SEQUENCE, list)
}

func marshalPointName(full []GeneralName, relative []byte) []byte {
	switch {
	case len(full) > 0:
		return tlv(tag0.Constructed(), marshalNames(tag0.Constructed(), full))
	case len(relative) > 0:
		retagged := slices.Clone(relative)
		retagged[0] = byte(tag1.Constructed())
		return tlv(tag0.Constructed(), retagged)
	}
	return nil
}

// marshal encodes the name under its implicit tag; a directoryName is a
// CHOICE and tagged explicitly.
func (g GeneralName) marshal() []byte {
	tag := cbasn1.Tag(g.Tag).ContextSpecific()
	switch g.Tag {
	case TagOtherName, TagX400, TagDirectoryName, TagEDIParty:
		tag = tag.Constructed()
	}
	return tlv(tag, g.Value)
}

func marshalNames(tag cbasn1.Tag, names []GeneralName) []byte {
	var body []byte
	for _, g := range names {
		body = append(body, g.marshal()...)
	}
	return tlv(tag, body)
}

// marshalFlags encodes a named bit list without trailing zeros (X.690 11.2.2).
func marshalFlags(tag cbasn1.Tag, flags uint16) []byte {
	if flags == 0 {
		return tlv(tag, []byte{0})
	}
	mirrored := bits.Reverse16(flags)
	octets := []byte{byte(mirrored >> 8), byte(mirrored)}
	if octets[1] == 0 {
		octets = octets[:1]
	}
	unused := bits.TrailingZeros8(octets[len(octets)-1])
	return tlv(tag, append([]byte{byte(unused)}, octets...))
}

func makeExt(id asn1.ObjectIdentifier, critical bool, f func(*cryptobyte.Builder)) Extension {
	var b cryptobyte.Builder
	f(&b)
	return Extension{ID: id, Critical: critical, Value: b.BytesOrPanic()}
}

func addOIDs(b *cryptobyte.Builder, ids []asn1.ObjectIdentifier) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, id := range ids {
			b.AddASN1ObjectIdentifier(id)
		}
	})
}

func addAccess(b *cryptobyte.Builder, method asn1.ObjectIdentifier, urls []string) {
	for _, u := range urls {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(method)
			b.AddBytes(NewURI(u).marshal())
		})
	}
}

func uris(urls []string) []GeneralName {
	names := make([]GeneralName, len(urls))
	for i, u := range urls {
		names[i] = NewURI(u)
	}
	return names
}
