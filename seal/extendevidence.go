// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/json"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
)

// Evidence is what a caller of ExtendFrom hands in for certificates of other
// authorities. None of it is believed: what is no issuer, no list and no answer
// for a certificate in the file stays out.
type Evidence struct {
	certs   []*cert.Certificate
	crls    []*cert.CRL
	answers []*ocsp.Response
}

// Bounds of Evidence: octets of its JSON, and entries of each kind.
const (
	maxEvidence        = 24 << 20
	maxEvidenceEntries = 64
)

// ReadEvidence reads a side file: JSON with the members certificates, crls and
// ocsp, each a list of DER in base64. The error is a *Refused that names the
// entry that cannot be read.
func ReadEvidence(raw []byte) (*Evidence, error) {
	if len(raw) > maxEvidence {
		return nil, refuse(ReasonTooLarge, "evidence of %d octets, at most %d are taken", len(raw), maxEvidence)
	}
	var file struct {
		Certificates [][]byte `json:"certificates"`
		CRLs         [][]byte `json:"crls"`
		OCSP         [][]byte `json:"ocsp"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, refuse(ReasonRequest, "the evidence is not JSON with lists of base64: certificates, crls, ocsp")
	}
	e := &Evidence{}
	if err := readEach(file.Certificates, "certificate", cert.Parse, &e.certs); err != nil {
		return nil, err
	}
	if err := readEach(file.CRLs, "revocation list", cert.ParseCRL, &e.crls); err != nil {
		return nil, err
	}
	if err := readEach(file.OCSP, "OCSP response", ocsp.ParseResponse, &e.answers); err != nil {
		return nil, err
	}
	return e, nil
}

func readEach[T any](ders [][]byte, what string, parse func([]byte) (*T, error), into *[]*T) error {
	if len(ders) > maxEvidenceEntries {
		return refuse(ReasonTooLarge, "%d entries of the kind %s in the evidence, at most %d are taken", len(ders), what, maxEvidenceEntries)
	}
	for i, der := range ders {
		one, err := parse(der)
		if err != nil {
			return refuse(ReasonRequest, "%s %d of the evidence cannot be read", what, i+1)
		}
		*into = append(*into, one)
	}
	return nil
}
