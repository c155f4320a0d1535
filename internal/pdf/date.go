// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// formatDate writes a date string (ISO 32000-1 7.9.4).
func formatDate(t time.Time) string {
	zone := t.Format("-07:00")
	return t.Format("D:20060102150405") + zone[:3] + "'" + zone[4:] + "'"
}

// parseDate reads a date string; anything that is not one gives the zero
// time, for the date in a signature is only claimed.
func parseDate(s string) time.Time {
	s = strings.TrimPrefix(s, "D:")
	const full = "YYYYMMDDHHmmSS"
	n := 0
	for n < len(s) && n < len(full) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n < 4 || n%2 != 0 {
		return time.Time{}
	}
	t, err := time.Parse("20060102150405", s[:n]+"00000101000000"[n:])
	if err != nil {
		return time.Time{}
	}
	zone := strings.ReplaceAll(s[n:], "'", "")
	if zone == "" || zone[0] == 'Z' {
		return t.UTC()
	}
	if len(zone) == 3 {
		zone += "00"
	}
	h, err1 := strconv.Atoi(zone[1:min(3, len(zone))])
	m, err2 := strconv.Atoi(zone[min(3, len(zone)):])
	if len(zone) != 5 || zone[0] != '+' && zone[0] != '-' || err1 != nil || err2 != nil || h > 23 || m > 59 {
		return time.Time{}
	}
	sec := h*3600 + m*60
	if zone[0] == '-' {
		sec = -sec
	}
	local := time.FixedZone(fmt.Sprintf("%s:%s", zone[:3], zone[3:]), sec)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, local)
}
