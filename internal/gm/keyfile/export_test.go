// SPDX-License-Identifier: Apache-2.0

package keyfile

// LowerFloors lets tests run few iterations; call the result to undo it.
func LowerFloors(n int) (undo func()) {
	w, r := floor, readFloor
	floor, readFloor = n, n
	return func() { floor, readFloor = w, r }
}

var (
	MarshalPrivateKey = marshalPrivateKey
	ParsePrivateKey   = parsePrivateKey
)

// ParseOnly parses an envelope, deriving nothing, and marshals it again.
func ParseOnly(der []byte) (again []byte, iterations int, err error) {
	e, err := parseEnvelope(der)
	if err != nil {
		return nil, 0, err
	}
	again, err = e.marshal()
	return again, e.iterations, err
}

// EnvelopeOf returns a well-formed envelope that claims n iterations.
func EnvelopeOf(n int) []byte {
	e := envelope{cipher: sm4CBC, prf: hmacSHA256, iterations: n, salt: make([]byte, 16), iv: make([]byte, 16), data: make([]byte, 16)}
	der, err := e.marshal()
	if err != nil {
		panic(err)
	}
	return der
}
