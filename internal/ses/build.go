// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"encoding/asn1"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// SealTemplate is what a new seal says; TBS returns its SES_SealInfo, which in
// version 4 and 5 is what the maker signs, and AssembleSeal joins the rest.
// Version 1 goes by MessageV1 and AssembleSealV1.
type SealTemplate struct {
	Version                     int // 1, 4 or 5: the structure
	HeaderVersion               int // the number written; 0 is Version. In version 1 vendors write 2 and 3 too
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

// Template returns what the seal says in the form that makes a new one. Where
// nothing was Tolerated, its TBS is the SES_SealInfo, octet for octet.
func (s *Seal) Template() SealTemplate {
	return SealTemplate{
		Version: s.Version, HeaderVersion: s.HeaderVersion, Vendor: s.Vendor, ESID: s.ESID, Type: s.Type, Name: s.Name,
		Certs: s.Certs, ListDigests: s.CertListType == 2, CertDigests: s.CertDigests,
		Created: s.Created, ValidFrom: s.ValidFrom, ValidTo: s.ValidTo,
		Picture: s.Picture, Extensions: s.Extensions,
	}
}

// TBS returns the DER SES_SealInfo.
func (t SealTemplate) TBS() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addText(b, cbasn1.IA5String, "ES")
			b.AddASN1Int64(int64(t.number()))
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
	case t.Version != 1 && t.Version != 4 && t.Version != 5:
		return bad("SealTemplate.Version", "neither 1, 4 nor 5")
	case t.number() < 0 || (t.Version == 5) != (t.number() == 5) && t.Version != 1:
		return bad("SealTemplate.HeaderVersion", "not a number for version %d", t.Version)
	case !isASCII(t.ESID) || t.ESID == "" || !isASCII(t.Vendor) || !isASCII(t.Picture.Type):
		return bad("SealTemplate", "esID, vendor and picture type are IA5String")
	case t.Name == "" || len(t.Name) > maxText || len(t.ESID) > maxText:
		return bad("SealTemplate.Name", "empty or too long")
	case len(t.Certs)+len(t.CertDigests) == 0 || len(t.Certs)+len(t.CertDigests) > maxCertList:
		return bad("SealTemplate.Certs", "none or too many")
	case !t.ListDigests && len(t.CertDigests) > 0:
		return bad("SealTemplate.CertDigests", "a list holds certificates or digests, not both")
	case t.Version == 1 && t.ListDigests:
		return bad("SealTemplate.ListDigests", "version 1 lists certificates")
	case t.Version == 1 && (!writableUTC(t.Created) || !writableUTC(t.ValidFrom) || !writableUTC(t.ValidTo)):
		return bad("SealTemplate", "version 1 has UTCTime, which ends in 2049")
	case t.ValidTo.Before(t.ValidFrom) || !writable(t.Created) || !writable(t.ValidFrom) || !writable(t.ValidTo):
		return bad("SealTemplate", "times missing or out of order")
	}
	return nil
}

// number is what the header says.
func (t SealTemplate) number() int {
	if t.HeaderVersion == 0 {
		return t.Version
	}
	return t.HeaderVersion
}

func (t SealTemplate) addProperty(b *cryptobyte.Builder) {
	b.AddASN1Int64(int64(t.Type))
	addText(b, cbasn1.UTF8String, t.Name)
	switch {
	case t.Version == 1: // no certListType
		t.addCerts(b)
	case t.ListDigests:
		b.AddASN1Int64(2)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, d := range t.digests() {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addText(b, cbasn1.PrintableString, d.Type)
					b.AddASN1OctetString(d.Value)
				})
			}
		})
	default:
		b.AddASN1Int64(1)
		t.addCerts(b)
	}
	for _, at := range []time.Time{t.Created, t.ValidFrom, t.ValidTo} {
		if t.Version == 1 {
			b.AddASN1UTCTime(at.UTC())
		} else {
			b.AddASN1GeneralizedTime(at.UTC())
		}
	}
}

func (t SealTemplate) addCerts(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, c := range t.Certs {
			b.AddASN1OctetString(c)
		}
	})
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

// AssembleSeal returns the SESeal of version 4 or 5; timeStamp is nil or (v5) a
// token over signature.
func AssembleSeal(sealInfo, makerCert, signature, timeStamp []byte) ([]byte, error) {
	return assemble(sealInfo, makerCert, gm.OIDSM2WithSM3, signature, timeStamp)
}

// AssembleSignature joins TBS_Sign, signer certificate, signature and, when
// not nil, the time-stamp token over the signature value: version 4 or 5.
func AssembleSignature(tbs, cert, signature, timeStamp []byte) ([]byte, error) {
	return assemble(tbs, cert, gm.OIDSM2WithSM3, signature, timeStamp)
}

// assemble joins what SESeal and SES_Signature have in common.
func assemble(signed, cert []byte, alg asn1.ObjectIdentifier, signature, timeStamp []byte) ([]byte, error) {
	if err := checkValue(alg, signature); err != nil {
		return nil, err
	}
	b := roomFor(len(signed) + len(cert) + len(signature) + len(timeStamp))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		b.AddASN1OctetString(cert)
		b.AddASN1ObjectIdentifier(alg)
		b.AddASN1BitString(signature)
		if timeStamp != nil {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1BitString(timeStamp) })
		}
	})
	return b.Bytes()
}

// checkValue refuses an SM2 signature value in any form but DER SEQUENCE{r, s}.
func checkValue(alg asn1.ObjectIdentifier, signature []byte) error {
	if !alg.Equal(gm.OIDSM2WithSM3) {
		return nil
	}
	if _, raw, err := NormalSignature(signature); err != nil || raw {
		return bad("signature", "not DER SEQUENCE{r, s}")
	}
	return nil
}

// roomFor returns a builder for content of n octets and its headers. A stamp
// holds the seal's picture, 20 kB, twice: growing to that in steps was 40 % of
// all that a stamp allocated (docs/performance.md).
func roomFor(n int) *cryptobyte.Builder {
	const headers = 256
	return cryptobyte.NewBuilder(make([]byte, 0, n+headers))
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

// writableUTC reports whether UTCTime has.
func writableUTC(t time.Time) bool { return writable(t) && t.UTC().Year() < 2050 }
