// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// SealTemplate is what a new seal says; TBS returns the SES_SealInfo that the
// maker signs, AssembleSeal joins the rest. Version is 4 or 5.
type SealTemplate struct {
	Version                     int
	Vendor                      string
	ESID                        string
	Type                        int
	Name                        string
	Certs                       [][]byte
	ListDigests                 bool         // list SM3 digests instead of the certificates
	CertDigests                 []CertDigest // listed as they are when ListDigests; Certs' digests follow
	Created, ValidFrom, ValidTo time.Time
	Picture                     Picture
	Extensions                  []ExtData
}

// Template returns what the seal says in the form that makes a new one. For a
// seal that govseal made, its TBS is octet for octet what the maker signed.
func (s *Seal) Template() SealTemplate {
	return SealTemplate{
		Version: s.HeaderVersion, Vendor: s.Vendor, ESID: s.ESID, Type: s.Type, Name: s.Name,
		Certs: s.Certs, ListDigests: s.CertListType == 2, CertDigests: s.CertDigests,
		Created: s.Created, ValidFrom: s.ValidFrom, ValidTo: s.ValidTo,
		Picture: s.Picture, Extensions: s.Extensions,
	}
}

// TBS returns the DER SES_SealInfo, which the maker signs (as a message).
func (t SealTemplate) TBS() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addText(b, cbasn1.IA5String, "ES")
			b.AddASN1Int64(int64(t.Version))
			addText(b, cbasn1.IA5String, t.Vendor)
		})
		addText(b, cbasn1.IA5String, t.ESID)
		b.AddASN1(cbasn1.SEQUENCE, t.addProperty)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addText(b, cbasn1.IA5String, t.Picture.Type)
			b.AddASN1OctetString(t.Picture.Data)
			b.AddASN1Int64(int64(t.Picture.Width))
			b.AddASN1Int64(int64(t.Picture.Height))
		})
		if len(t.Extensions) > 0 {
			addExtensions(b, t.Extensions)
		}
	})
	return b.Bytes()
}

// check refuses what a reader could not read back.
func (t SealTemplate) check() error {
	switch {
	case t.Version != 4 && t.Version != 5:
		return bad("SealTemplate.Version", "neither 4 nor 5")
	case !isASCII(t.ESID) || t.ESID == "" || !isASCII(t.Vendor) || !isASCII(t.Picture.Type):
		return bad("SealTemplate", "esID, vendor and picture type are IA5String")
	case t.Name == "" || len(t.Name) > maxText || len(t.ESID) > maxText:
		return bad("SealTemplate.Name", "empty or too long")
	case len(t.Certs)+len(t.CertDigests) == 0 || len(t.Certs)+len(t.CertDigests) > maxCertList:
		return bad("SealTemplate.Certs", "none or too many")
	case !t.ListDigests && len(t.CertDigests) > 0:
		return bad("SealTemplate.CertDigests", "a list holds certificates or digests, not both")
	case t.ValidTo.Before(t.ValidFrom) || !writable(t.Created) || !writable(t.ValidFrom) || !writable(t.ValidTo):
		return bad("SealTemplate", "times missing or out of order")
	}
	return nil
}

func (t SealTemplate) addProperty(b *cryptobyte.Builder) {
	b.AddASN1Int64(int64(t.Type))
	addText(b, cbasn1.UTF8String, t.Name)
	if !t.ListDigests {
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, c := range t.Certs {
				b.AddASN1OctetString(c)
			}
		})
	} else {
		b.AddASN1Int64(2)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, d := range t.digests() {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addText(b, cbasn1.PrintableString, d.Type)
					b.AddASN1OctetString(d.Value)
				})
			}
		})
	}
	b.AddASN1GeneralizedTime(t.Created.UTC())
	b.AddASN1GeneralizedTime(t.ValidFrom.UTC())
	b.AddASN1GeneralizedTime(t.ValidTo.UTC())
}

// digests names SM3 by its object identifier: the standard leaves the type free.
func (t SealTemplate) digests() []CertDigest {
	all := slices.Clone(t.CertDigests)
	for _, c := range t.Certs {
		sum := gm.SM3(c)
		all = append(all, CertDigest{Type: gm.OIDSM3.String(), Value: sum[:]})
	}
	return all
}

// AssembleSeal returns the SESeal; timeStamp is nil or (v5) a token over signature.
func AssembleSeal(sealInfo, makerCert, signature, timeStamp []byte) ([]byte, error) {
	return assemble(sealInfo, makerCert, signature, timeStamp)
}

// assemble joins what SESeal and SES_Signature have in common.
func assemble(signed, cert, signature, timeStamp []byte) ([]byte, error) {
	if _, raw, err := NormalSignature(signature); err != nil || raw {
		return nil, bad("signature", "not DER SEQUENCE{r, s}")
	}
	b := roomFor(len(signed) + len(cert) + len(signature) + len(timeStamp))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		b.AddASN1OctetString(cert)
		b.AddASN1ObjectIdentifier(gm.OIDSM2WithSM3)
		b.AddASN1BitString(signature)
		if timeStamp != nil {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1BitString(timeStamp) })
		}
	})
	return b.Bytes()
}

// roomFor returns a builder for content of n octets and its headers. A stamp
// holds the seal's picture, 20 kB, twice: growing to that in steps was 40 % of
// all that a stamp allocated (docs/performance.md).
func roomFor(n int) *cryptobyte.Builder {
	const headers = 256
	return cryptobyte.NewBuilder(make([]byte, 0, n+headers))
}

// SignatureTemplate is what a new stamp says.
type SignatureTemplate struct {
	Seal         []byte // raw SESeal, embedded octet for octet
	Time         time.Time
	DataHash     [32]byte
	PropertyInfo string
	Extensions   []ExtData
}

// TBS returns the TBS_Sign to be signed (as a message). Its version is the seal's.
func (t SignatureTemplate) TBS() ([]byte, error) {
	seal, err := ParseSeal(t.Seal)
	if err != nil {
		return nil, err
	}
	if seal.Version == 1 {
		return nil, bad("SignatureTemplate.Seal", "seals of version 1 are only verified")
	}
	if !isASCII(t.PropertyInfo) || len(t.PropertyInfo) > maxText || !writable(t.Time) {
		return nil, bad("SignatureTemplate", "propertyInfo is not ASCII, or the time is missing")
	}
	b := roomFor(len(t.Seal) + len(t.PropertyInfo))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(int64(seal.HeaderVersion))
		b.AddBytes(t.Seal)
		b.AddASN1GeneralizedTime(t.Time.UTC())
		b.AddASN1BitString(t.DataHash[:])
		addText(b, cbasn1.IA5String, t.PropertyInfo)
		if len(t.Extensions) > 0 {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { addExtensions(b, t.Extensions) })
		}
	})
	return b.Bytes()
}

// AssembleSignature joins TBS_Sign, signer certificate, signature and, when
// not nil, the time-stamp token over the signature value.
func AssembleSignature(tbs, cert, signature, timeStamp []byte) ([]byte, error) {
	return assemble(tbs, cert, signature, timeStamp)
}

// addExtensions writes strict DER: critical only when TRUE.
func addExtensions(b *cryptobyte.Builder, all []ExtData) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, e := range all {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(e.ID)
				if e.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(e.Value)
			})
		}
	})
}

func addText(b *cryptobyte.Builder, tag cbasn1.Tag, s string) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}

func isASCII(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(c byte) bool { return c < 0x20 || c > 0x7e })
}

// writable reports whether GeneralizedTime has a form for t.
func writable(t time.Time) bool { return t.UTC().Year() >= 1950 && t.UTC().Year() <= 9999 }
