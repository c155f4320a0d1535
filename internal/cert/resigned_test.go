// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"bytes"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/testpki"
)

// TestResigned: the signature may differ, and nothing else.
func TestResigned(t *testing.T) {
	p := testpki.New(t)
	c, other := p.Seal.Cert, p.TSA.Cert
	signature := []byte("another signature")
	assemble := func(tbs []byte) []byte {
		der, err := cert.Assemble(tbs, signature)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	der := assemble(c.RawTBS)
	outer := bytes.Clone(der)
	outer[bytes.LastIndex(outer, []byte{0x55, 0x01, 0x83, 0x75})+3]++ // 1.2.156.10197.1.501, outside what is signed
	for name, tt := range map[string]struct {
		der, signature []byte
		same           bool
	}{
		"itself":            {c.Raw, c.Signature, true},
		"another signature": {der, signature, true},
		"not the one given": {der, c.Signature, false},
		"other content":     {assemble(other.RawTBS), signature, false},
		"other algorithm":   {outer, signature, false},
		"octets behind":     {append(bytes.Clone(der), 0), signature, false},
		"cut":               {der[:len(der)-1], signature, false},
		"nothing":           {nil, signature, false},
	} {
		if err := c.Resigned(tt.der, tt.signature); (err == nil) != tt.same {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
