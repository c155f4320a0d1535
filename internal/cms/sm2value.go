// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// NormalSignature returns the DER form of an SM2 signature value that is
// strict DER SEQUENCE{r, s} or raw r||s of 64 octets; raw says which it was.
// Two encodings of one signature exist therefore: compare this form.
func NormalSignature(sig []byte) (der []byte, raw bool, err error) {
	if len(sig) > 80 {
		return nil, false, bad("signature", "longer than an SM2 signature can be")
	}
	if strictSM2(sig) {
		return sig, false, nil
	}
	if len(sig) != 64 {
		return nil, false, bad("signature", "neither DER SEQUENCE{r, s} nor 64 octets")
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(sig[:32]))
		b.AddASN1BigInt(new(big.Int).SetBytes(sig[32:]))
	})
	der, err = b.Bytes()
	return der, true, err
}

func strictSM2(sig []byte) bool {
	in := cryptobyte.String(sig)
	var seq cryptobyte.String
	var r, s big.Int
	return in.ReadASN1(&seq, cbasn1.SEQUENCE) && in.Empty() &&
		seq.ReadASN1Integer(&r) && seq.ReadASN1Integer(&s) && seq.Empty() && r.Sign() > 0 && s.Sign() > 0
}
