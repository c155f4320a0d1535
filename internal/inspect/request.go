// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
)

var (
	errShape = errors.New("malformed")
	tag0     = cbasn1.Tag(0).Constructed().ContextSpecific()
)

// showCSR shows a certification request (RFC 2986) and says whether its
// self-signature holds: of a request that is all there is to know.
func showCSR(der []byte, _ int) (*Node, error) {
	r, err := cert.ParseRequest(der)
	if err != nil {
		return nil, err
	}
	n := node("certificate request", r.Subject.Get(cert.OIDCommonName))
	n.add("subject", r.Subject.String())
	n.add("public key", requestKey(r))
	n.add("SM3 of the public key info", sm3(r.RawSPKI))
	n.add("signature", oidName(r.SignatureAlgorithm.OID))
	possession := "proven"
	if err := r.CheckSignature(); err != nil {
		possession = "not proven: " + err.Error()
	}
	n.add("possession of the key", possession)
	for _, a := range r.Attributes {
		if !a.AsksExtensions() {
			n.add("attribute "+oidName(a.ID), fmt.Sprintf("%d octets", len(a.Values))) // a challenge password stays unseen
		}
	}
	if len(r.Extensions) > 0 {
		asked := n.group("extensions it asks for", count(len(r.Extensions), "extension"))
		addExtensions(asked, &r.Asked)
	}
	addTolerated(n, r.Tolerated)
	return n, nil
}

func requestKey(r *cert.Request) string {
	if r.PublicKey == nil {
		return "not supported: " + fmt.Sprint(cert.DiagnoseKey(r.RawSPKI))
	}
	return keyKind(r.PublicKey)
}

// showCSRResponse shows what a holder of dual certificates is given (GM/T
// 0092): the encryption key in it is under the signing key, and is not opened.
func showCSRResponse(der []byte, depth int) (*Node, error) {
	r, err := csrresp.Parse(der)
	if err != nil {
		return nil, err
	}
	n := node("CSR response", "GM/T 0092")
	for _, c := range r.SignCertificates {
		n.object("signing certificate", c, showCertificate, depth)
	}
	for _, c := range r.EncryptCertificates {
		n.object("encryption certificate", c, showCertificate, depth)
	}
	if r.EncryptedPrivateKey != nil {
		n.add("encryption key", fmt.Sprintf("%d octets, enveloped under the signing key", len(r.EncryptedPrivateKey)))
	}
	return n, nil
}

// parseSPKI reads a public key of any kind that cert.CheckSignature knows;
// nil when it is none.
func parseSPKI(spki []byte) crypto.PublicKey {
	if key, err := gm.ParsePublicKey(spki); err == nil {
		return key
	}
	if key, err := x509.ParsePKIXPublicKey(spki); err == nil {
		return key
	}
	return nil
}
