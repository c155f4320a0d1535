// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"math/big"
	"time"
)

// Template is what a new certificate says. MarshalTBS encodes it, the caller
// stores and signs those octets, and Assemble joins them with the signature.
type Template struct {
	Serial              *big.Int
	Issuer              []byte // raw Name of the issuer, copied octet for octet
	Subject             Name
	NotBefore, NotAfter time.Time
	PublicKey           []byte      // raw SubjectPublicKeyInfo
	Extensions          []Extension // in the order given
	NullParameters      bool        // SM2 signature parameters as NULL (GM/T 0015-2023 usage) instead of absent (RFC 8998)
}

// MarshalTBS returns the DER TBSCertificate with SM2-with-SM3 as algorithm.
func (t Template) MarshalTBS() ([]byte, error) { panic("unwritten") }

// Assemble joins a TBSCertificate or TBSCertList with its signature. The
// outer algorithm is copied from inside tbs, so the two can never differ.
func Assemble(tbs, signature []byte) ([]byte, error) { panic("unwritten") }

// Constructors of extensions, each with the criticality that RFC 5280 asks for.
func ExtBasicConstraints(ca bool, pathLen *int) Extension                  { panic("unwritten") }
func ExtKeyUsage(bits KeyUsageBits) Extension                              { panic("unwritten") }
func ExtExtKeyUsage(critical bool, ids ...asn1.ObjectIdentifier) Extension { panic("unwritten") }
func ExtSubjectKeyID(id []byte) Extension                                  { panic("unwritten") }
func ExtAuthorityKeyID(id []byte) Extension                                { panic("unwritten") }
func ExtCRLDistributionPoints(urls ...string) Extension                    { panic("unwritten") }
func ExtAuthorityInfoAccess(ocsp, caIssuers []string) Extension            { panic("unwritten") }
func ExtOCSPNoCheck() Extension                                            { panic("unwritten") }
func ExtPolicies(ids ...asn1.ObjectIdentifier) Extension                   { panic("unwritten") }

// ExtCreditCode carries the 18-character unified social credit code
// (统一社会信用代码) under 1.2.156.10260.4.1.4; facts/ca-and-crypto.md section 6.
func ExtCreditCode(code string) Extension { panic("unwritten") }

// CreditCode returns the unified social credit code of the subject from either
// extension in use (1.2.156.10260.4.1.4 and 1.2.156.10260.4.4), or "".
func (c *Certificate) CreditCode() string { panic("unwritten") }

// KeyID returns the subject key identifier govseal writes for a key: the first
// 20 octets of SM3 over the SubjectPublicKeyInfo's bit string.
func KeyID(spki []byte) ([]byte, error) { panic("unwritten") }
