// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"bytes"
	"encoding/asn1"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// Builder makes a SignedData with one SM2 signer and signed attributes.
type Builder struct {
	GB35275      bool                  // GB/T 35275 content types instead of RFC 5652's
	EContentType asn1.ObjectIdentifier // nil: data
	EContent     []byte                // nil: detached
	Certificate  []byte                // signer, DER
	Chain        [][]byte              // further certificates
	CRLs         [][]byte
	SigningTime  time.Time   // zero: attribute left out
	Attributes   []Attribute // further signed attributes
	// OmitCertificates leaves all certificates out, as RFC 3161 asks when the
	// requester did not want them.
	OmitCertificates bool
}

// Prepare returns the DER signed attributes for a content of the given SM3
// digest: what the signer signs (as a message: e is computed over it). They
// include contentType, messageDigest and signing-certificate-v2 with SM3.
func (b Builder) Prepare(contentDigest [32]byte) (signedAttrs []byte, err error) {
	ess, err := essCertIDv2(b.Certificate)
	if err != nil {
		return nil, err
	}
	attrs := []Attribute{
		{Type: OIDContentType, Values: [][]byte{marshal(func(c *cryptobyte.Builder) { c.AddASN1ObjectIdentifier(b.eContentType()) })}},
		{Type: OIDMessageDigest, Values: [][]byte{marshal(func(c *cryptobyte.Builder) { c.AddASN1OctetString(contentDigest[:]) })}},
		{Type: OIDSigningCertV2, Values: [][]byte{ess}},
	}
	if !b.SigningTime.IsZero() {
		attrs = append(attrs, Attribute{Type: OIDSigningTime, Values: [][]byte{marshalTime(b.SigningTime)}})
	}
	return marshalAttributes(append(attrs, b.Attributes...))
}

// Complete joins the signature over signedAttrs, and an optional time-stamp
// token over the signature value as unsigned attribute, to a ContentInfo.
func (b Builder) Complete(signedAttrs, signature, timeStampToken []byte) ([]byte, error) {
	if _, sorted, err := readAttributes(signedAttrs, "signedAttrs"); err != nil || !sorted {
		return nil, bad("signedAttrs", "not as Prepare made them: %v", err)
	}
	issuer, serial, err := issuerAndSerial(b.Certificate)
	if err != nil {
		return nil, err
	}
	var unsigned []byte
	if timeStampToken != nil {
		if unsigned, err = marshalAttributes([]Attribute{{Type: OIDTimeStampToken, Values: [][]byte{timeStampToken}}}); err != nil {
			return nil, err
		}
	}
	signer := func(c *cryptobyte.Builder) {
		c.AddASN1Int64(1) // issuerAndSerialNumber, RFC 5652 5.3
		c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
			c.AddBytes(issuer)
			c.AddASN1(cbasn1.INTEGER, func(c *cryptobyte.Builder) { c.AddBytes(serial) })
		})
		addAlgorithm(c, gm.OIDSM3)
		c.AddBytes(retag(signedAttrs, byte(tag0)))
		addAlgorithm(c, b.signatureAlgorithm())
		c.AddASN1OctetString(signature)
		if unsigned != nil {
			c.AddBytes(retag(unsigned, byte(tag1)))
		}
	}
	return b.wrap(signer)
}

// wrap puts a ContentInfo and everything before the SignerInfo around it.
func (b Builder) wrap(signer func(*cryptobyte.Builder)) ([]byte, error) {
	var c cryptobyte.Builder
	c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
		c.AddASN1ObjectIdentifier(b.contentType())
		c.AddASN1(tag0, func(c *cryptobyte.Builder) {
			c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
				b.addSignedData(c)
				c.AddASN1(cbasn1.SET, func(c *cryptobyte.Builder) { c.AddASN1(cbasn1.SEQUENCE, signer) })
			})
		})
	})
	return c.Bytes()
}

// addSignedData writes everything before the signerInfos.
func (b Builder) addSignedData(c *cryptobyte.Builder) {
	version := int64(1)
	if t := b.eContentType(); !t.Equal(OIDData) && !t.Equal(OIDGBData) {
		version = 3 // RFC 5652 5.1
	}
	c.AddASN1Int64(version)
	c.AddASN1(cbasn1.SET, func(c *cryptobyte.Builder) { addAlgorithm(c, gm.OIDSM3) })
	c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
		c.AddASN1ObjectIdentifier(b.eContentType())
		if b.EContent != nil {
			c.AddASN1(tag0, func(c *cryptobyte.Builder) { c.AddASN1OctetString(b.EContent) })
		}
	})
	if !b.OmitCertificates {
		addSet(c, tag0, append([][]byte{b.Certificate}, b.Chain...))
	}
	addSet(c, tag1, b.CRLs)
}

func (b Builder) contentType() asn1.ObjectIdentifier {
	if b.GB35275 {
		return OIDGBSignedData
	}
	return OIDSignedData
}

func (b Builder) eContentType() asn1.ObjectIdentifier {
	switch {
	case b.EContentType != nil:
		return b.EContentType
	case b.GB35275:
		return OIDGBData
	}
	return OIDData
}

// signatureAlgorithm: GB/T 35275 writes 301.1, OpenSSL and its kin read 501
// (facts/ca-and-crypto.md 4.3).
func (b Builder) signatureAlgorithm() asn1.ObjectIdentifier {
	if b.GB35275 {
		return gm.OIDSM2Sign
	}
	return gm.OIDSM2WithSM3
}

// essCertIDv2 encodes SigningCertificateV2 (RFC 5035 3) with SM3 named and
// the certificate's issuer and serial number.
func essCertIDv2(certDER []byte) ([]byte, error) {
	issuer, serial, err := issuerAndSerial(certDER)
	if err != nil {
		return nil, err
	}
	sum := gm.SM3(certDER)
	return marshal(func(c *cryptobyte.Builder) {
		c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
			c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
				c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
					addAlgorithm(c, gm.OIDSM3)
					c.AddASN1OctetString(sum[:])
					c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
						c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
							c.AddASN1(cbasn1.Tag(4).Constructed().ContextSpecific(), func(c *cryptobyte.Builder) { c.AddBytes(issuer) })
						})
						c.AddASN1(cbasn1.INTEGER, func(c *cryptobyte.Builder) { c.AddBytes(serial) })
					})
				})
			})
		})
	}), nil
}

// marshalTime writes UTCTime before 2050 and GeneralizedTime from then on (RFC 5652 11.3).
func marshalTime(t time.Time) []byte {
	t = t.UTC()
	return marshal(func(c *cryptobyte.Builder) {
		if t.Year() >= 1950 && t.Year() < 2050 {
			c.AddASN1UTCTime(t)
		} else {
			c.AddASN1GeneralizedTime(t)
		}
	})
}

// marshalAttributes encodes a SET OF Attribute in DER order.
func marshalAttributes(attrs []Attribute) ([]byte, error) {
	var all [][]byte
	for i, a := range attrs {
		for _, b := range attrs[:i] {
			if a.Type.Equal(b.Type) {
				return nil, bad("attribute "+a.Type.String(), "given twice")
			}
		}
		var c cryptobyte.Builder
		c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) {
			c.AddASN1ObjectIdentifier(a.Type)
			addSet(c, cbasn1.SET, a.Values)
		})
		der, err := c.Bytes()
		if err != nil {
			return nil, err
		}
		all = append(all, der)
	}
	var c cryptobyte.Builder
	addSet(&c, cbasn1.SET, all)
	return c.Bytes()
}

// addSet writes a SET OF in DER order; nothing at all when it is empty.
func addSet(c *cryptobyte.Builder, tag cbasn1.Tag, elements [][]byte) {
	if len(elements) == 0 {
		return
	}
	sorted := slices.Clone(elements)
	slices.SortFunc(sorted, bytes.Compare)
	c.AddASN1(tag, func(c *cryptobyte.Builder) {
		for _, e := range sorted {
			c.AddBytes(e)
		}
	})
}

func addAlgorithm(c *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	c.AddASN1(cbasn1.SEQUENCE, func(c *cryptobyte.Builder) { c.AddASN1ObjectIdentifier(oid) })
}

func retag(der []byte, tag byte) []byte {
	out := bytes.Clone(der)
	out[0] = tag
	return out
}

// marshal is for values that cannot fail to encode.
func marshal(f func(*cryptobyte.Builder)) []byte {
	var c cryptobyte.Builder
	f(&c)
	return c.BytesOrPanic()
}
