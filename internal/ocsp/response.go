// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Response is an OCSPResponse (RFC 6960 4.2.1).
type Response struct {
	Raw    []byte
	Status Status
	Type   asn1.ObjectIdentifier // nil without responseBytes
	Basic  *Basic                // nil when Type is not OIDBasic
	other  []byte                // response of another type
}

// ParseResponse reads a DER OCSPResponse with nothing behind it.
func ParseResponse(der []byte) (*Response, error) {
	if len(der) > MaxResponse {
		return nil, bad("OCSPResponse", "longer than %d octets", MaxResponse)
	}
	in := cryptobyte.String(der)
	var body cryptobyte.String
	var status int
	r := &Response{Raw: der}
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Enum(&status) {
		return nil, bad("OCSPResponse", "not one DER SEQUENCE with a status")
	}
	r.Status = Status(status)
	if _, known := statusNames[r.Status]; !known {
		return nil, bad("responseStatus", "%d is none of RFC 6960", status)
	}
	if body.Empty() {
		if r.Status == Successful {
			return nil, bad("OCSPResponse", "successful, but nothing is answered")
		}
		return r, nil
	}
	var outer, bytes, content cryptobyte.String
	if !body.ReadASN1(&outer, tag0) || !body.Empty() || !outer.ReadASN1(&bytes, cbasn1.SEQUENCE) || !outer.Empty() ||
		!bytes.ReadASN1ObjectIdentifier(&r.Type) || !bytes.ReadASN1(&content, cbasn1.OCTET_STRING) || !bytes.Empty() {
		return nil, bad("responseBytes", "malformed")
	}
	if !r.Type.Equal(OIDBasic) {
		r.other = content
		return r, nil
	}
	var err error
	r.Basic, err = ParseBasic(content)
	return r, err
}

// Marshal encodes the response from its fields.
func (r *Response) Marshal() ([]byte, error) {
	content := r.other
	if r.Basic != nil {
		var err error
		if content, err = r.Basic.Marshal(); err != nil {
			return nil, err
		}
	}
	return marshalResponse(r.Status, r.Type, content)
}

// MarshalError encodes a response without an answer.
func MarshalError(s Status) []byte { return []byte{0x30, 3, 0x0A, 1, byte(s)} }

// MarshalSuccess wraps a BasicOCSPResponse.
func MarshalSuccess(basic []byte) ([]byte, error) {
	return marshalResponse(Successful, OIDBasic, basic)
}

func marshalResponse(s Status, kind asn1.ObjectIdentifier, content []byte) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.ENUM, func(b *cryptobyte.Builder) { b.AddUint8(uint8(s)) })
		if kind == nil {
			return
		}
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(kind)
				b.AddASN1OctetString(content)
			})
		})
	})
	return b.Bytes()
}
