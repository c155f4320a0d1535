// SPDX-License-Identifier: Apache-2.0

// Package shamir splits a secret into n shares of which any m give it back and
// fewer say nothing about it (Shamir, "How to Share a Secret", 1979). Each
// octet is the constant term of a polynomial of degree m-1 over GF(2^8) with
// the reduction polynomial x^8+x^4+x^3+x+1, the field of AES; share i holds the
// values at x = i.
//
// Shares carry no check of their own: wrong ones give a wrong secret, and the
// caller must be able to tell. Arithmetic does not branch on, or index by,
// secret values.
package shamir

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// MaxShares is the most that a secret is split into: far fewer than the field
// has room for, since each is a person.
const MaxShares = 32

// Share is the value of the polynomials at one place.
type Share struct {
	Index byte // x, 1 to MaxShares
	Value []byte
}

// ErrShares means that shares do not fit together: an index twice or out of
// range, or values of different lengths.
var ErrShares = errors.New("shamir: the shares do not fit together")

// Split returns n shares of a secret, of which m give it back; m is 2 at least.
func Split(secret []byte, n, m int) ([]Share, error) {
	if len(secret) == 0 || m < 2 || n < m || n > MaxShares {
		return nil, fmt.Errorf("shamir: cannot split %d octets so that %d of %d shares are needed", len(secret), m, n)
	}
	shares := make([]Share, n)
	for i := range shares {
		shares[i] = Share{Index: byte(i + 1), Value: make([]byte, len(secret))}
	}
	coefficients := make([]byte, m)
	defer clear(coefficients)
	for at, constant := range secret {
		rand.Read(coefficients) // never returns an error (crypto/rand)
		coefficients[0] = constant
		for i := range shares {
			shares[i].Value[at] = evaluate(coefficients, shares[i].Index)
		}
	}
	return shares, nil
}

// Combine returns the secret of exactly as many shares as are needed. It
// cannot tell whether they were enough, nor whether they are right.
func Combine(shares []Share) ([]byte, error) {
	if len(shares) < 2 || len(shares) > MaxShares {
		return nil, ErrShares
	}
	var seen [MaxShares + 1]bool
	size := len(shares[0].Value)
	for _, s := range shares {
		if s.Index < 1 || s.Index > MaxShares || seen[s.Index] || len(s.Value) != size || size == 0 {
			return nil, ErrShares
		}
		seen[s.Index] = true
	}
	secret := make([]byte, size)
	for i, s := range shares {
		weight := lagrange(shares, i)
		for at, v := range s.Value {
			secret[at] ^= multiply(weight, v)
		}
	}
	return secret, nil
}

// lagrange is the weight of share i at x = 0: the product of xj/(xj-xi), and
// minus is plus here.
func lagrange(shares []Share, i int) byte {
	top, bottom := byte(1), byte(1)
	for j, s := range shares {
		if j != i {
			top = multiply(top, s.Index)
			bottom = multiply(bottom, s.Index^shares[i].Index)
		}
	}
	return multiply(top, invert(bottom))
}

// evaluate is Horner's rule.
func evaluate(coefficients []byte, x byte) byte {
	var y byte
	for i := len(coefficients) - 1; i >= 0; i-- {
		y = multiply(y, x) ^ coefficients[i]
	}
	return y
}

// multiply is the product in the field, by shifts and masks alone.
func multiply(a, b byte) byte {
	var p byte
	for range 8 {
		p ^= a & -(b & 1)
		b >>= 1
		a = a<<1 ^ 0x1b&-(a>>7)
	}
	return p
}

// invert is a^254, which is 1/a; of 0 it is 0.
func invert(a byte) byte {
	result := a
	for range 6 { // exponents 3, 7, 15, 31, 63, 127
		result = multiply(multiply(result, result), a)
	}
	return multiply(result, result)
}
