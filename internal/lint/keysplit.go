// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/govseal/govseal/internal/cert"

var keySplitRule = rule{"key-split", "the dual certificates of GM/T 0034 as remembered (facts/ca-and-crypto.md 6)", checkKeySplit}

// checkKeySplit: the encryption key of a pair is escrowed by the key centre,
// the signing key never is; so no key may be both. Tax certificates of the
// field do mix them.
func checkKeySplit(s *candidate, r *report) {
	const signing = cert.DigitalSignature | cert.NonRepudiation
	const encryption = cert.KeyEncipherment | cert.DataEncipherment | cert.KeyAgreement
	u := s.usage()
	if !s.isCA() && (s.holds(cert.OIDServerAuth) || s.holds(cert.OIDClientAuth)) {
		return // TLS keys of RSA are both by protocol
	}
	if u&cert.NonRepudiation != 0 && u&encryption != 0 {
		r.should("the key signs for its holder and decrypts; a signing key and an encryption key must be two")
	} else if u&signing != 0 && u&encryption != 0 {
		r.notice("the key signs and decrypts")
	}
	if s.isCA() && u&encryption != 0 {
		r.should("the key of an authority is also for encryption")
	}
}
