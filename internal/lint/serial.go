// SPDX-License-Identifier: Apache-2.0

package lint

var serialRule = rule{"serial-number", "RFC 5280 4.1.2.2", checkSerial}

// maxSerialBits is 20 octets with the sign bit clear.
const maxSerialBits = 20*8 - 1

func checkSerial(s *candidate, r *report) {
	switch bits := s.Serial.BitLen(); {
	case s.Serial.Sign() <= 0:
		r.err("is not positive")
	case bits > maxSerialBits:
		r.err("is longer than 20 octets")
	case bits < 64 && !s.selfSigned():
		// Randomness cannot be seen in one number; too short a one is none.
		r.should("has %d bits: at least 64 random ones keep a chosen-prefix collision from being prepared", bits)
	}
}
