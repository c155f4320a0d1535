// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

func readAlgorithm(in *cryptobyte.String, part string) (a cert.Algorithm, err error) {
	var body, params cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&a.OID) {
		return a, bad(part, "not an AlgorithmIdentifier")
	}
	if body.Empty() {
		return a, nil
	}
	var tag cbasn1.Tag
	if !body.ReadAnyASN1Element(&params, &tag) || !body.Empty() {
		return a, bad(part, "malformed parameters")
	}
	a.Parameters = params
	return a, nil
}

func addAlgorithm(b *cryptobyte.Builder, a cert.Algorithm) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(a.OID)
		b.AddBytes(a.Parameters)
	})
}

// readTime reads the one form that RFC 6960 4.2.2.1 allows (RFC 5280
// 4.1.2.5.2): seconds, UTC, no fraction.
func readTime(in *cryptobyte.String, part string) (time.Time, error) {
	var body cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.GeneralizedTime) || len(body) != len(timeForm) {
		return time.Time{}, bad(part, "not a GeneralizedTime in the form YYYYMMDDHHMMSSZ")
	}
	t, err := time.Parse(timeForm, string(body))
	if err != nil || t.Format(timeForm) != string(body) || t.IsZero() { // zero means absent here
		return time.Time{}, bad(part, "no such time")
	}
	return t, nil
}

const timeForm = "20060102150405Z"

func addTime(b *cryptobyte.Builder, t time.Time) {
	b.AddASN1(cbasn1.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(t.UTC().Format(timeForm))) })
}

// readExtensions reads an optional Extensions under an explicit tag; two with
// one identifier are an error, since readers would disagree on which counts.
func readExtensions(in *cryptobyte.String, tag cbasn1.Tag, part string) ([]cert.Extension, error) {
	if !in.PeekASN1Tag(tag) {
		return nil, nil
	}
	var outer, list cryptobyte.String
	if !in.ReadASN1(&outer, tag) || !outer.ReadASN1(&list, cbasn1.SEQUENCE) || !outer.Empty() || list.Empty() {
		return nil, bad(part, "not Extensions")
	}
	var all []cert.Extension
	for !list.Empty() {
		var one cryptobyte.String
		var e cert.Extension
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&e.ID) {
			return nil, bad(part, "malformed Extension")
		}
		if one.PeekASN1Tag(cbasn1.BOOLEAN) && (!one.ReadASN1Boolean(&e.Critical) || !e.Critical) {
			return nil, bad(part, "malformed critical flag")
		}
		if !one.ReadASN1Bytes(&e.Value, cbasn1.OCTET_STRING) || !one.Empty() {
			return nil, bad(part, "malformed extension %s", e.ID)
		}
		if find(all, e.ID) != nil || len(all) == maxExts {
			return nil, bad(part, "extension %s stands twice, or there are too many", e.ID)
		}
		all = append(all, e)
	}
	return all, nil
}

func addExtensions(b *cryptobyte.Builder, tag cbasn1.Tag, list []cert.Extension) {
	if len(list) == 0 {
		return
	}
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
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
	})
}

func find(list []cert.Extension, id []int) *cert.Extension {
	for i := range list {
		if list[i].ID.Equal(id) {
			return &list[i]
		}
	}
	return nil
}

// NonceExtension is the extension that carries a nonce of 1 to 32 octets
// (RFC 8954 2.1).
func NonceExtension(nonce []byte) cert.Extension {
	var b cryptobyte.Builder
	b.AddASN1OctetString(nonce)
	return cert.Extension{ID: OIDNonce, Value: b.BytesOrPanic()}
}

// readNonce takes the nonce out of extensions, nil when there is none.
func readNonce(list []cert.Extension) ([]byte, error) {
	e := find(list, OIDNonce)
	if e == nil {
		return nil, nil
	}
	s := cryptobyte.String(e.Value)
	var nonce []byte
	if !s.ReadASN1Bytes(&nonce, cbasn1.OCTET_STRING) || !s.Empty() || len(nonce) < 1 || len(nonce) > maxNonce {
		return nil, bad("nonce", "not an OCTET STRING of 1 to %d octets (RFC 8954 2.1)", maxNonce)
	}
	return nonce, nil
}

// critical returns a critical extension that is not among the known ones.
func critical(list []cert.Extension, known ...[]int) *cert.Extension {
next:
	for i := range list {
		for _, k := range known {
			if list[i].ID.Equal(k) {
				continue next
			}
		}
		if list[i].Critical {
			return &list[i]
		}
	}
	return nil
}
