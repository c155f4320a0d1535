// SPDX-License-Identifier: Apache-2.0

package tsp

import (
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Info is a TSTInfo.
type Info struct {
	Raw           []byte
	Policy        asn1.ObjectIdentifier
	HashAlgorithm asn1.ObjectIdentifier
	Imprint       []byte
	Serial        *big.Int
	Time          time.Time
	Accuracy      time.Duration // 0 when absent
	Ordering      bool
	Nonce         *big.Int
}

// Marshal encodes the TSTInfo; Time is written in milliseconds, or in seconds
// when it has no fraction, and Accuracy down to microseconds.
func (i *Info) Marshal() ([]byte, error) {
	if y := i.Time.UTC().Year(); y < 1 || y > 9999 {
		return nil, bad("genTime", "year %d cannot be written", y)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(i.Policy)
		addImprint(b, i.HashAlgorithm, i.Imprint)
		b.AddASN1BigInt(i.Serial)
		b.AddASN1(cbasn1.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(formatTime(i.Time))) })
		addAccuracy(b, i.Accuracy)
		if i.Ordering {
			b.AddASN1Boolean(true)
		}
		if i.Nonce != nil {
			b.AddASN1BigInt(i.Nonce)
		}
	})
	return b.Bytes()
}

// formatTime writes the fraction without trailing zeros (RFC 3161 2.4.2).
func formatTime(t time.Time) string {
	main, fraction, _ := strings.Cut(t.UTC().Format("20060102150405.000"), ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		main += "." + fraction
	}
	return main + "Z"
}

func addAccuracy(b *cryptobyte.Builder, d time.Duration) {
	if d <= 0 {
		return
	}
	micros := d.Microseconds()
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if s := micros / 1e6; s > 0 {
			b.AddASN1Int64(s)
		}
		if m := micros / 1e3 % 1e3; m > 0 {
			b.AddASN1Int64WithTag(m, prim0)
		}
		if u := micros % 1e3; u > 0 {
			b.AddASN1Int64WithTag(u, prim1)
		}
	})
}

// ParseInfo reads a DER TSTInfo with nothing behind it.
func ParseInfo(der []byte) (*Info, error) {
	in := cryptobyte.String(der)
	var body, stamp cryptobyte.String
	var version int
	i := &Info{Raw: der, Serial: new(big.Int)}
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Integer(&version) || version != 1 {
		return nil, bad("TSTInfo", "not one SEQUENCE of version 1")
	}
	if !body.ReadASN1ObjectIdentifier(&i.Policy) {
		return nil, bad("TSTInfo.policy", "not an OBJECT IDENTIFIER")
	}
	var err error
	if i.HashAlgorithm, i.Imprint, err = readImprint(&body); err != nil {
		return nil, err
	}
	if !body.ReadASN1Integer(i.Serial) || i.Serial.BitLen() > 256 {
		return nil, bad("TSTInfo.serialNumber", "not an INTEGER of at most 32 octets")
	}
	if !body.ReadASN1(&stamp, cbasn1.GeneralizedTime) {
		return nil, bad("TSTInfo.genTime", "not a GeneralizedTime")
	}
	if i.Time, err = parseTime(string(stamp)); err != nil {
		return nil, err
	}
	if i.Accuracy, err = readAccuracy(&body); err != nil {
		return nil, err
	}
	if body.PeekASN1Tag(cbasn1.BOOLEAN) && !body.ReadASN1Boolean(&i.Ordering) {
		return nil, bad("TSTInfo.ordering", "malformed")
	}
	if i.Nonce, err = readNonce(&body); err != nil {
		return nil, err
	}
	return i, readTail(&body)
}

// readTail passes over tsa [0] and refuses critical extensions [1]: none is known.
func readTail(body *cryptobyte.String) error {
	var present bool
	var tsa, exts cryptobyte.String
	if !body.ReadOptionalASN1(&tsa, &present, tag0) || !body.ReadOptionalASN1(&exts, &present, tag1) || !body.Empty() {
		return bad("TSTInfo", "malformed behind the nonce")
	}
	for !exts.Empty() {
		var ext, id cryptobyte.String
		if !exts.ReadASN1(&ext, cbasn1.SEQUENCE) || !ext.ReadASN1(&id, cbasn1.OBJECT_IDENTIFIER) {
			return bad("TSTInfo.extensions", "malformed")
		}
		var critical bool
		if ext.PeekASN1Tag(cbasn1.BOOLEAN) && (!ext.ReadASN1Boolean(&critical) || critical) {
			return bad("TSTInfo.extensions", "a critical extension is not understood")
		}
	}
	return nil
}

// parseTime reads "YYYYMMDDhhmmss[.f…]Z" (RFC 3161 2.4.2).
func parseTime(s string) (time.Time, error) {
	main, ok := strings.CutSuffix(s, "Z")
	if !ok || len(main) < 14 || len(main) > 24 || len(main) == 15 {
		return time.Time{}, bad("genTime", "not YYYYMMDDhhmmss[.f]Z")
	}
	for n, c := range main {
		if (c < '0' || c > '9') && (n != 14 || c != '.') {
			return time.Time{}, bad("genTime", "not YYYYMMDDhhmmss[.f]Z")
		}
	}
	layout := "20060102150405"
	if len(main) > 14 {
		layout += "." + strings.Repeat("0", len(main)-15)
	}
	t, err := time.Parse(layout, main)
	if err != nil {
		return time.Time{}, bad("genTime", "no such time")
	}
	return t.UTC(), nil
}

func readAccuracy(body *cryptobyte.String) (time.Duration, error) {
	if !body.PeekASN1Tag(cbasn1.SEQUENCE) {
		return 0, nil
	}
	var seq cryptobyte.String
	var s, m, u int64
	ok := body.ReadASN1(&seq, cbasn1.SEQUENCE)
	if ok && seq.PeekASN1Tag(cbasn1.INTEGER) {
		ok = seq.ReadASN1Integer(&s)
	}
	if ok && seq.PeekASN1Tag(prim0) {
		ok = seq.ReadASN1Int64WithTag(&m, prim0)
	}
	if ok && seq.PeekASN1Tag(prim1) {
		ok = seq.ReadASN1Int64WithTag(&u, prim1)
	}
	if !ok || !seq.Empty() || s < 0 || s > 1e6 || m < 0 || m > 999 || u < 0 || u > 999 {
		return 0, bad("TSTInfo.accuracy", "malformed")
	}
	return time.Duration(s)*time.Second + time.Duration(m)*time.Millisecond + time.Duration(u)*time.Microsecond, nil
}
