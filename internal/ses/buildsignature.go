// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// SignatureTemplate is what a new stamp says. Its structure is that of the
// seal: version 1 for a seal of version 1, else 4 or 5.
type SignatureTemplate struct {
	Seal         []byte // raw SESeal, embedded octet for octet
	Time         time.Time
	DataHash     [32]byte // SM3; with an RSA key of version 1, SHA-256
	PropertyInfo string
	Extensions   []ExtData // not in version 1

	// In version 1 the signed part holds these too; later ones take them in
	// AssembleSignature.
	Cert    []byte // signer, DER
	SignAlg asn1.ObjectIdentifier
}

// TBS returns the TBS_Sign to be signed (as a message). Its version is the
// number in the seal's header.
func (t SignatureTemplate) TBS() ([]byte, error) {
	seal, err := ParseSeal(t.Seal)
	if err != nil {
		return nil, err
	}
	v1 := seal.Version == 1
	switch {
	case v1 && (len(t.Cert) == 0 || len(t.SignAlg) == 0):
		return nil, bad("SignatureTemplate", "version 1 signs certificate and algorithm: name them")
	case v1 && len(t.Extensions) > 0:
		return nil, bad("SignatureTemplate.Extensions", "version 1 has none")
	case v1 && !writableUTC(t.Time):
		return nil, bad("SignatureTemplate.Time", "missing, or after 2049")
	case !v1 && (len(t.Cert) > 0 || len(t.SignAlg) > 0):
		return nil, bad("SignatureTemplate", "certificate and algorithm are not signed from version 4 on")
	}
	return (&Signature{
		Version: seal.Version, HeaderVersion: seal.HeaderVersion, Seal: seal, Time: t.Time, DataHash: t.DataHash[:],
		PropertyInfo: t.PropertyInfo, Extensions: t.Extensions, Cert: t.Cert, SignAlg: t.SignAlg,
	}).tbs()
}

// tbs writes TBS_Sign from the fields.
func (s *Signature) tbs() ([]byte, error) {
	if !isASCII(s.PropertyInfo) || len(s.PropertyInfo) > maxText {
		return nil, bad("propertyInfo", "not ASCII, or too long")
	}
	info, err := s.timeInfoV1()
	if s.Version != 1 && !writable(s.Time) {
		err = bad("timeInfo", "missing")
	}
	if err != nil {
		return nil, err
	}
	b := roomFor(len(s.Seal.Raw) + len(s.PropertyInfo) + len(s.Cert) + len(info))
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(int64(s.HeaderVersion))
		b.AddBytes(s.Seal.Raw)
		if s.Version == 1 {
			b.AddASN1BitString(info)
		} else {
			b.AddASN1GeneralizedTime(s.Time.UTC())
		}
		b.AddASN1BitString(s.DataHash)
		addText(b, cbasn1.IA5String, s.PropertyInfo)
		if s.Version == 1 {
			b.AddASN1OctetString(s.Cert)
			b.AddASN1ObjectIdentifier(s.SignAlg)
		} else if len(s.Extensions) > 0 {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { addExtensions(b, s.Extensions) })
		}
	})
	return b.Bytes()
}

// timeInfoV1 is what the BIT STRING of version 1 holds: a time-stamp, or a
// UTCTime (facts/seal-formats.md 2.2). nil for later versions.
func (s *Signature) timeInfoV1() ([]byte, error) {
	switch {
	case s.Version != 1:
		return nil, nil
	case s.TimeStamp != nil:
		return s.TimeStamp, nil
	case !writableUTC(s.Time):
		return nil, bad("timeInfo", "missing, or after 2049")
	}
	var b cryptobyte.Builder
	b.AddASN1UTCTime(s.Time.UTC())
	return b.Bytes()
}
