// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/govseal/govseal/ca"
)

func checkIssuers(issuers map[string]string) error {
	for area, id := range issuers {
		bad := strings.ContainsFunc(area, func(r rune) bool { return r < '0' || r > '9' })
		if bad || len(area) != 2 && len(area) != 4 && len(area) != 6 {
			return fmt.Errorf("issuers: %q is not the beginning of an area code: 2, 4 or 6 digits", area)
		}
		if id == "" || id == ca.RootID {
			return fmt.Errorf("issuers: %s: %q is not a CA that issues from day to day", area, id)
		}
	}
	return nil
}

// issuerFor returns the CA that issues for a department of this area: the one
// that was named, else the configuration's, else "issuing".
func (c Config) issuerFor(named, area string) string {
	if named != "" {
		return named
	}
	for n := len(area); n > 0; n-- {
		if id, ok := c.Issuers[area[:n]]; ok {
			return id
		}
	}
	return ca.IssuingID
}
