// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"strings"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var timeFormRule = rule{"time-form", "RFC 5280 4.1.2.5", checkTimeForm}

// checkTimeForm: UTCTime through 2049, GeneralizedTime after, both with
// seconds and Z.
func checkTimeForm(s *candidate, r *report) {
	checkTime("notBefore", s.outline.notBefore, r)
	checkTime("notAfter", s.outline.notAfter, r)
}

func checkTime(field string, t timeText, r *report) {
	digits, zulu := strings.CutSuffix(t.text, "Z")
	want := len("060102150405")
	if t.tag == cbasn1.GeneralizedTime {
		want = len("20060102150405")
	}
	switch {
	case !zulu || strings.Trim(digits, "0123456789") != "":
		r.err("%s is not in UTC with whole seconds", field)
	case len(digits) != want:
		r.err("%s has no seconds, or too many digits", field)
	case t.tag == cbasn1.GeneralizedTime && digits < "2050":
		r.err("%s is before 2050 and not a UTCTime", field)
	}
}
