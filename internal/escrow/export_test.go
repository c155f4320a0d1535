// SPDX-License-Identifier: Apache-2.0

package escrow

import "encoding/pem"

// LowerFloor lets tests run few iterations; call the result to undo it.
func LowerFloor(n int) (undo func()) {
	old := floor
	floor = n
	return func() { floor = old }
}

// Again writes a parsed share's octets anew.
func (s *Share) Again() []byte {
	b := s.associated()[len("govseal/escrow/share/v1"):]
	return append(b, append([]byte{4, 60}, s.wrapped...)...)
}

// DER returns the octets within the outer SEQUENCE of a share file.
func DER(text []byte) []byte {
	block, _ := pem.Decode(text)
	if block.Bytes[1] == 0x81 {
		return block.Bytes[3:]
	}
	return block.Bytes[2:]
}
