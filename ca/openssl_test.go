// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
)

// distid is the SM2 user ID, which stock OpenSSL 3 does not assume
// (facts/ca-and-crypto.md 3.1).
const distid = "distid:1234567812345678"

// openssl runs stock OpenSSL in a folder and returns what it printed.
func openssl(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func put(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestOpenSSLVerifiesEachLink(t *testing.T) {
	o, dir := found(t), t.TempDir()
	put(t, dir, "root.pem", certPEM(o.Root()))
	put(t, dir, "issuing.pem", certPEM(o.Issuing()))
	if out, err := openssl(t, dir, "verify", "-vfyopt", distid, "-x509_strict", "-attime", attime(), "-CAfile", "root.pem", "issuing.pem"); err != nil {
		t.Errorf("issuing under root: %v\n%s", err, out)
	}
	for _, profile := range []string{"department", "officer", "seal", "seal-maker", "tsa", "ocsp", "ledger"} {
		put(t, dir, "leaf.pem", certPEM(o.issue(t, profile).DER))
		args := []string{"verify", "-vfyopt", distid, "-x509_strict", "-attime", attime(), "-partial_chain", "-trusted", "issuing.pem", "leaf.pem"}
		if out, err := openssl(t, dir, args...); err != nil {
			t.Errorf("%s under issuing: %v\n%s", profile, err, out)
		}
	}
	other := found(t) // a control: the checker must be able to say no
	put(t, dir, "leaf.pem", certPEM(other.issue(t, "seal").DER))
	if out, err := openssl(t, dir, "verify", "-vfyopt", distid, "-attime", attime(), "-partial_chain", "-trusted", "issuing.pem", "leaf.pem"); err == nil {
		t.Errorf("a foreign certificate passes: %s", out)
	}
}

// attime is the fixtures' day, at which OpenSSL judges.
func attime() string { return "1772444000" } // 2026-03-02T09:33:20Z

func TestOpenSSLReadsNames(t *testing.T) {
	o, dir := found(t), t.TempDir()
	put(t, dir, "leaf.pem", certPEM(o.issue(t, "seal").DER))
	out, err := openssl(t, dir, "x509", "-in", "leaf.pem", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus")
	if err != nil {
		t.Fatal(err, out)
	}
	want := "subject=C=CN,ST=示例省,L=示例市,O=示例市行政审批局,CN=示例市行政审批局,serialNumber=99010000000001"
	if strings.TrimSpace(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
}

func TestOpenSSLVerifiesCRLs(t *testing.T) {
	ctx, o, dir := context.Background(), found(t), t.TempDir()
	c := o.issue(t, "seal")
	o.now = start.Add(time.Hour)
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, start.Add(time.Minute), ""); err != nil {
		t.Fatal(err)
	}
	for id, der := range map[string][]byte{ca.RootID: o.Root(), ca.IssuingID: o.Issuing()} {
		_, list := o.list(t, id)
		put(t, dir, "list.crl", list.DER)
		put(t, dir, "signer.pem", certPEM(der))
		checkSignature(t, dir, "list.crl", "signer.pem")
	}
	_, list := o.list(t, ca.IssuingID)
	put(t, dir, "list.crl", list.DER)
	out, err := openssl(t, dir, "crl", "-inform", "DER", "-in", "list.crl", "-noout", "-text")
	if err != nil {
		t.Fatal(err, out)
	}
	for _, want := range []string{strings.ToUpper(c.SerialHex), "Key Compromise", "Invalidity Date", "X509v3 CRL Number", "Next Update: Mar  9 10:30:15 2026 GMT"} {
		if !strings.Contains(out, want) {
			t.Errorf("the listing lacks %q:\n%s", want, out)
		}
	}
}

// OpenSSL reads the scope of shards and deltas, and their signatures hold.
func TestOpenSSLReadsShardsAndDeltas(t *testing.T) {
	dir, o := t.TempDir(), found(t).with(t, ca.ListPolicy{Shards: 3, Delta: true})
	c := o.issue(t, "seal")
	o.get(t, issuing(c.Shard, false))
	o.now = start.Add(time.Hour)
	o.suspend(t, c)
	put(t, dir, "signer.pem", certPEM(o.Issuing()))
	point := "URI:https://seal.example/pki/" + issuing(c.Shard, false).Name() + ".crl"
	for id, wants := range map[ca.ListID][]string{
		issuing(c.Shard, false): {"X509v3 Issuing Distribution Point: critical", point, "Only User Certificates", "X509v3 Freshest CRL", "Certificate Hold"},
		issuing(c.Shard, true):  {"X509v3 Delta CRL Indicator: critical", "X509v3 Issuing Distribution Point: critical", point, "Certificate Hold"},
		issuing(0, true):        {"X509v3 Delta CRL Indicator: critical", "Certificate Hold"},
	} {
		_, list := o.get(t, id)
		put(t, dir, "list.crl", list.DER)
		checkSignature(t, dir, "list.crl", "signer.pem")
		out, err := openssl(t, dir, "crl", "-inform", "DER", "-in", "list.crl", "-noout", "-text")
		if err != nil {
			t.Fatal(err, out)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: the listing lacks %q:\n%s", id, want, out)
			}
		}
	}
}

var asn1Line = regexp.MustCompile(`(?m)^ *(\d+):d=1 .*?: *(SEQUENCE|BIT STRING)`)

// checkSignature is the recipe of facts/ca-and-crypto.md 3.1 for any signed
// object: cut the signed octets and the signature, and verify with dgst.
func checkSignature(t *testing.T, dir, object, signer string) {
	t.Helper()
	run := func(args ...string) string {
		out, err := openssl(t, dir, args...)
		if err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
		return out
	}
	at := asn1Line.FindAllStringSubmatch(run("asn1parse", "-inform", "DER", "-in", object), -1)
	if len(at) != 3 {
		t.Fatalf("%s: got %d parts, want signed octets, algorithm, signature", object, len(at))
	}
	run("asn1parse", "-inform", "DER", "-in", object, "-strparse", at[0][1], "-noout", "-out", "tbs.bin")
	run("asn1parse", "-inform", "DER", "-in", object, "-strparse", at[2][1], "-noout", "-out", "sig.bin")
	put(t, dir, "pub.pem", []byte(run("x509", "-in", signer, "-pubkey", "-noout")))
	if out := run("dgst", "-sm3", "-sigopt", distid, "-verify", "pub.pem", "-signature", "sig.bin", "tbs.bin"); !strings.Contains(out, "Verified OK") {
		t.Errorf("%s: %s", object, out)
	}
}
