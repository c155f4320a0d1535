// SPDX-License-Identifier: Apache-2.0

package main

import "time"

// when shows a time to people, in their zone.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04 -0700")
}

// date shows the date alone, for tables.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.DateOnly)
}

// jsonTime is a time as JSON output carries it; nil when zero.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

// whenAt is when for a time that may be missing.
func whenAt(t *time.Time) string {
	if t == nil {
		return ""
	}
	return when(*t)
}

// instantText is an instant for programs, in what an approval is bound to and
// in CSV; "" when zero.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// parseDay reads a day, or an instant, of a flag; "" is the zero time.
func parseDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, usagef("%q is neither a day (2006-01-02) nor a time (2006-01-02T15:04:05+08:00)", s)
	}
	return t, nil
}

// checkDays refuses a --days that is no validity, before it is multiplied; how
// long it may be is for the profile to say.
func checkDays(days int) error {
	if days < 0 || days > 36500 {
		return usagef("--days %d: give a number of days, at most what the profile allows", days)
	}
	return nil
}
