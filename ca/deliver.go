// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// Form is how a key reaches its holder.
type Form string

const (
	AsPKCS12      Form = "pkcs12"      // key, certificate and chain under a passphrase
	AsPKCS8       Form = "pkcs8"       // PEM: encrypted key, certificate, chain
	AsCSRResponse Form = "csrresponse" // GM/T 0092: an encryption key under the signing key
)

// deliverySuffix marks the uses of keys that may leave; internal/keys knows it.
const deliverySuffix = "-delivery"

// DeliveryUse is the use under which a key is kept that was made to be handed
// to its holder. The use is authenticated with the key, so that no key becomes
// such a one later.
func DeliveryUse(profile string) string { return profile + deliverySuffix }

// Exporter is a Keys that hands keys out, if they were made for delivery.
type Exporter interface {
	// Export returns an encrypted PKCS#8 key, PEM.
	Export(ctx context.Context, ref, use string, passphrase []byte) ([]byte, error)
	// ExportPKCS12 returns a PKCS#12 file of the key and certificates, its own first.
	ExportPKCS12(ctx context.Context, ref, use, name string, certificates [][]byte, passphrase []byte) ([]byte, error)
}

// DeliveryRequest asks for a key in a form that its holder can use.
type DeliveryRequest struct {
	Actor      string
	Serial     string
	As         Form
	Passphrase []byte // of PKCS#12 and PKCS#8; nil for a CSRResponse
}

// Deliver returns a certificate with its key for the holder. Keys that were
// made for delivery leave under a passphrase; encryption keys of the key
// centre as a CSRResponse, any number of times. That it left is durable before
// it leaves.
func (a *Authority) Deliver(ctx context.Context, r DeliveryRequest) ([]byte, error) {
	if r.Actor == "" {
		return nil, &RequestError{"actor", "is missing"}
	}
	record, err := a.Show(ctx, r.Serial)
	if err != nil {
		return nil, err
	}
	if record.Status != Good || !a.now().Before(record.NotAfter) {
		return nil, fmt.Errorf("%w: certificate %s is %s until %s; only one in force is delivered", ErrState, record.SerialHex, record.Status, record.NotAfter.Format("2006-01-02"))
	}
	p, err := a.profile(record.Profile)
	if err != nil {
		return nil, err
	}
	if !p.Deliverable() {
		return nil, &RequestError{"certificate", record.SerialHex + " is of profile " + record.Profile + ", whose keys never leave"}
	}
	data, err := a.deliverable(ctx, r, record)
	if err != nil {
		return nil, err
	}
	if err := a.store.RecordAct(ctx, delivered(r.Actor, record, r.As, a.now())); err != nil {
		clear(data)
		return nil, fmt.Errorf("ca: record the delivery: %w", err)
	}
	return data, nil
}

// deliverable builds what leaves.
func (a *Authority) deliverable(ctx context.Context, r DeliveryRequest, record Certificate) ([]byte, error) {
	kept, err := a.escrowOf(ctx, record)
	if err == nil {
		return a.deliverEscrowed(ctx, r, record, kept)
	} else if !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("ca: read the escrowed key: %w", err)
	}
	if r.As == AsCSRResponse {
		return nil, &RequestError{"form", "a CSRResponse carries an encryption key of the key centre, and " + record.SerialHex + " has none: use pkcs12 or pkcs8"}
	}
	out, ok := a.keys.(Exporter)
	if !ok || record.KeyRef == "" {
		return nil, &RequestError{"certificate", "the key of " + record.SerialHex + " is not in our key store: its holder has it"}
	}
	chain, err := a.chainOf(record)
	if err != nil {
		return nil, err
	}
	use := DeliveryUse(record.Profile)
	if r.As == AsPKCS12 {
		return out.ExportPKCS12(ctx, record.KeyRef, use, friendlyName(record), chain, r.Passphrase)
	}
	if r.As != AsPKCS8 {
		return nil, &RequestError{"form", fmt.Sprintf("%.32q is not pkcs12, pkcs8 or csrresponse", string(r.As))}
	}
	text, err := out.Export(ctx, record.KeyRef, use, r.Passphrase)
	if err != nil {
		return nil, err
	}
	for _, der := range chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return text, nil
}

// deliverEscrowed envelopes nothing anew: what only the holder opens was kept
// when the key was made.
func (a *Authority) deliverEscrowed(ctx context.Context, r DeliveryRequest, record Certificate, kept EscrowedKey) ([]byte, error) {
	if r.As != AsCSRResponse {
		return nil, &RequestError{"form", "the key of " + record.SerialHex + " is known to its holder and in escrow only: deliver it as csrresponse, or recover it with the officers"}
	}
	signing, err := a.store.Certificate(ctx, kept.Signing)
	if err != nil {
		return nil, fmt.Errorf("ca: read the signing certificate beside %s: %w", record.SerialHex, err)
	}
	if err := a.checkEnvelope(ctx, signing); err != nil {
		return nil, err
	}
	inside, err := gm.ParseEnvelopedKey(kept.Enveloped)
	if err != nil {
		return nil, err
	}
	own, err := cert.Parse(record.DER)
	if err != nil || !inside.Equal(own.PublicKey) {
		return nil, fmt.Errorf("ca: the enveloped key recorded for %s is not its own: the record was changed", record.SerialHex)
	}
	return asCSRResponse(signing.DER, kept.Enveloped, record.DER)
}

// checkEnvelope refuses to hand out again what a signing key opens that may be
// in other hands, or whose holder lost the right to it. A superseded key is
// still its holder's.
func (a *Authority) checkEnvelope(ctx context.Context, signing Certificate) error {
	err := a.checkCompromised(ctx, signing.KeyDigest)
	if err == nil && (signing.Status == Hold || signing.Status == Revoked && signing.Reason != ReasonSuperseded) {
		err = &RequestError{"signing certificate", signing.SerialHex + " is " + string(signing.Status) + ": its key opens no delivery any more; recover the key for the holder's new signing certificate"}
	}
	return err
}

// asCSRResponse has one certificate in each set; see package csrresp.
func asCSRResponse(signing, enveloped, encryption []byte) ([]byte, error) {
	return (&csrresp.Response{SignCertificates: [][]byte{signing}, EncryptedPrivateKey: enveloped, EncryptCertificates: [][]byte{encryption}}).Marshal()
}

// asPKCS12 returns key, certificate and chain under a passphrase.
func (a *Authority) asPKCS12(record Certificate, key *gm.PrivateKey, passphrase []byte) ([]byte, error) {
	chain, err := a.chainOf(record)
	if err != nil {
		return nil, err
	}
	return pkcs12.Encode(pkcs12.Of(key, friendlyName(record), chain), passphrase, 0)
}

// friendlyName is what programs list a key under: the certificate's subject,
// as much of it as fits.
func friendlyName(record Certificate) string {
	name := []rune(record.Subject)
	return string(name[:min(len(name), pkcs12.MaxName/2)])
}

// chainOf returns a certificate and those of the CAs above it, the root last.
func (a *Authority) chainOf(record Certificate) ([][]byte, error) {
	chain := [][]byte{record.DER}
	is, err := a.authority(record.CA)
	for err == nil {
		chain = append(chain, is.der)
		if is.parent == "" {
			return chain, nil
		}
		is, err = a.authority(is.parent)
	}
	return nil, err
}

// inChain reports whether a certificate is one of our CAs'.
func (a *Authority) inChain(der []byte) bool {
	for _, is := range a.authorities() {
		if bytes.Equal(is.der, der) {
			return true
		}
	}
	return false
}
