// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"

	"github.com/spf13/pflag"
)

// suppliedFiles are what "extend" is given for certificates of other
// authorities.
type suppliedFiles struct {
	evidence             string
	untrusted, crl, ocsp []string
}

func (s *suppliedFiles) register(f *pflag.FlagSet) {
	f.StringVar(&s.evidence, "evidence", "", "side file with chain, lists and answers, as NAME.evidence.json")
	f.StringArrayVar(&s.untrusted, "untrusted", nil, "issuing or root certificate of another authority (PEM or DER); may be given again")
	f.StringArrayVar(&s.crl, "crl", nil, "its revocation list; may be given again")
	f.StringArrayVar(&s.ocsp, "ocsp", nil, "its OCSP response; may be given again")
}

// read returns the part "evidence" of the request, nil when nothing is given.
func (s *suppliedFiles) read() ([]byte, error) {
	files := len(s.untrusted) + len(s.crl) + len(s.ocsp)
	if s.evidence != "" {
		if files > 0 {
			return nil, usagef("give --evidence, or --untrusted, --crl and --ocsp, not both")
		}
		return readSmall(s.evidence, maxBeside)
	}
	if files == 0 {
		return nil, nil
	}
	var e struct {
		Certificates [][]byte `json:"certificates"`
		CRLs         [][]byte `json:"crls"`
		OCSP         [][]byte `json:"ocsp"`
	}
	for _, list := range []struct {
		into  *[][]byte
		kind  string
		files []string
	}{
		{&e.Certificates, "CERTIFICATE", s.untrusted}, {&e.CRLs, "X509 CRL", s.crl}, {&e.OCSP, "OCSP RESPONSE", s.ocsp},
	} {
		for _, path := range list.files {
			ders, err := readDER(path, list.kind)
			if err != nil {
				return nil, err
			}
			*list.into = append(*list.into, ders...)
		}
	}
	return json.Marshal(e)
}
