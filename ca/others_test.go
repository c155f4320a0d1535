// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/ocsp"
)

// other runs a checker that only some people have: variable names its binary.
func other(t *testing.T, variable, dir string) func(args ...string) (string, error) {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Skipf("%s does not name the program", variable)
	}
	return func(args ...string) (string, error) {
		cmd := exec.Command(path, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}

// publish writes a city's certificates and lists of today, which programs
// without a clock of their own choice judge; a department's certificate is
// good, an officer's revoked.
func publish(t *testing.T, dir string) (o *office, good ca.Certificate) {
	t.Helper()
	o = found(t)
	o.now = time.Now()
	again, err := ca.Load(t.Context(), o.config())
	if err != nil {
		t.Fatal(err)
	}
	o.Authority = again
	if _, err := o.IssueRootCRL(t.Context(), operator, o.root); err != nil {
		t.Fatal(err)
	}
	good, bad := o.issue(t, ca.ProfileDepartment), o.issue(t, ca.ProfileOfficer)
	if err := o.Revoke(t.Context(), operator, bad.SerialHex, ca.ReasonKeyCompromise, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	for name, der := range map[string][]byte{"root": o.Root(), "issuing": o.Issuing(), "good": good.DER, "bad": bad.DER} {
		put(t, dir, name+".pem", certPEM(der))
	}
	for _, id := range []string{ca.RootID, ca.IssuingID} {
		_, list := o.list(t, id)
		put(t, dir, id+".crl.der", list.DER)
		put(t, dir, id+".crl.pem", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list.DER}))
	}
	return o, good
}

// TestTongsuo has the commands of facts/ca-and-crypto.md 3.2.
func TestTongsuo(t *testing.T) {
	dir := t.TempDir()
	run := other(t, "GOVSEAL_TONGSUO", dir)
	o, good := publish(t, dir)
	verify := []string{"verify", "-check_ss_sig", "-x509_strict", "-crl_check_all", "-CAfile", "root.pem", "-untrusted", "issuing.pem",
		"-CRLfile", "issuing.crl.pem", "-CRLfile", "root.crl.pem"}
	if out, err := run(append(verify, "good.pem")...); err != nil {
		t.Errorf("a good certificate: %v\n%s", err, out)
	}
	if out, err := run(append(verify, "bad.pem")...); err == nil || !strings.Contains(out, "error 23") {
		t.Errorf("a revoked certificate: %v\n%s", err, out)
	}
	if out, err := run("crl", "-in", "issuing.crl.pem", "-noout", "-CAfile", "issuing.pem"); err != nil || !strings.Contains(out, "verify OK") {
		t.Errorf("the list: %v\n%s", err, out)
	}
	answer, err := o.OCSP(t.Context(), asks(t, ocsp.OIDSHA256, o.Issuing(), nil, good.SerialHex))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "answer.der", answer.DER)
	out, err := run("ocsp", "-respin", "answer.der", "-issuer", "issuing.pem", "-sha256", "-cert", "good.pem", "-CAfile", "root.pem", "-verify_other", "issuing.pem", "-no_nonce")
	if err != nil || !strings.Contains(out, "Response verify OK") || !strings.Contains(out, "good.pem: good") {
		t.Errorf("the OCSP answer: %v\n%s", err, out)
	}
}

// TestGmSSL has those of 3.3 that do not meet its limits: it reads no
// certificate of more than 3653 days, which the shipped root has, so the root
// is judged by the others.
func TestGmSSL(t *testing.T) {
	dir := t.TempDir()
	run := other(t, "GOVSEAL_GMSSL", dir)
	publish(t, dir)
	for _, c := range []struct {
		args []string
		want bool
	}{
		{[]string{"certparse", "-in", "good.pem"}, true},
		{[]string{"crlparse", "-in", "issuing.crl.der"}, true},
		{[]string{"crlverify", "-in", "issuing.crl.der", "-cacert", "issuing.pem"}, true},
		{[]string{"crlverify", "-in", "issuing.crl.der", "-cacert", "root.pem"}, false},
	} {
		if out, err := run(c.args...); (err == nil) != c.want {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
	}
}
