// SPDX-License-Identifier: Apache-2.0

package lint_test

import (
	"encoding/asn1"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/lint"
	"github.com/govseal/govseal/internal/testpki"
)

var nocheck = cert.ExtOCSPNoCheck()

// extensionOffences break the rules about extensions.
func extensionOffences() map[string]offence {
	raw := func(id []int, content ...byte) cert.Extension { return cert.Extension{ID: id, Value: content} }
	usage := func(u cert.KeyUsageBits) change { return with(cert.ExtKeyUsage(u)) }
	eku := func(critical bool, list ...asn1.ObjectIdentifier) change {
		return with(cert.ExtExtKeyUsage(critical, list...))
	}
	tsa, ocsp, anything, server := cert.OIDTimeStamping, cert.OIDOCSPSigning, cert.OIDAnyUsage, cert.OIDServerAuth
	return map[string]offence{
		"unknown critical":         {"criticality", lint.Error, false, with(critical(raw([]int{2, 999, 7}, 5, 0), true)), nil},
		"critical SKI":             {"criticality", lint.Error, false, with(critical(cert.ExtSubjectKeyID([]byte{1}), true)), nil},
		"name constraints lenient": {"criticality", lint.Error, true, with(critical(cert.ExtNameConstraints([]cert.GeneralName{cert.NewDNS("a.example")}, nil), false)), nil},
		"critical CDP":             {"criticality", lint.Warning, false, with(critical(cert.ExtCRLDistributionPoints("http://a.example/x.crl"), true)), nil},
		"CA flag lenient":          {"basic-constraints", lint.Error, true, with(critical(cert.ExtBasicConstraints(true, nil), false)), nil},
		"CA without usage to sign": {"basic-constraints", lint.Error, true, usage(cert.CRLSign), nil},
		"leaf that signs":          {"basic-constraints", lint.Error, false, usage(cert.KeyCertSign), nil},
		"path length of a leaf":    {"basic-constraints", lint.Error, false, with(critical(raw(cert.OIDBasicConstraints, 0x30, 3, 2, 1, 0), true)), nil},
		"cA false that signs": {"basic-constraints", lint.Error, false, func(t *cert.Template) {
			with(cert.ExtBasicConstraints(false, nil))(t)
			usage(cert.KeyCertSign)(t)
		}, nil},
		"no key usage":              {"key-usage", lint.Warning, false, without(cert.OIDKeyUsage), nil},
		"no key usage of a CA":      {"key-usage", lint.Error, true, without(cert.OIDKeyUsage), nil},
		"key usage without a bit":   {"key-usage", lint.Error, false, with(critical(raw(cert.OIDKeyUsage, 3, 1, 0), true)), nil},
		"key usage lenient":         {"key-usage", lint.Warning, false, with(critical(cert.ExtKeyUsage(cert.DigitalSignature), false)), nil},
		"encipherOnly alone":        {"key-usage", lint.Error, false, usage(cert.DigitalSignature | cert.EncipherOnly), nil},
		"CA without CRLs":           {"key-usage", lint.Notice, true, usage(cert.KeyCertSign), nil},
		"signs and decrypts":        {"key-split", lint.Warning, false, usage(cert.NonRepudiation | cert.DataEncipherment), nil},
		"authentication, decrypts":  {"key-split", lint.Notice, false, usage(cert.DigitalSignature | cert.KeyEncipherment), nil},
		"CA that decrypts":          {"key-split", lint.Warning, true, usage(cert.KeyCertSign | cert.CRLSign | cert.KeyEncipherment), nil},
		"empty EKU":                 {"extended-key-usage", lint.Error, false, eku(false), nil},
		"EKU twice":                 {"extended-key-usage", lint.Error, false, eku(false, ocsp, ocsp), nil},
		"any EKU":                   {"extended-key-usage", lint.Warning, false, eku(false, anything), nil},
		"TLS server without a name": {"extended-key-usage", lint.Warning, false, eku(false, server), nil},
		"TSA lenient":               {"time-stamping", lint.Error, false, eku(false, tsa), nil},
		"TSA with a second office":  {"time-stamping", lint.Error, false, eku(true, tsa, ocsp), nil},
		"TSA that decrypts": {"time-stamping", lint.Error, false, func(t *cert.Template) {
			eku(true, tsa)(t)
			usage(cert.DigitalSignature | cert.KeyEncipherment)(t)
		}, nil},
		"nocheck of a leaf":         {"ocsp-responder", lint.Error, false, with(nocheck), nil},
		"responder without nocheck": {"ocsp-responder", lint.Warning, false, eku(true, ocsp), nil},
		"responder cannot sign": {"ocsp-responder", lint.Error, false, func(t *cert.Template) {
			eku(true, ocsp)(t)
			with(nocheck, cert.ExtKeyUsage(cert.NonRepudiation))(t)
		}, nil},
		"nocheck with content": {"ocsp-responder", lint.Error, false, func(t *cert.Template) {
			eku(true, ocsp)(t)
			with(raw(cert.OIDOCSPNoCheck, 4, 0))(t)
		}, nil},
		"no SKI":                 {"key-identifiers", lint.Warning, false, without(cert.OIDSubjectKeyID), nil},
		"no SKI of a CA":         {"key-identifiers", lint.Error, true, without(cert.OIDSubjectKeyID), nil},
		"empty SKI":              {"key-identifiers", lint.Error, false, with(cert.ExtSubjectKeyID(nil)), nil},
		"long SKI":               {"key-identifiers", lint.Warning, false, with(cert.ExtSubjectKeyID(make([]byte, 65))), nil},
		"no AKI":                 {"key-identifiers", lint.Error, false, without(cert.OIDAuthorityKeyID), nil},
		"another AKI":            {"key-identifiers", lint.Error, false, with(cert.ExtAuthorityKeyID([]byte{1, 2, 3})), nil},
		"AKI without a key":      {"key-identifiers", lint.Error, false, with(raw(cert.OIDAuthorityKeyID, 0x30, 0)), nil},
		"AKI with a serial":      {"key-identifiers", lint.Warning, false, with(raw(cert.OIDAuthorityKeyID, 0x30, 6, 0x80, 1, 7, 0x82, 1, 9)), nil},
		"empty SAN":              {"subject-alt-names", lint.Error, false, with(raw(cert.OIDSubjectAltName, 0x30, 0)), nil},
		"SAN no host":            {"subject-alt-names", lint.Error, false, with(cert.ExtSubjectAltNames(cert.NewDNS("a_b..example"))), nil},
		"SAN no mail":            {"subject-alt-names", lint.Error, false, with(cert.ExtSubjectAltNames(cert.NewEmail("a"))), nil},
		"SAN no address":         {"subject-alt-names", lint.Error, false, with(cert.ExtSubjectAltNames(cert.GeneralName{Tag: cert.TagIP, Value: []byte{1, 2, 3}})), nil},
		"SAN relative URI":       {"subject-alt-names", lint.Error, false, with(cert.ExtSubjectAltNames(cert.NewURI("/x"))), nil},
		"SAN critical":           {"subject-alt-names", lint.Warning, false, with(critical(cert.ExtSubjectAltNames(cert.NewDNS("a.example")), true)), nil},
		"constraints of a leaf":  {"name-constraints", lint.Error, false, with(cert.ExtNameConstraints([]cert.GeneralName{cert.NewDNS("a.example")}, nil)), nil},
		"constraints of nothing": {"name-constraints", lint.Error, true, with(cert.ExtNameConstraints(nil, nil)), nil},
		"policies empty":         {"policies", lint.Error, false, with(raw(cert.OIDCertificatePolicies, 0x30, 0)), nil},
		"policy limit of a leaf": {"policies", lint.Error, false, with(critical(raw(cert.OIDInhibitAnyPolicy, 2, 1, 0), true)), nil},
		"policy limit empty":     {"policies", lint.Error, true, with(critical(raw(cert.OIDPolicyConstraints, 0x30, 0), true)), nil},
		"any policy mapped": {"policies", lint.Error, true, with(raw(cert.OIDPolicyMappings, 0x30, 13, 0x30, 11,
			6, 4, 0x55, 0x1d, 0x20, 0, 6, 3, 0x88, 0x37, 1)), nil},
		"CDP by file":        {"publication-points", lint.Error, false, with(cert.ExtCRLDistributionPoints("file:///x.crl")), nil},
		"CDP by LDAP":        {"publication-points", lint.Notice, false, with(cert.ExtCRLDistributionPoints("ldap://a.example/cn=x")), nil},
		"CDP without scheme": {"publication-points", lint.Error, false, with(cert.ExtCRLDistributionPoints("a.example/x.crl")), nil},
		"CDP with a user":    {"publication-points", lint.Error, false, with(cert.ExtCRLDistributionPoints("http://u:p@a.example/x.crl")), nil},
		"CDP empty point":    {"publication-points", lint.Error, false, with(raw(cert.OIDCRLDistributionPoints, 0x30, 2, 0x30, 0)), nil},
		"OCSP without host":  {"publication-points", lint.Error, false, with(cert.ExtAuthorityInfoAccess([]string{"http:///ocsp"}, nil)), nil},
		"AIA empty":          {"publication-points", lint.Error, false, with(raw(cert.OIDAuthorityInfoAccess, 0x30, 0)), nil},
		"BOOLEAN 01":         {"der", lint.Error, false, with(raw([]int{2, 999, 9}, 1, 1, 1)), nil},
		"SET out of order":   {"der", lint.Error, false, with(raw([]int{2, 999, 9}, 0x31, 6, 2, 1, 9, 2, 1, 3)), nil},
		"INTEGER too long":   {"der", lint.Error, false, with(raw([]int{2, 999, 9}, 2, 2, 0, 1)), nil},
		"length too long":    {"der", lint.Error, false, with(raw([]int{2, 999, 9}, 4, 0x81, 1, 0)), nil},
		"unused bits":        {"der", lint.Error, false, with(raw([]int{2, 999, 9}, 3, 2, 4, 0xff)), nil},
		"OID not minimal":    {"der", lint.Error, false, with(raw([]int{2, 999, 9}, 6, 3, 0x2a, 0x80, 1)), nil},
	}
}

func TestExtensions(t *testing.T) {
	check(t, testpki.New(t), nil, extensionOffences())
}

// profileOffences break a promise of the profile, or good practice that a
// certificate of our own must keep.
func profileOffences() map[string]offence {
	return map[string]offence{
		"another usage":     {"profile", lint.Error, false, with(cert.ExtKeyUsage(cert.DigitalSignature)), nil},
		"an office":         {"profile", lint.Error, false, with(cert.ExtExtKeyUsage(true, cert.OIDTimeStamping)), nil},
		"nocheck":           {"profile", lint.Error, false, with(nocheck), nil},
		"too long":          {"profile", lint.Error, false, func(t *cert.Template) { t.NotAfter = t.NotBefore.Add(4 * 365 * 24 * time.Hour) }, nil},
		"authority":         {"profile", lint.Error, true, nil, nil},
		"short serial":      {"serial-number", lint.Error, false, func(t *cert.Template) { t.Serial.SetInt64(7) }, nil},
		"outlives":          {"validity", lint.Error, false, func(t *cert.Template) { t.NotAfter = testpki.CANotAfter.Add(time.Hour) }, nil},
		"two common names":  {"repeated-names", lint.Error, false, named(cert.OIDCommonName, "another", nil), nil},
		"no key identifier": {"key-identifiers", lint.Error, false, without(cert.OIDSubjectKeyID), nil},
	}
}

func TestProfile(t *testing.T) {
	p := testpki.New(t)
	leaf := &lint.Profile{Name: "leaf", Usage: cert.DigitalSignature | cert.NonRepudiation, Longest: 3 * 365 * 24 * time.Hour, SM2: true}
	if got := lint.Certificate(build(t, p, offence{}), lint.Context{Issuer: p.Issuing.Cert, Profile: leaf}); len(got) > 0 {
		t.Errorf("a certificate of the profile: %v", got)
	}
	check(t, p, leaf, profileOffences())
	zero := 0
	ca := &lint.Profile{Name: "ca", CA: true, PathLen: &zero, Usage: cert.KeyCertSign | cert.CRLSign, SM2: true}
	if got := lint.Certificate(build(t, p, offence{ca: true}), lint.Context{Issuer: p.Issuing.Cert, Profile: ca}); len(got) > 0 {
		t.Errorf("an authority of the profile: %v", got)
	}
	check(t, p, ca, map[string]offence{"no path length": {"profile", lint.Error, true, with(cert.ExtBasicConstraints(true, nil)), nil}})
}
