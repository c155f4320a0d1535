// SPDX-License-Identifier: Apache-2.0

package keyfile

import "github.com/govseal/govseal/internal/gm/pbes2"

// LowerFloors lets tests run few iterations; call the result to undo it.
func LowerFloors(n int) (undo func()) {
	w, r := floor, readFloor
	floor, readFloor = n, n
	return func() { floor, readFloor = w, r }
}

// ParseOnly parses an envelope, deriving nothing, and marshals it again.
func ParseOnly(der []byte) (again []byte, iterations int, err error) {
	e, err := parseEnvelope(der, readFloor)
	if err != nil {
		return nil, 0, err
	}
	again, err = e.marshal()
	return again, e.scheme.Iterations(), err
}

// EnvelopeOf returns a well-formed envelope that claims n iterations.
func EnvelopeOf(n int) []byte {
	e := envelope{scheme: pbes2.New(n), data: make([]byte, 16)}
	der, err := e.marshal()
	if err != nil {
		panic(err)
	}
	return der
}
