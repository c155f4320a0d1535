// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/lint"
)

// TestPKITS: certificates that NIST made wrong on purpose are found by the
// rule that they break, and its sound ones break none but those about taste.
func TestPKITS(t *testing.T) {
	root := os.Getenv("GOVSEAL_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "samples")
	}
	dir := filepath.Join(root, "x509", "pkits", "certs")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no samples at %s: set GOVSEAL_SAMPLES", dir)
	}
	read := func(name string) []byte {
		der, err := os.ReadFile(filepath.Join(dir, name+".crt"))
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	for name, rule := range map[string]string{
		"MissingbasicConstraintsCACert":                     "basic-constraints",
		"basicConstraintsNotCriticalCACert":                 "basic-constraints",
		"basicConstraintsCriticalcAFalseCACert":             "basic-constraints",
		"keyUsageCriticalkeyCertSignFalseCACert":            "basic-constraints",
		"UIDCACert":                                         "unique-identifiers",
		"InvalidNegativeSerialNumberTest15EE":               "serial-number",
		"BadSignedCACert":                                   "readable",
		"InvalidUnknownCriticalCertificateExtensionTest2EE": "criticality",
		"MappingFromanyPolicyCACert":                        "policies",
		"MappingToanyPolicyCACert":                          "policies",
		"ValidGeneralizedTimenotBeforeDateTest4EE":          "time-form",
		"DSACACert": "key-form",
	} {
		if s, _ := finds(lint.Certificate(read(name), lint.Context{}), rule); s != lint.Error {
			t.Errorf("%s: the rule %s finds nothing", name, rule)
		}
	}
	anchor, err := cert.Parse(read("TrustAnchorRootCertificate"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"TrustAnchorRootCertificate", "GoodCACert", "ValidCertificatePathTest1EE", "nameConstraintsDN1CACert"} {
		ctx := lint.Context{Issuer: anchor}
		if name == "ValidCertificatePathTest1EE" {
			ctx.Issuer = nil
		}
		if bad := lint.Errors(lint.Certificate(read(name), ctx)); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
}
