// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// serialOctets of randomness: 128 bits, so that numbers are neither guessed
// nor, after a restore from a backup, used twice. RFC 5280 4.1.2.2 allows 20.
const serialOctets = 16

func newSerial() (*big.Int, error) {
	var b [serialOctets]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("ca: draw a serial number: %w", err)
	}
	n := new(big.Int).SetBytes(b[:])
	if n.BitLen() < 64 {
		return nil, errors.New("ca: the random source gave a serial number of less than 64 bits: it is broken")
	}
	return n, nil
}

// normalSerial brings a serial number as people copy it (colons, upper case,
// leading zeros) to its recorded form.
func normalSerial(s string) (string, error) {
	clean := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), ":", ""), "0x")
	n, ok := new(big.Int).SetString(clean, 16)
	if !ok || len(clean) > 64 || n.Sign() <= 0 {
		return "", &RequestError{"serial", fmt.Sprintf("%.80q is not a hexadecimal serial number", s)}
	}
	return serialHex(n), nil
}
