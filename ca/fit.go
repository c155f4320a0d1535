// SPDX-License-Identifier: Apache-2.0

package ca

// Fit leaves out of a subject what the profile does not take, so that a caller
// may give everything that the registry knows. A credit code is kept where the
// profile demands one: an officer's certificate does not need the department's.
func (p Profile) Fit(s Subject) Subject {
	rule := p.s.subject
	for _, f := range []struct {
		value *string
		keep  bool
	}{
		{&s.Unit, rule.unit != unused},
		{&s.CommonName, rule.commonName != unused},
		{&s.SerialNumber, rule.serialNumber != unused},
		{&s.CreditCode, rule.creditCode == required},
	} {
		if !f.keep {
			*f.value = ""
		}
	}
	return s
}
