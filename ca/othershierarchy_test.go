// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
)

// TestTongsuoHierarchy has Tongsuo judge whole paths, which stock OpenSSL does
// link by link only (facts/ca-and-crypto.md 3.1): a critical directoryName
// constraint, and a root's new key.
func TestTongsuoHierarchy(t *testing.T) {
	dir := t.TempDir()
	run := other(t, "GOVSEAL_TONGSUO", dir)
	o := found(t)
	east := o.east(t)
	put(t, dir, "root.pem", certPEM(o.Root()))
	put(t, dir, "east.pem", certPEM(east.CA.Certificate))
	put(t, dir, "inside.pem", certPEM(mustIssue(t, o, "east").DER))
	put(t, dir, "outside.pem", certPEM(o.forge(t, "east", school)))
	act, err := o.PrepareRollover(t.Context(), operator, ca.RootID, ca.CASpec{ID: "root-2", NotAfter: o.now.Add(25 * 365 * 24 * time.Hour), PathLen: ca.Unlimited})
	made := o.carry(t, act, err, ca.ActKeys{Acting: o.root, New: softKey(t)})
	put(t, dir, "root-2.pem", certPEM(made.Certificates[0].DER))
	put(t, dir, "bridge.pem", append(certPEM(made.Certificates[2].DER), certPEM(east.CA.Certificate)...))
	verify := []string{"verify", "-check_ss_sig", "-x509_strict", "-attime", attime()}
	for _, c := range []struct {
		anchor, between, leaf, problem string
	}{
		{"root.pem", "east.pem", "inside.pem", ""},
		{"root.pem", "east.pem", "outside.pem", "permitted subtree violation"},
		{"root-2.pem", "bridge.pem", "inside.pem", ""},
	} {
		out, err := run(append(verify, "-CAfile", c.anchor, "-untrusted", c.between, c.leaf)...)
		if (err == nil) != (c.problem == "") || !strings.Contains(out, c.problem) {
			t.Errorf("%+v: %v\n%s", c, err, out)
		}
	}
}
