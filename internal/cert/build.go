// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// Template is what a new certificate says. MarshalTBS encodes it, the caller
// stores and signs those octets, and Assemble joins them with the signature.
type Template struct {
	Serial              *big.Int
	Issuer              []byte // raw Name of the issuer, copied octet for octet
	Subject             Name
	NotBefore, NotAfter time.Time
	PublicKey           []byte      // raw SubjectPublicKeyInfo
	Extensions          []Extension // in the order given
	NullParameters      bool        // SM2 signature parameters as NULL (GM/T 0015-2023 usage) instead of absent (RFC 8998)
}

// MarshalTBS returns the DER TBSCertificate with SM2-with-SM3 as algorithm.
func (t Template) MarshalTBS() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("marshal certificate: %w", err)
	}
	subject, err := t.Subject.Marshal()
	if err != nil {
		return nil, fmt.Errorf("marshal certificate: subject: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag0.Constructed(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		b.AddASN1BigInt(t.Serial)
		addSM2Algorithm(b, t.NullParameters)
		b.AddBytes(t.Issuer)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addTime(b, t.NotBefore)
			addTime(b, t.NotAfter)
		})
		b.AddBytes(subject)
		b.AddBytes(t.PublicKey)
		if len(t.Extensions) > 0 {
			b.AddASN1(tag3.Constructed(), func(b *cryptobyte.Builder) { addExtensions(b, t.Extensions) })
		}
	})
	return b.Bytes()
}

func (t Template) check() error {
	if t.Serial == nil || t.Serial.Sign() <= 0 || t.Serial.BitLen() > 159 {
		return errors.New("the serial number must be positive and fit 20 octets (RFC 5280 4.1.2.2)")
	}
	if _, err := ParseName(t.Issuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	if !t.NotAfter.After(t.NotBefore) {
		return errors.New("notAfter is not after notBefore")
	}
	if t.NotBefore.Year() < 1950 || t.NotAfter.Year() > 9999 {
		return errors.New("the validity is outside the years 1950 to 9999")
	}
	if _, err := KeyID(t.PublicKey); err != nil {
		return err
	}
	return checkExtensions(t.Extensions)
}

func checkExtensions(list []Extension) error {
	if len(list) > maxExtensions {
		return fmt.Errorf("more than %d extensions", maxExtensions)
	}
	for i, e := range list {
		if findExtension(list[:i], e.ID) != nil {
			return fmt.Errorf("extension %s is given twice", e.ID)
		}
	}
	return nil
}

func addSM2Algorithm(b *cryptobyte.Builder, null bool) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(gm.OIDSM2WithSM3)
		if null {
			b.AddASN1NULL()
		}
	})
}

func addExtensions(b *cryptobyte.Builder, list []Extension) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, e := range list {
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

// Assemble joins a TBSCertificate or TBSCertList with its signature. The
// outer algorithm is copied from inside tbs, so the two can never differ.
func Assemble(tbs, signature []byte) ([]byte, error) {
	algorithm, err := innerAlgorithm(tbs)
	if err != nil {
		return nil, err
	}
	bits := tlv(cbasn1.BIT_STRING, append([]byte{0}, signature...))
	content := make([]byte, 0, len(tbs)+len(algorithm)+len(bits))
	content = append(append(append(content, tbs...), algorithm...), bits...)
	return tlv(cbasn1.SEQUENCE, content), nil
}

// innerAlgorithm returns the first SEQUENCE of tbs behind version and serial
// number: the signature field of both kinds of object.
func innerAlgorithm(tbs []byte) ([]byte, error) {
	d, s := newDecoder("tbs", tbs)
	body, err := d.sequence(s, "tbs")
	if err != nil {
		return nil, err
	}
	body.SkipOptionalASN1(tag0.Constructed())
	body.SkipOptionalASN1(cbasn1.INTEGER)
	var algorithm cryptobyte.String
	at := body
	if !body.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) {
		return nil, d.fail(at, "signature", "not an AlgorithmIdentifier")
	}
	whole := algorithm
	if _, err := d.algorithm(&algorithm, "signature"); err != nil {
		return nil, err
	}
	return whole, nil
}
