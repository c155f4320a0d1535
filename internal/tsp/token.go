// SPDX-License-Identifier: Apache-2.0

package tsp

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"sync/atomic"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
)

// Token is a TimeStampToken: a SignedData over a TSTInfo.
type Token struct {
	Raw  []byte
	CMS  *cms.SignedData
	Info *Info
}

// ParseToken reads a token and holds it to RFC 3161 2.4.2: eContentType
// id-ct-TSTInfo, one SignerInfo, signed attributes with an ESS certificate.
func ParseToken(der []byte) (*Token, error) {
	if len(der) > MaxSize {
		return nil, bad("TimeStampToken", "longer than %d octets", MaxSize)
	}
	sd, err := cms.Parse(der)
	if err != nil {
		return nil, err
	}
	if !sd.EContentType.Equal(OIDTSTInfo) || sd.Detached {
		return nil, bad("TimeStampToken", "the content is no TSTInfo")
	}
	if len(sd.Signers) != 1 {
		return nil, bad("TimeStampToken", "%d signers instead of one", len(sd.Signers))
	}
	if !hasESS(sd.Signers[0].Signed) {
		return nil, bad("TimeStampToken", "no signing-certificate attribute")
	}
	info, err := ParseInfo(sd.EContent)
	if err != nil {
		return nil, err
	}
	return &Token{Raw: der, CMS: sd, Info: info}, nil
}

func hasESS(attrs []cms.Attribute) bool {
	for _, a := range attrs {
		if a.Type.Equal(cms.OIDSigningCertV1) || a.Type.Equal(cms.OIDSigningCertV2) {
			return true
		}
	}
	return false
}

// Verify checks what needs no trust: the imprint is the digest of stamped, the
// messageDigest fits, the ESS certificate is certDER and the signature is by
// its key. It returns the certificate's DER from the token (or extra).
func (t *Token) Verify(stamped []byte, extra [][]byte) (certDER []byte, err error) {
	return t.VerifyHashed(func(alg asn1.ObjectIdentifier) ([]byte, error) {
		h, err := cms.NewHash(alg)
		if err != nil {
			return nil, err
		}
		h.Write(stamped)
		return h.Sum(nil), nil
	}, extra)
}

// VerifyHashed is Verify for content that is too large to be held: digest
// returns its digest by the imprint's algorithm.
func (t *Token) VerifyHashed(digest func(alg asn1.ObjectIdentifier) ([]byte, error), extra [][]byte) (certDER []byte, err error) {
	if err := t.matchImprint(digest); err != nil {
		return nil, err
	}
	s := &t.CMS.Signers[0]
	if certDER = t.CMS.Certificate(s); certDER == nil {
		for _, c := range extra {
			if s.Matches(c) {
				certDER = c
				break
			}
		}
	}
	if certDER == nil {
		return nil, bad("TimeStampToken", "the signer's certificate is not at hand")
	}
	if _, err := s.MatchESS(certDER); err != nil {
		return nil, err
	}
	return certDER, t.checkSignature(s, certDER)
}

// matchImprint compares the imprint with the digest of what was stamped. SHA-1
// imprints prove nothing any more.
func (t *Token) matchImprint(digest func(asn1.ObjectIdentifier) ([]byte, error)) error {
	if cms.WeakDigest(t.Info.HashAlgorithm) {
		return bad("messageImprint", "digest algorithm is too weak")
	}
	sum, err := digest(t.Info.HashAlgorithm)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, t.Info.Imprint) {
		return bad("messageImprint", "the token is over something else")
	}
	return nil
}

func (t *Token) checkSignature(s *cms.SignerInfo, certDER []byte) error {
	if mixed, err := s.CheckContentType(t.CMS.EContentType); err != nil || mixed {
		return bad("TimeStampToken", "contentType attribute: %v", err)
	}
	h, err := cms.NewHash(s.DigestAlgorithm.OID)
	if err != nil {
		return err
	}
	h.Write(t.CMS.EContent)
	digest, err := s.MessageDigest()
	if err != nil {
		return err
	}
	if !bytes.Equal(h.Sum(nil), digest) {
		return bad("TimeStampToken", "messageDigest does not fit the TSTInfo")
	}
	key, err := signerKey(certDER)
	if err != nil {
		return err
	}
	return s.VerifySignature(key, nil)
}

// known is the certificate whose key was asked for last. All stamps of a city
// bear tokens of one authority: reading its certificate anew for each was 2 %
// of a stamp's processor time (docs/performance.md).
var known atomic.Pointer[cert.Certificate]

// signerKey returns the key that a certificate is for.
func signerKey(certDER []byte) (crypto.PublicKey, error) {
	if c := known.Load(); c != nil && bytes.Equal(c.Raw, certDER) {
		return c.PublicKey, nil
	}
	c, err := cert.Parse(bytes.Clone(certDER)) // it outlives the token
	if err != nil {
		return nil, err
	}
	known.Store(c)
	return c.PublicKey, nil
}

// CheckCertificate holds a TSA certificate to RFC 3161 2.3: the extended key
// usage extension is there, critical, and names timeStamping and nothing else.
func CheckCertificate(c *cert.Certificate) error {
	if len(c.ExtKeyUsage) != 1 || !c.ExtKeyUsage[0].Equal(cert.OIDTimeStamping) {
		return bad("TSA certificate", "extended key usage is not timeStamping alone")
	}
	for _, e := range c.Extensions {
		if e.ID.String() == "2.5.29.37" && e.Critical {
			return nil
		}
	}
	return bad("TSA certificate", "extended key usage is not critical")
}

// CheckCertificateDER is CheckCertificate for encoded certificates.
func CheckCertificateDER(der []byte) error {
	c, err := cert.Parse(der)
	if err != nil {
		return err
	}
	return CheckCertificate(c)
}

// Validity returns the times of a certificate.
func Validity(certDER []byte) (notBefore, notAfter time.Time, err error) {
	c, err := cert.Parse(certDER)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return c.NotBefore, c.NotAfter, nil
}

// MatchKey reports, as nil, that the certificate is for the public key.
func MatchKey(certDER []byte, pub crypto.PublicKey) error {
	c, err := cert.Parse(certDER)
	if err != nil {
		return err
	}
	key, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !key.Equal(pub) {
		return bad("TSA certificate", "is for another key")
	}
	return nil
}
