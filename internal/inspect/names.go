// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// oidNames are identifiers that people know by name.
var oidNames = map[string]string{
	"1.2.156.10197.1.301": "SM2", "1.2.156.10197.1.301.1": "SM2 signature (GB/T 35275)", "1.2.156.10197.1.401": "SM3",
	"1.2.156.10197.1.501": "SM2 with SM3", "1.2.840.10045.2.1": "EC public key", "1.2.840.113549.1.1.1": "RSA",
	"1.2.840.113549.1.1.5": "RSA with SHA-1", "1.2.840.113549.1.1.10": "RSA-PSS", "1.2.840.113549.1.1.11": "RSA with SHA-256",
	"1.2.840.113549.1.1.12": "RSA with SHA-384", "1.2.840.113549.1.1.13": "RSA with SHA-512", "1.2.840.10045.4.3.2": "ECDSA with SHA-256",
	"1.2.840.10045.4.3.3": "ECDSA with SHA-384", "1.2.840.10045.4.3.4": "ECDSA with SHA-512", "1.2.840.10045.3.1.7": "P-256",
	"1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521", "1.3.14.3.2.26": "SHA-1",
	"2.16.840.1.101.3.4.2.1": "SHA-256", "2.16.840.1.101.3.4.2.2": "SHA-384", "2.16.840.1.101.3.4.2.3": "SHA-512",
	"1.3.6.1.5.5.7.3.1": "TLS server", "1.3.6.1.5.5.7.3.2": "TLS client", "1.3.6.1.5.5.7.3.3": "code signing", "1.3.6.1.5.5.7.3.4": "e-mail protection",
	"1.3.6.1.5.5.7.3.8": "time-stamping", "1.3.6.1.5.5.7.3.9": "OCSP signing", "2.5.29.37.0": "any",
	"2.999.1.1.1": "seal maker (example arc)", "2.999.1.1.2": "ledger (example arc)", "2.999.1.2.1": "seal attribute (example arc)",
	"1.2.840.113549.1.7.1": "data", "1.2.840.113549.1.7.2": "signedData", "1.2.156.10197.6.1.4.2.1": "data (GB/T 35275)", "1.2.156.10197.6.1.4.2.2": "signedData (GB/T 35275)",
	"1.2.840.113549.1.9.16.1.4": "TSTInfo", "1.2.840.113549.1.9.3": "contentType", "1.2.840.113549.1.9.4": "messageDigest", "1.2.840.113549.1.9.5": "signingTime",
	"1.2.840.113549.1.9.14": "extensionRequest", "1.2.840.113549.1.9.7": "challengePassword",
	"1.2.840.113549.1.9.16.2.12": "signingCertificate", "1.2.840.113549.1.9.16.2.47": "signingCertificateV2", "1.2.840.113549.1.9.16.2.14": "time-stamp token",
	"1.2.840.113583.1.1.8": "revocation information (Adobe)", "1.2.840.113549.1.5.13": "PBES2",
	"1.2.840.113549.1.5.12": "PBKDF2", "1.2.840.113549.2.7": "HMAC-SHA-1", "1.2.840.113549.2.9": "HMAC-SHA-256", "1.2.840.113549.2.11": "HMAC-SHA-512", "1.2.156.10197.1.401.2": "HMAC-SM3",
	"2.16.840.1.101.3.4.1.2": "AES-128-CBC", "2.16.840.1.101.3.4.1.22": "AES-192-CBC", "2.16.840.1.101.3.4.1.42": "AES-256-CBC", "1.2.156.10197.1.104.2": "SM4-CBC", "1.2.840.113549.3.7": "3DES-CBC",
	"1.2.840.113549.1.12.1.3": "3DES with SHA-1 (PKCS#12)", "1.2.840.113549.1.12.1.6": "RC2-40 with SHA-1 (PKCS#12, weak)", "1.2.840.113549.1.7.6": "encryptedData",
	"1.2.840.113549.1.12.10.1.2": "encrypted key", "1.2.840.113549.1.12.10.1.4": "revocation list", "1.2.840.113549.1.12.10.1.5": "secret", "1.2.840.113549.1.12.10.1.6": "nested bags",
	"2.5.29.9": "subjectDirectoryAttributes", "2.5.29.14": "subjectKeyIdentifier", "2.5.29.15": "keyUsage", "2.5.29.17": "subjectAltName", "2.5.29.18": "issuerAltName",
	"2.5.29.19": "basicConstraints", "2.5.29.20": "cRLNumber", "2.5.29.21": "reasonCode", "2.5.29.24": "invalidityDate", "2.5.29.27": "deltaCRLIndicator",
	"2.5.29.28": "issuingDistributionPoint", "2.5.29.29": "certificateIssuer", "2.5.29.30": "nameConstraints", "2.5.29.31": "cRLDistributionPoints",
	"2.5.29.32": "certificatePolicies", "2.5.29.32.0": "anyPolicy", "2.5.29.33": "policyMappings", "2.5.29.35": "authorityKeyIdentifier", "2.5.29.36": "policyConstraints",
	"2.5.29.37": "extKeyUsage", "2.5.29.46": "freshestCRL", "2.5.29.54": "inhibitAnyPolicy", "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
	"1.3.6.1.5.5.7.48.1.5": "OCSP nocheck", "1.3.6.1.5.5.7.48.1.2": "nonce", "1.2.156.10260.4.1.4": "unified social credit code (GB/T 20518)",
}

func oidName(id asn1.ObjectIdentifier) string {
	if n, ok := oidNames[id.String()]; ok {
		return n
	}
	return id.String()
}

func oidList(ids []asn1.ObjectIdentifier) string {
	var all []string
	for _, id := range ids {
		all = append(all, oidName(id))
	}
	return strings.Join(all, ", ")
}

// keyKind says what a public key is, without its octets.
func keyKind(pub crypto.PublicKey) string {
	if _, ok := gm.AsPublicKey(pub); ok {
		return "SM2, 256 bits"
	}
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		return "ECDSA on " + k.Curve.Params().Name
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA, %d bits", k.N.BitLen())
	}
	return "not supported"
}

var usageNames = []string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}

func usages(bits cert.KeyUsageBits) string {
	var all []string
	for i, name := range usageNames {
		if bits&(1<<i) != 0 {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

var reasonNames = []string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", "7", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}

func reasonName(r int) string {
	if r >= 0 && r < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprint(r)
}

func generalNames(list []cert.GeneralName) string {
	var all []string
	for i, g := range list {
		if i == maxShown {
			all = append(all, "…")
			break
		}
		all = append(all, short(g.String()))
	}
	return strings.Join(all, ", ")
}
