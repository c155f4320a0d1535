// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"fmt"
	"slices"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/ses"
)

// turnOf returns the index of the act's department among those that the
// decision lists, or refuses: a decision cannot gain a party, and each party
// stamps once. The department is the one that the seal's certificate names,
// because that is what a verifier will see.
func (s *Service) turnOf(a *act, f *decision.File) (int, error) {
	credit := a.seal.cert.CreditCode()
	if credit == "" || credit != a.admission.Department.CreditCode {
		return 0, fmt.Errorf("seal: the certificate of seal %s is not for its department", a.intent.Seal)
	}
	n := slices.IndexFunc(f.Decision.Departments, func(d decision.Department) bool { return d.CreditCode == credit })
	if n < 0 {
		return 0, refuse(ReasonNotListed, "%s", credit)
	}
	stamped, err := stampedBy(f)
	if err != nil {
		return 0, err
	}
	if slices.Contains(stamped, credit) {
		return 0, refuse(ReasonAlreadyStamped, "%s", credit)
	}
	return n, nil
}

// stampedBy lists the credit codes of the departments whose stamps a file bears.
func stampedBy(f *decision.File) ([]string, error) {
	var codes []string
	for n, der := range f.Stamps {
		sig, err := ses.ParseSignature(der)
		if err != nil {
			return nil, fmt.Errorf("seal: read stamp %d of the decision: %w", n+1, err)
		}
		c, err := cert.Parse(sig.Cert)
		if err != nil {
			return nil, fmt.Errorf("seal: read the certificate of stamp %d: %w", n+1, err)
		}
		codes = append(codes, c.CreditCode())
	}
	return codes, nil
}

// missingStamps lists the departments that have yet to stamp, never nil.
func missingStamps(f *decision.File) ([]string, error) {
	stamped, err := stampedBy(f)
	if err != nil {
		return nil, err
	}
	missing := []string{}
	for _, d := range f.Decision.Departments {
		if !slices.Contains(stamped, d.CreditCode) {
			missing = append(missing, d.CreditCode)
		}
	}
	return missing, nil
}
