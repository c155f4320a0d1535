// SPDX-License-Identifier: Apache-2.0

package cms

import "encoding/asn1"

// Bounds of the BER step.
const (
	maxDepth    = 48
	maxElements = 200_000
)

// definite rewrites indefinite lengths and constructed octet strings, which
// BER writers put around large contents, to the definite form; everything that
// is definite already is copied octet for octet, so that certificates keep the
// octets that were signed. changed says whether anything was rewritten.
func definite(raw []byte) (der []byte, changed bool, err error) {
	b := berReader{}
	if !b.indefinite(raw) {
		return raw, false, nil
	}
	out, rest, err := b.element(raw, 0)
	if err != nil {
		return nil, false, err
	}
	if len(rest) != 0 {
		return nil, false, bad("ContentInfo", "%d octets behind the value", len(rest))
	}
	return out, true, nil
}

type berReader struct{ elements int }

// indefinite reports whether the outermost elements use BER forms: writers
// that stream begin with an indefinite ContentInfo.
func (b *berReader) indefinite(raw []byte) bool {
	return len(raw) > 2 && raw[0] == 0x30 && raw[1] == 0x80
}

// header splits tag and length; length is -1 for the indefinite form.
func header(raw []byte) (tag byte, length, size int, err error) {
	if len(raw) < 2 {
		return 0, 0, 0, bad("BER", "cut short")
	}
	if raw[0]&0x1f == 0x1f {
		return 0, 0, 0, bad("BER", "tag numbers above 30 do not occur in SignedData")
	}
	n := int(raw[1])
	switch {
	case n < 0x80:
		return raw[0], n, 2, nil
	case n == 0x80:
		if raw[0]&0x20 == 0 {
			return 0, 0, 0, bad("BER", "indefinite length of a primitive")
		}
		return raw[0], -1, 2, nil
	case n > 0x84 || len(raw) < 2+n-0x80:
		return 0, 0, 0, bad("BER", "length of the length")
	}
	length = 0
	for _, o := range raw[2 : 2+n-0x80] {
		length = length<<8 | int(o)
	}
	return raw[0], length, 2 + n - 0x80, nil
}

// element rewrites one element and returns what follows it.
func (b *berReader) element(raw []byte, depth int) (out, rest []byte, err error) {
	if b.elements++; b.elements > maxElements || depth > maxDepth {
		return nil, nil, bad("BER", "too many or too deeply nested elements")
	}
	tag, length, size, err := header(raw)
	if err != nil {
		return nil, nil, err
	}
	body := raw[size:]
	if length >= 0 {
		if length > len(body) {
			return nil, nil, bad("BER", "cut short")
		}
		body, rest = body[:length], body[length:]
		if tag&0x20 == 0 {
			return raw[:size+length], rest, nil
		}
	}
	content, after, same, err := b.children(body, length < 0, depth)
	if err != nil {
		return nil, nil, err
	}
	if length < 0 {
		rest = after
	}
	if tag == 0x24 { // a constructed OCTET STRING: children are joined
		joined, err := joinStrings(content)
		return wrap(asn1.TagOctetString, joined), rest, err
	}
	if same && length >= 0 {
		return raw[:size+length], rest, nil
	}
	return wrap(tag, content), rest, nil
}

// children rewrites a constructed element's content; with eoc it ends at the
// end-of-contents octets, which are cut.
func (b *berReader) children(body []byte, eoc bool, depth int) (content, rest []byte, same bool, err error) {
	same = true
	for {
		if eoc && len(body) >= 2 && body[0] == 0 && body[1] == 0 {
			return content, body[2:], false, nil
		}
		if len(body) == 0 {
			if eoc {
				return nil, nil, false, bad("BER", "end of contents is missing")
			}
			return content, nil, same, nil
		}
		out, after, err := b.element(body, depth+1)
		if err != nil {
			return nil, nil, false, err
		}
		same = same && len(out) == len(body)-len(after)
		content = append(content, out...)
		body = after
	}
}

// joinStrings concatenates the contents of primitive octet strings.
func joinStrings(content []byte) ([]byte, error) {
	var joined []byte
	for len(content) > 0 {
		tag, length, size, err := header(content)
		if err != nil {
			return nil, err
		}
		if tag != asn1.TagOctetString || length < 0 || size+length > len(content) {
			return nil, bad("BER", "a constructed OCTET STRING holds something else")
		}
		joined = append(joined, content[size:size+length]...)
		content = content[size+length:]
	}
	return joined, nil
}

// wrap puts a tag and the shortest definite length before content.
func wrap(tag byte, content []byte) []byte {
	n := len(content)
	head := []byte{tag}
	switch {
	case n < 0x80:
		head = append(head, byte(n))
	case n < 1<<8:
		head = append(head, 0x81, byte(n))
	case n < 1<<16:
		head = append(head, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		head = append(head, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		head = append(head, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(head, content...)
}

// Trim cuts the zero padding behind the outermost value, as PDF Contents carry
// it; it is an error when anything but zeros follows.
func Trim(padded []byte) ([]byte, error) {
	tag, length, size, err := header(padded)
	if err != nil {
		return nil, err
	}
	if tag == 0 {
		return nil, bad("ContentInfo", "nothing but padding")
	}
	end := size + length
	if length < 0 {
		_, rest, err := (&berReader{}).element(padded, 0)
		if err != nil {
			return nil, err
		}
		end = len(padded) - len(rest)
	}
	if end > len(padded) {
		return nil, bad("ContentInfo", "cut short")
	}
	for _, o := range padded[end:] {
		if o != 0 {
			return nil, bad("ContentInfo", "something other than zeros stands behind the value")
		}
	}
	return padded[:end], nil
}

// Definite returns raw in the definite form: with BER's indefinite lengths and
// constructed octet strings rewritten, as the readers of this package see
// SignedData, and octet for octet when there is nothing to rewrite.
func Definite(raw []byte) ([]byte, error) {
	out, _, err := definite(raw)
	return out, err
}
