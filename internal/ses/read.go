// SPDX-License-Identifier: Apache-2.0

package ses

import (
	"encoding/asn1"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	tag0     = cbasn1.Tag(0).Constructed().ContextSpecific()
	beijing  = time.FixedZone("UTC+8", 8*3600)
	tagsText = []cbasn1.Tag{cbasn1.IA5String, cbasn1.UTF8String, cbasn1.PrintableString}
)

// reader reads DER fields and collects the first error and each tolerance.
type reader struct {
	err       error
	tolerated []string
}

func (r *reader) fail(part, reason string) {
	if r.err == nil {
		r.err = bad(part, "%s", reason)
	}
}

func (r *reader) tolerate(what string) {
	if !slices.Contains(r.tolerated, what) {
		r.tolerated = append(r.tolerated, what)
	}
}

// one reads the single DER SEQUENCE that der is, and returns its content.
func (r *reader) one(der []byte, part string) cryptobyte.String {
	in := cryptobyte.String(der)
	var body cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() {
		r.fail(part, "not one DER SEQUENCE")
	}
	return body
}

func (r *reader) element(in *cryptobyte.String, tag cbasn1.Tag, part string) cryptobyte.String {
	var el cryptobyte.String
	if r.err == nil && !in.ReadASN1Element(&el, tag) {
		r.fail(part, "missing or of another type")
	}
	return el
}

func (r *reader) sequence(in *cryptobyte.String, part string) cryptobyte.String {
	var body cryptobyte.String
	if r.err == nil && !in.ReadASN1(&body, cbasn1.SEQUENCE) {
		r.fail(part, "not a SEQUENCE")
	}
	return body
}

func (r *reader) end(in cryptobyte.String, part string) {
	if r.err == nil && !in.Empty() {
		r.fail(part, "something stands behind the last field")
	}
}

func (r *reader) integer(in *cryptobyte.String, part string) int {
	var n int
	if r.err == nil && (!in.ReadASN1Integer(&n) || n < 0 || n > 1<<24) {
		r.fail(part, "not a small INTEGER")
	}
	return n
}

func (r *reader) octets(in *cryptobyte.String, part string) []byte {
	var v cryptobyte.String
	if r.err == nil && !in.ReadASN1(&v, cbasn1.OCTET_STRING) {
		r.fail(part, "not an OCTET STRING")
	}
	return v
}

// bits reads a BIT STRING of whole octets.
func (r *reader) bits(in *cryptobyte.String, part string) []byte {
	var v []byte
	if r.err == nil && !in.ReadASN1BitStringAsBytes(&v) {
		r.fail(part, "not a BIT STRING of whole octets")
	}
	return v
}

// bitsOrOctets also takes the OCTET STRING that some v1 writers use.
func (r *reader) bitsOrOctets(in *cryptobyte.String, part string) []byte {
	if r.err == nil && in.PeekASN1Tag(cbasn1.OCTET_STRING) {
		r.tolerate(part + " as OCTET STRING")
		return r.octets(in, part)
	}
	return r.bits(in, part)
}

func (r *reader) oid(in *cryptobyte.String, part string) asn1.ObjectIdentifier {
	var v asn1.ObjectIdentifier
	if r.err == nil && !in.ReadASN1ObjectIdentifier(&v) {
		r.fail(part, "not an OBJECT IDENTIFIER")
	}
	return v
}

// text reads a string of the type that the standard names, or, noting it, of
// another text type.
func (r *reader) text(in *cryptobyte.String, want cbasn1.Tag, part string) string {
	var v cryptobyte.String
	var tag cbasn1.Tag
	if r.err != nil {
		return ""
	}
	if !in.ReadAnyASN1(&v, &tag) || !slices.Contains(tagsText, tag) || len(v) > maxText {
		r.fail(part, "not a text, or too long")
		return ""
	}
	if !utf8.Valid(v) {
		r.fail(part, "not UTF-8")
		return ""
	}
	ascii := !slices.ContainsFunc(v, func(c byte) bool { return c >= utf8.RuneSelf })
	if tag != want || (tag == cbasn1.IA5String && !ascii) {
		r.tolerate(part + " as another string type, or not ASCII")
	}
	return string(v)
}

// time reads GeneralizedTime, or UTCTime where version 1 has it; the other of
// the two is let pass and noted.
func (r *reader) time(in *cryptobyte.String, want cbasn1.Tag, part string) time.Time {
	var v cryptobyte.String
	var tag cbasn1.Tag
	if r.err != nil {
		return time.Time{}
	}
	if !in.ReadAnyASN1(&v, &tag) || (tag != cbasn1.GeneralizedTime && tag != cbasn1.UTCTime) || len(v) > 40 {
		r.fail(part, "not a time")
		return time.Time{}
	}
	if tag != want {
		r.tolerate(part + " as the other time type")
	}
	text := string(v)
	if tag == cbasn1.UTCTime {
		if len(text) >= 2 && text[0] >= '5' { // X.680 47.3: 50 to 99 are 19xx
			text = "19" + text
		} else {
			text = "20" + text
		}
	}
	return r.timeText(text, part)
}

// Forms of time texts that occur in the field (facts/seal-formats.md 2.2);
// DER has only the first, and Go reads a fraction after any of them. Texts
// without a zone are taken as China Standard Time, which is what such writers'
// clocks show.
var timeForms = []string{
	"20060102150405Z", "20060102150405Z0700", "200601021504Z", time.RFC3339,
	"20060102150405", "2006-01-02 15:04:05",
}

func (r *reader) timeText(text, part string) time.Time {
	for _, layout := range timeForms {
		zone := time.UTC
		if !strings.Contains(layout, "Z") {
			zone = beijing
		}
		t, err := time.ParseInLocation(layout, text, zone)
		if err != nil {
			continue
		}
		if zone == beijing {
			r.tolerate(part + " without a zone, read as UTC+8")
		} else if layout != timeForms[0] || len(text) != len(layout) {
			r.tolerate(part + " not in the form YYYYMMDDhhmmssZ")
		}
		return t.UTC()
	}
	r.fail(part, "no time can be read from it")
	return time.Time{}
}

// extensions reads the content of ExtensionDatas.
func (r *reader) extensions(body cryptobyte.String, part string) []ExtData {
	var all []ExtData
	for r.err == nil && !body.Empty() {
		seq := r.sequence(&body, part)
		e := ExtData{ID: r.oid(&seq, part)}
		if r.err == nil && seq.PeekASN1Tag(cbasn1.BOOLEAN) {
			if !seq.ReadASN1Boolean(&e.Critical) {
				r.fail(part, "critical is malformed")
			}
			if !e.Critical {
				r.tolerate(part + " with critical FALSE written")
			}
		}
		e.Value = r.octets(&seq, part)
		r.end(seq, part)
		if all = append(all, e); len(all) > maxExtDatas {
			r.fail(part, "too many")
		}
	}
	return all
}

// signature notes the raw form of a signature value.
func (r *reader) signature(sig []byte, part string) []byte {
	_, raw, err := NormalSignature(sig)
	if err == nil && raw {
		r.tolerate(part + " as raw r||s instead of DER")
	}
	return sig // RSA values and broken ones are judged where they are verified
}

// stamp reads an optional timeStamp, tagged [0] or, in one verifier's reading,
// bare.
func (r *reader) stamp(in *cryptobyte.String, part string) []byte {
	if r.err != nil || in.Empty() {
		return nil
	}
	if in.PeekASN1Tag(cbasn1.BIT_STRING) {
		r.tolerate(part + " without its tag")
		return r.bits(in, part)
	}
	var explicit cryptobyte.String
	if !in.ReadASN1(&explicit, tag0) {
		r.fail(part, "not [0]")
		return nil
	}
	v := r.bits(&explicit, part)
	r.end(explicit, part)
	if r.err == nil && v == nil {
		v = []byte{}
	}
	return v
}
