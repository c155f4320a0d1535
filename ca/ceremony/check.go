// SPDX-License-Identifier: Apache-2.0

package ceremony

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// Problem is what a transcript fails in: not that it could not be read, but
// that it does not hold.
type Problem struct{ Reason string }

// Error says why the transcript does not hold.
func (p *Problem) Error() string { return "the transcript does not hold: " + p.Reason }

func broken(format string, args ...any) error { return &Problem{fmt.Sprintf(format, args...)} }

// Check reads a transcript and its signature, and reports whether it holds by
// itself: signed by the CA whose certificate it names, its file's digest true,
// its certificates signed by that CA or by the one that was made. Whether that
// CA is the right one only the caller can know: compare signer, its
// certificate's DER. The error is a *Problem when the transcript was read and
// does not hold.
func Check(transcript, signature []byte) (t *Transcript, signer []byte, err error) {
	if t, err = parseTranscript(transcript); err != nil {
		return nil, nil, err
	}
	acted, err := t.Signer.read()
	if err != nil {
		return t, nil, broken("the signer's certificate: %v", err)
	}
	pub, ok := gm.AsPublicKey(acted.PublicKey)
	if !ok || !gm.VerifyMessage(pub, transcript, signature) {
		return t, acted.Raw, broken("the signature is not that of %q", acted.Subject)
	}
	script, err := Parse([]byte(t.Script))
	switch {
	case err != nil:
		return t, acted.Raw, broken("the file in it: %v", err)
	case t.ScriptSM3 != digest([]byte(t.Script)):
		return t, acted.Raw, broken("the file's digest is another")
	case script.Kind != t.Kind:
		return t, acted.Raw, broken("the file is about another act")
	case t.Confirmed.After(t.Signed) || t.Signed.Before(script.Window.From.Time) || t.Signed.After(script.Window.Until.Time):
		return t, acted.Raw, broken("it was not held when the file allows")
	}
	return t, acted.Raw, t.checkCertificates(acted)
}

// checkCertificates: each was signed by the CA that acted, or by the first one
// made, as a rollover's bridge is.
func (t *Transcript) checkCertificates(acted *cert.Certificate) error {
	var first *cert.Certificate
	for i, c := range t.Results.Certificates {
		made, err := c.read()
		if err != nil {
			return broken("certificate %d: %v", i+1, err)
		}
		if made.Serial.Text(16) != c.Serial {
			return broken("certificate %d: its serial number is %x", i+1, made.Serial)
		}
		if first == nil {
			first = made
		}
		if made.CheckSignature(acted.PublicKey) != nil && made.CheckSignature(first.PublicKey) != nil {
			return broken("certificate %d (%q) is signed by no key of this ceremony", i+1, made.Subject)
		}
	}
	return nil
}

func (o Object) read() (*cert.Certificate, error) {
	der, err := base64.StdEncoding.Strict().DecodeString(o.DER)
	if err != nil {
		return nil, errors.New("is not base64")
	}
	if digest(der) != o.SM3 {
		return nil, errors.New("its SM3 is another")
	}
	return cert.Parse(der)
}
