// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
)

var creditCodeRule = rule{"credit-code", "GB 32100", checkCreditCode}

// checkCreditCode: a certificate that carries 18 characters where the credit
// code belongs must carry a right one; the same extension also holds the older
// nine-character organisation codes.
func checkCreditCode(s *candidate, r *report) {
	code := s.CreditCode()
	if code == "" {
		for _, id := range [][]int{cert.OIDCreditCode, cert.OIDCreditCode2023} {
			if s.Extension(id) != nil {
				r.should("extension %s holds no unified social credit code", label(id))
			}
		}
		return
	}
	if err := decision.CheckCreditCode(code); err != nil {
		r.err("%v", err)
	}
}
