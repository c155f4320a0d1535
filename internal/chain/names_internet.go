// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// dnsWithin: the constraint's host and every name with labels added on the
// left. A leading dot asks for at least one label, as Go and OpenSSL read it.
// A wildcard is excluded when any name it stands for is.
func dnsWithin(name, base string, excluding bool) (bool, error) {
	wild := strings.HasPrefix(name, "*.")
	if !isHost(strings.TrimPrefix(name, "*.")) {
		return false, fmt.Errorf("malformed dNSName %q under a constraint", name)
	}
	if base == "" {
		return true, nil
	}
	if !isHost(strings.TrimPrefix(base, ".")) {
		return false, fmt.Errorf("malformed dNSName constraint %q", base)
	}
	if hostWithin(name, base, true) {
		return true, nil
	}
	return excluding && wild && hasSuffixFold(strings.TrimPrefix(base, "."), name[1:]), nil
}

// hostWithin compares hosts; below allows labels added on the left to a base
// without leading dot.
func hostWithin(host, base string, below bool) bool {
	if strings.HasPrefix(base, ".") {
		return hasSuffixFold(host, base) && len(host) > len(base)
	}
	return strings.EqualFold(host, base) || (below && hasSuffixFold(host, "."+base))
}

// emailWithin: a mailbox, all mailboxes of a host, or, with a leading dot, of
// the hosts of a domain (RFC 5280 4.2.1.10).
func emailWithin(name, base string) (bool, error) {
	at := strings.LastIndexByte(name, '@')
	if at <= 0 || !isHost(name[at+1:]) {
		return false, fmt.Errorf("malformed rfc822Name %q under a constraint", name)
	}
	if i := strings.LastIndexByte(base, '@'); i >= 0 {
		return name[:at] == base[:i] && strings.EqualFold(name[at+1:], base[i+1:]), nil
	}
	if base == "" {
		return true, nil
	}
	return hostWithin(name[at+1:], base, false), nil
}

// uriWithin: the URI's host, which must be a name, or with a leading dot the
// hosts of a domain.
func uriWithin(name, base string) (bool, error) {
	u, err := url.Parse(name)
	if err != nil || !isHost(u.Hostname()) {
		return false, fmt.Errorf("URI %q has no host name, under a constraint", name)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return false, fmt.Errorf("URI %q has an address for a host, under a constraint", name)
	}
	if base == "" {
		return true, nil
	}
	return hostWithin(u.Hostname(), base, false), nil
}

// ipWithin: base is an address and a mask of the same size.
func ipWithin(name, base []byte) (bool, error) {
	if (len(name) != 4 && len(name) != 16) || (len(base) != 8 && len(base) != 32) {
		return false, errors.New("malformed iPAddress under a constraint")
	}
	if len(base) != 2*len(name) {
		return false, nil
	}
	address, mask := base[:len(name)], base[len(name):]
	for i, m := range mask {
		if name[i]&m != address[i]&m {
			return false, nil
		}
	}
	return true, nil
}

// isHost accepts labels of letters, digits, hyphens and underscores; nothing
// else can be compared safely.
func isHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for i := range len(label) {
			c := label[i] | 0x20
			if (c < 'a' || c > 'z') && (label[i] < '0' || label[i] > '9') && label[i] != '-' && label[i] != '_' {
				return false
			}
		}
	}
	return true
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
