// SPDX-License-Identifier: Apache-2.0

package pkcs12

// LowerFloor lets tests write few iterations; call the result to undo it.
func LowerFloor(n int) (undo func()) {
	old := floor
	floor = n
	return func() { floor = old }
}

// DeriveMACKey is the derivation with SM3.
func DeriveMACKey(passphrase, salt []byte, iterations int) []byte {
	return deriveMACKey(macSM3.hash, passphrase, salt, iterations)
}

// Bags parses a SafeContents and marshals what was found.
func Bags(der []byte) ([]byte, error) {
	bags, err := parseBags(der)
	if err != nil {
		return nil, err
	}
	return marshalBags(bags)
}

// Inside parses everything that is not encrypted and derives nothing.
func Inside(der []byte) (contents int, err error) {
	safe, _, err := parsePFX(der)
	if err != nil {
		return 0, err
	}
	parts, err := parseSafe(safe)
	return len(parts), err
}

// Resign replaces what the MAC protects.
func Resign(der, passphrase []byte, edit func(safe []byte) []byte) ([]byte, error) {
	safe, mac, err := parsePFX(der)
	if err != nil {
		return nil, err
	}
	return marshalPFX(edit(append([]byte(nil), safe...)), mac, passphrase)
}
