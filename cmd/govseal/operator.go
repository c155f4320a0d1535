// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os/user"
	"unicode"
	"unicode/utf8"
)

// actor is who acts, as the audit log records it: "operator:<name>".
func (p *program) actor() (string, error) {
	name := p.operator
	if name == "" {
		u, err := user.Current()
		if err != nil {
			return "", usagef("who are you? Say --operator NAME or set GOVSEAL_OPERATOR")
		}
		name = u.Username
	}
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > 64 {
		return "", usagef("the operator's name must be at most 64 characters of UTF-8")
	}
	for _, r := range name {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			return "", usagef("the operator's name holds the invisible character %U", r)
		}
	}
	return "operator:" + name, nil
}
