// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

var (
	errShape = errors.New("malformed")
	tag0     = cbasn1.Tag(0).Constructed().ContextSpecific()
)

// showCSR shows a CertificationRequest (RFC 2986) and says whether its
// self-signature holds: of a request that is all there is to know.
func showCSR(der []byte, _ int) (*Node, error) {
	r, err := cert.ParseRequest(der)
	if err != nil {
		return nil, err
	}
	n := node("certificate request", r.Subject.Get(cert.OIDCommonName))
	n.add("subject", r.Subject.String())
	n.add("public key", keyKind(parseSPKI(r.RawSPKI)))
	n.add("problem of the key", string(cert.DiagnoseKey(r.RawSPKI)))
	n.add("SM3 of the public key info", sm3(r.RawSPKI))
	n.add("signature", oidName(r.SignatureAlgorithm.OID))
	possession := "proven"
	if err := r.CheckSignature(); err != nil {
		possession = "not proven: " + err.Error()
	}
	n.add("possession of the key", possession)
	for _, a := range r.Attributes {
		attribute := n.group(oidName(a.ID), "")
		if !a.AsksExtensions() {
			attribute.Value = fmt.Sprintf("%d octets", len(a.Values)) // a challenge password stays unseen
			continue
		}
		for _, e := range r.Extensions {
			attribute.add(oidName(e.ID), hexed(e.Value))
		}
	}
	for _, note := range r.Tolerated {
		n.add("tolerated", note)
	}
	return n, nil
}

// parseSPKI reads a public key of any kind that can be shown; nil when it is
// none.
func parseSPKI(spki []byte) crypto.PublicKey {
	if key, err := gm.ParsePublicKey(spki); err == nil {
		return key
	}
	if key, err := x509.ParsePKIXPublicKey(spki); err == nil {
		return key
	}
	return nil
}
