// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Object is a PDF object: nil (null), bool, int64, float64, Name, String,
// Ref, Array, Dict or *Stream. The serialiser also takes int and Raw.
type Object any

// Name is a name without its slash, escapes (#xx) resolved.
type Name string

// String is the octets of a string object, escapes resolved.
type String string

// Ref is a reference to an indirect object.
type Ref struct{ Num, Gen int }

// Array is an array object.
type Array []Object

// Dict is a dictionary object. A key given twice is an error when read.
type Dict map[Name]Object

// Raw is serialised text that is written as it stands.
type Raw []byte

// Stream is a stream object as it lies in the file: its data are read only
// when asked for.
type Stream struct {
	Dict Dict
	at   int64 // of the first data octet
	size int64
}

// Text encodes s as a text string: ASCII as it is, everything else as
// UTF-16BE with a byte order mark (ISO 32000-1 7.9.2.2).
func Text(s string) String {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			ascii = false
		}
	}
	if ascii {
		return String(s)
	}
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return String(b)
}

// decodeText reads a text string: UTF-16BE or UTF-8 by its mark, else
// PDFDocEncoding, whose octets above ASCII are taken as Latin-1 here (names
// are only compared and shown).
func decodeText(s String) string {
	switch {
	case len(s) >= 2 && s[0] == 0xfe && s[1] == 0xff:
		u := make([]uint16, 0, len(s)/2)
		for i := 2; i+1 < len(s); i += 2 {
			u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(u))
	case len(s) >= 3 && s[:3] == "\xef\xbb\xbf" && utf8.ValidString(string(s)):
		return string(s[3:])
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}
