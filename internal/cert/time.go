// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The two forms of RFC 5280 4.1.2.5, both in UTC with seconds.
const (
	utcForm         = "060102150405Z"
	generalizedForm = "20060102150405Z"
)

// Forms outside RFC 5280 that X.680 knows and that are read with a note.
var (
	oddUTC         = []string{"0601021504Z", "0601021504-0700", "060102150405-0700"}
	oddGeneralized = []string{"20060102150405.999999999Z", "20060102150405-0700", "200601021504Z"}
)

// time reads a Time: UTCTime or GeneralizedTime.
func (d *decoder) time(s *cryptobyte.String, field string) (time.Time, error) {
	var body cryptobyte.String
	var tag cbasn1.Tag
	start := *s
	if !s.ReadAnyASN1(&body, &tag) {
		return time.Time{}, d.fail(start, field, "not a Time")
	}
	var t time.Time
	var err error
	switch tag {
	case cbasn1.UTCTime:
		t, err = d.timeForm(string(body), field, utcForm, oddUTC)
		if t.Year() >= 2050 { // RFC 5280 4.1.2.5.1: YY >= 50 is 19YY
			t = t.AddDate(-100, 0, 0)
		}
	case cbasn1.GeneralizedTime:
		t, err = d.timeForm(string(body), field, generalizedForm, oddGeneralized)
		if err == nil && t.Year() < 2050 {
			d.note("%s before 2050 is a GeneralizedTime", field)
		}
	default:
		return t, d.fail(start, field, "not a Time")
	}
	if err != nil {
		return t, d.fail(start, field, "%v", err)
	}
	return t, nil
}

// generalizedTime reads a GeneralizedTime alone (invalidityDate).
func (d *decoder) generalizedTime(s *cryptobyte.String, field string) (time.Time, error) {
	var body cryptobyte.String
	start := *s
	if !s.ReadASN1(&body, cbasn1.GeneralizedTime) {
		return time.Time{}, d.fail(start, field, "not a GeneralizedTime")
	}
	t, err := d.timeForm(string(body), field, generalizedForm, oddGeneralized)
	if err != nil {
		return t, d.fail(start, field, "%v", err)
	}
	return t, nil
}

func (d *decoder) timeForm(text, field, form string, odd []string) (time.Time, error) {
	if len(text) > 32 {
		return time.Time{}, errors.New("time is too long")
	}
	if len(text) == len(form) {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	for _, f := range odd {
		if t, err := time.Parse(f, text); err == nil {
			d.note("%s is not in the form YYMMDDHHMMSSZ", field)
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("malformed time")
}

// addTime writes a Time by RFC 5280 4.1.2.5: UTCTime until 2049, then
// GeneralizedTime; whole seconds.
func addTime(b *cryptobyte.Builder, t time.Time) {
	t = t.UTC().Truncate(time.Second)
	if t.Year() >= 1950 && t.Year() < 2050 {
		b.AddASN1UTCTime(t)
		return
	}
	b.AddASN1GeneralizedTime(t)
}
