// SPDX-License-Identifier: Apache-2.0

package tsp

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Rejected is the error of ParseResponse when the authority refused.
type Rejected struct {
	Status  int
	Text    string
	Failure int // PKIFailureInfo bit, -1 when absent
}

func (r *Rejected) Error() string {
	return fmt.Sprintf("tsp: the authority refused: status %d, failure %d: %s", r.Status, r.Failure, r.Text)
}

// MarshalResponse encodes a TimeStampResp: with a granted token, or with nil
// and the PKIFailureInfo bit failure (-1 for none).
func MarshalResponse(status int, text string, failure int, token []byte) ([]byte, error) {
	if failure > 31 {
		return nil, bad("PKIFailureInfo", "no bit %d", failure)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(status))
			if text != "" {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
				})
			}
			if failure >= 0 {
				b.AddASN1(cbasn1.BIT_STRING, func(b *cryptobyte.Builder) { b.AddBytes(oneBit(failure)) })
			}
		})
		b.AddBytes(token)
	})
	return b.Bytes()
}

// oneBit is the content of a named BIT STRING with one bit set (DER: no trailing zeros).
func oneBit(n int) []byte {
	content := make([]byte, 2+n/8)
	content[0] = byte(7 - n%8)
	content[1+n/8] = 1 << (7 - n%8)
	return content
}

// ParseResponse reads a TimeStampResp and returns its token, or a *Rejected.
func ParseResponse(der []byte) (token []byte, err error) {
	if len(der) > MaxSize {
		return nil, bad("TimeStampResp", "longer than %d octets", MaxSize)
	}
	in := cryptobyte.String(der)
	var body, info cryptobyte.String
	r := &Rejected{Failure: -1}
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() ||
		!body.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1Integer(&r.Status) {
		return nil, bad("TimeStampResp", "not one SEQUENCE with a status")
	}
	if info.PeekASN1Tag(cbasn1.SEQUENCE) {
		var texts, text cryptobyte.String
		if !info.ReadASN1(&texts, cbasn1.SEQUENCE) || !texts.ReadASN1(&text, cbasn1.UTF8String) {
			return nil, bad("PKIStatusInfo.statusString", "malformed")
		}
		r.Text = string(text)
	}
	if info.PeekASN1Tag(cbasn1.BIT_STRING) {
		var content cryptobyte.String
		if !info.ReadASN1(&content, cbasn1.BIT_STRING) || len(content) == 0 {
			return nil, bad("PKIStatusInfo.failInfo", "malformed")
		}
		r.Failure = firstBit(content[1:])
	}
	if !info.Empty() {
		return nil, bad("PKIStatusInfo", "something stands behind the last field")
	}
	if r.Status != StatusGranted && r.Status != StatusGrantedWithMods {
		return nil, r
	}
	var el cryptobyte.String
	if !body.ReadASN1Element(&el, cbasn1.SEQUENCE) || !body.Empty() {
		return nil, bad("TimeStampResp", "granted, but no token")
	}
	return el, nil
}

func firstBit(content []byte) int {
	for i, o := range content {
		for bit := range 8 {
			if o&(0x80>>bit) != 0 {
				return i*8 + bit
			}
		}
	}
	return -1
}
