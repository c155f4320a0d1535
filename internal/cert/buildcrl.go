// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// CRLTemplate is what a new CRL says; MarshalTBS and Assemble make it.
type CRLTemplate struct {
	Issuer                 []byte // raw Name
	ThisUpdate, NextUpdate time.Time
	Number                 *big.Int
	AuthorityKeyID         []byte // key identifier of the signer, nil for none
	// Revoked entries are written in the order given. Reason (except 0),
	// Invalidity and Issuer become extensions; Extensions are written as given,
	// and win over those made from the other fields.
	Revoked        []Revoked
	Extensions     []Extension // further ones, e.g. IDP, delta
	NullParameters bool
}

// MarshalTBS returns the DER TBSCertList with SM2-with-SM3 as algorithm.
func (t CRLTemplate) MarshalTBS() ([]byte, error) {
	list, err := t.check()
	if err != nil {
		return nil, fmt.Errorf("marshal CRL: %w", err)
	}
	entries, err := marshalEntries(t.Revoked)
	if err != nil {
		return nil, fmt.Errorf("marshal CRL: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addSM2Algorithm(b, t.NullParameters)
		b.AddBytes(t.Issuer)
		addTime(b, t.ThisUpdate)
		if !t.NextUpdate.IsZero() {
			addTime(b, t.NextUpdate)
		}
		b.AddBytes(entries)
		b.AddASN1(tag0.Constructed(), func(b *cryptobyte.Builder) { addExtensions(b, list) })
	})
	return b.Bytes()
}

// check returns all extensions of the CRL.
func (t CRLTemplate) check() ([]Extension, error) {
	if _, err := ParseName(t.Issuer); err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	if t.Number == nil || t.Number.Sign() < 0 || t.Number.BitLen() > 159 {
		return nil, errors.New("the CRL number must not be negative and fit 20 octets (RFC 5280 5.2.3)")
	}
	if !t.NextUpdate.IsZero() && !t.NextUpdate.After(t.ThisUpdate) {
		return nil, errors.New("nextUpdate is not after thisUpdate")
	}
	if len(t.Revoked) > MaxRevoked {
		return nil, fmt.Errorf("more than %d entries", MaxRevoked)
	}
	var list []Extension
	if len(t.AuthorityKeyID) > 0 {
		list = append(list, ExtAuthorityKeyID(t.AuthorityKeyID))
	}
	number := new(cryptobyte.Builder)
	number.AddASN1BigInt(t.Number)
	list = append(list, Extension{ID: OIDCRLNumber, Value: number.BytesOrPanic()})
	list = append(list, t.Extensions...)
	return list, checkExtensions(list)
}

// marshalEntries returns revokedCertificates with its header, or nothing for
// no entries: the field must then be absent (RFC 5280 5.1.2.6).
func marshalEntries(revoked []Revoked) ([]byte, error) {
	if len(revoked) == 0 {
		return nil, nil
	}
	b := cryptobyte.NewBuilder(make([]byte, 0, 64*len(revoked)))
	var scratch [shortEntry]byte
	for i := range revoked {
		if short := revoked[i].short(scratch[:0]); short != nil {
			b.AddBytes(short)
			continue
		}
		if err := revoked[i].add(b); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
	}
	entries, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return tlv(cbasn1.SEQUENCE, entries), nil
}

func (r *Revoked) add(b *cryptobyte.Builder) error {
	if r.Serial == nil || r.Serial.BitLen() > 8*maxSerial-1 {
		return errors.New("no serial number, or too long a one")
	}
	if r.Reason < 0 || r.Reason > 10 || r.Reason == 7 {
		return fmt.Errorf("reason %d is no CRLReason", r.Reason)
	}
	list := r.entryExtensions()
	if err := checkExtensions(list); err != nil {
		return err
	}
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(r.Serial)
		addTime(b, r.Date)
		if len(list) > 0 {
			addExtensions(b, list)
		}
	})
	return nil
}

func (r *Revoked) entryExtensions() []Extension {
	var made []Extension
	if r.Reason != ReasonUnspecified {
		made = append(made, Extension{ID: OIDReasonCode, Value: []byte{10, 1, byte(r.Reason)}})
	}
	if !r.Invalidity.IsZero() {
		var b cryptobyte.Builder
		b.AddASN1GeneralizedTime(r.Invalidity.UTC().Truncate(time.Second))
		made = append(made, Extension{ID: OIDInvalidityDate, Value: b.BytesOrPanic()})
	}
	if r.Issuer != nil {
		value := tlv(cbasn1.SEQUENCE, NewDirectoryName(r.Issuer).marshal())
		made = append(made, Extension{ID: OIDCertificateIssuer, Critical: true, Value: value})
	}
	out := r.Extensions
	for _, e := range made {
		if findExtension(r.Extensions, e.ID) == nil {
			out = append(out[:len(out):len(out)], e)
		}
	}
	return out
}

// shortEntry has room for the longest entry that short writes.
const shortEntry = 128

// short appends an entry of the usual kind to buf, as add would write it, and
// returns nil for any other: a list of 100,000 is built with a handful of
// allocations instead of two million.
func (r *Revoked) short(buf []byte) []byte {
	date, invalid := r.Date.UTC(), r.Invalidity.UTC()
	switch {
	case r.Serial == nil || r.Serial.Sign() <= 0 || r.Serial.BitLen() > 8*maxSerial-1,
		r.Reason < 0 || r.Reason > 10 || r.Reason == 7,
		r.Issuer != nil || len(r.Extensions) > 0,
		date.Year() < 1950 || date.Year() > 2049, // the years of UTCTime
		!r.Invalidity.IsZero() && (invalid.Year() < 0 || invalid.Year() > 9999):
		return nil
	}
	buf = append(buf, 0x30, 0)
	n := r.Serial.BitLen()/8 + 1
	buf = append(buf, 2, byte(n))
	buf = append(buf, make([]byte, n)...)
	r.Serial.FillBytes(buf[len(buf)-n:])
	buf = date.AppendFormat(append(buf, 0x17, 13), "060102150405Z")
	if r.Reason != ReasonUnspecified || !r.Invalidity.IsZero() {
		at := len(buf)
		buf = append(buf, 0x30, 0)
		if r.Reason != ReasonUnspecified {
			buf = append(buf, 0x30, 10, 6, 3, 0x55, 0x1d, 21, 4, 3, 10, 1, byte(r.Reason)) // reasonCode
		}
		if !r.Invalidity.IsZero() {
			buf = append(buf, 0x30, 24, 6, 3, 0x55, 0x1d, 24, 4, 17, 0x18, 15) // invalidityDate
			buf = invalid.AppendFormat(buf, "20060102150405Z")
		}
		buf[at+1] = byte(len(buf) - at - 2)
	}
	buf[1] = byte(len(buf) - 2) // less than 128: all parts are bounded
	return buf
}
