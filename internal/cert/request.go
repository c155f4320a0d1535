// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"crypto"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Request is a PKCS#10 certification request (RFC 2986): a name, a key, a
// proof that the sender holds its secret, and wishes, to which nobody is
// bound.
type Request struct {
	Raw        []byte // the whole DER, as received
	RawInfo    []byte // CertificationRequestInfo with its header: what is signed
	RawSubject []byte // Name with its header, perhaps empty
	RawSPKI    []byte // SubjectPublicKeyInfo with its header

	Subject            Name
	PublicKey          crypto.PublicKey // nil when not understood: DiagnoseKey(RawSPKI) says why
	SignatureAlgorithm Algorithm
	Signature          []byte
	Attributes         []RequestAttribute
	Extensions         []Extension // of the extensionRequest attribute, PKCS #9 5.4.2
	// Asked holds what Extensions say, in the extension fields of a certificate;
	// its other fields are empty.
	Asked Certificate

	Tolerated []string // deviations that were let pass, in English
}

// RequestAttribute is one attribute of a request; Values is the content of its
// SET. A challenge password may be among them: do not show it.
type RequestAttribute struct {
	ID     asn1.ObjectIdentifier
	Values []byte
}

// Attributes of requests (PKCS #9, RFC 2985 5.4), and Microsoft's name for the
// extensionRequest.
var (
	OIDExtensionRequest   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
	OIDChallengePassword  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}
	OIDUnstructuredName   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 2}
	oidMicrosoftExtension = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 1, 14}
)

// Bounds of a request. A real one with an RSA key of 8192 bits and ten names
// has about 3 KiB.
const (
	MaxRequest           = 64 << 10 // octets
	maxRequestName       = 8 << 10  // octets of the subject
	maxRequestAttributes = 16
)

// ParseRequest reads one DER request of at most MaxRequest octets with nothing
// behind it. The error is a *ParseError. The self-signature is not verified;
// CheckSignature does that.
func ParseRequest(der []byte) (*Request, error) {
	if len(der) > MaxRequest {
		return nil, &ParseError{Object: "request", Field: "CertificationRequest", Reason: "too long"}
	}
	d, s := newDecoder("request", der)
	r := &Request{Raw: s}
	body, err := d.sequence(s, "CertificationRequest")
	if err != nil {
		return nil, err
	}
	info, err := d.signed(body, "certificationRequestInfo", &r.RawInfo, &r.Signature)
	if err != nil {
		return nil, err
	}
	r.SignatureAlgorithm = info.outer
	if err := r.parseInfo(d, info.tbs); err != nil {
		return nil, err
	}
	r.Tolerated = d.notes
	return r, nil
}

func (r *Request) parseInfo(d *decoder, s cryptobyte.String) error {
	at := s
	var version int
	if !s.ReadASN1Integer(&version) || version != 0 {
		return d.fail(at, "version", "not v1(0)")
	}
	at = s
	var err error
	if r.Subject, r.RawSubject, err = d.name(&s, "subject"); err != nil {
		return err
	}
	if len(r.RawSubject) > maxRequestName {
		return d.fail(at, "subject", "longer than %d octets", maxRequestName)
	}
	at = s
	var spki, body, attributes cryptobyte.String
	if !s.ReadASN1Element(&spki, cbasn1.SEQUENCE) {
		return d.fail(at, "subjectPKInfo", "not a SEQUENCE")
	}
	r.RawSPKI = spki
	spki.ReadASN1(&body, cbasn1.SEQUENCE)
	if r.PublicKey, err = d.publicKey(body); err != nil {
		return err
	}
	at = s
	if s.Empty() {
		d.note("attributes are absent instead of empty") // some tools leave them out
		return nil
	}
	if !s.ReadASN1(&attributes, tag0.Constructed()) || !s.Empty() {
		return d.fail(at, "attributes", "malformed, or octets behind them")
	}
	return r.parseAttributes(d, attributes)
}

func (r *Request) parseAttributes(d *decoder, s cryptobyte.String) error {
	for !s.Empty() {
		at := s
		var one, values cryptobyte.String
		var a RequestAttribute
		if len(r.Attributes) == maxRequestAttributes {
			return d.fail(at, "attributes", "more than %d", maxRequestAttributes)
		}
		if !s.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&a.ID) || !one.ReadASN1(&values, cbasn1.SET) || !one.Empty() {
			return d.fail(at, "attributes", "malformed Attribute")
		}
		for _, b := range r.Attributes {
			if b.ID.Equal(a.ID) {
				return d.fail(at, "attributes", "attribute %s appears twice", a.ID)
			}
		}
		a.Values = values
		r.Attributes = append(r.Attributes, a)
		if !a.ID.Equal(OIDExtensionRequest) && !a.ID.Equal(oidMicrosoftExtension) {
			continue
		}
		if r.Extensions != nil {
			return d.fail(at, "extensionRequest", "appears under two identifiers")
		}
		var err error
		if r.Extensions, err = d.extensions(values, "extensionRequest"); err != nil {
			return err
		}
		r.Asked.Extensions = r.Extensions
		if err := r.Asked.readExtensions(d); err != nil {
			return err
		}
	}
	return nil
}

// AsksExtensions reports whether the attribute is an extensionRequest, by
// either of its identifiers; its content is in Request.Extensions.
func (a RequestAttribute) AsksExtensions() bool {
	return a.ID.Equal(OIDExtensionRequest) || a.ID.Equal(oidMicrosoftExtension)
}

// CheckSignature reports, as nil, that the sender holds the key of the
// request: its proof of possession. SM2 signatures are read with parameters
// absent or NULL, under the default user ID.
func (r *Request) CheckSignature() error {
	return CheckSignature(r.PublicKey, r.SignatureAlgorithm, r.RawInfo, r.Signature)
}
