// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// examineCMS: a bare CMS SignedData, attached, or detached with its content or
// digest beside it.
func (r *run) examineCMS(raw []byte, d Document) error {
	r.report.Issuers.none()
	s := r.newStamp(formCMS, raw)
	sd, err := cms.Parse(raw)
	if err == nil && len(sd.Signers) != 1 {
		err = fmt.Errorf("%d signers instead of one", len(sd.Signers))
	}
	if err != nil {
		r.report.Document.fail(CodeFormatFailure, err.Error())
		s.malformed(err)
		return nil
	}
	r.report.Document.ok()
	s.Changes.none()
	s.Issuer.none()
	r.pool.add(sd.Certificates, sd.CRLs)
	si := &sd.Signers[0]
	h, hashErr := cms.NewHash(si.DigestAlgorithm.OID)
	content := sd.EContent
	if sd.Detached {
		content = nil
		if err := r.detachedHash(s, si, h, d); err != nil {
			return err
		}
	} else if hashErr == nil {
		h.Write(sd.EContent)
		s.cmsDigest(si, h.Sum(nil))
		s.Coverage.Scope = "whole-file"
		s.Coverage.ok()
	}
	if hashErr != nil {
		s.Intact.unknown(CodeCryptoConstraints, hashErr.Error())
		s.Coverage.unknown(CodeCryptoConstraints, hashErr.Error())
	}
	r.judge(s, r.cmsClaim(s, sd, content, time.Time{}))
	return nil
}

// detachedHash compares messageDigest with what lies beside a detached CMS.
func (r *run) detachedHash(s *Stamp, si *cms.SignerInfo, h hash.Hash, d Document) error {
	b, err := readBeside(d, h)
	if err != nil {
		return err
	}
	if si.SignedRaw == nil {
		s.Intact.unknown(CodeNoSignedData, "a detached signature without signed attributes")
		s.Coverage.unknown(CodeNoSignedData, "")
		return nil
	}
	digest, err := si.MessageDigest()
	if err != nil {
		s.Signature.fail(CodeSigConstraints, err.Error())
	}
	if !si.DigestAlgorithm.OID.Equal(gm.OIDSM3) {
		if b.given = b.other != nil; b.given {
			b.sm3 = b.other
		}
	}
	s.besideHash(b, digest)
	return nil
}

// cmsDigest holds messageDigest to the digest of what was signed. Without
// signed attributes the signature value itself is over the content.
func (s *Stamp) cmsDigest(si *cms.SignerInfo, sum []byte) {
	if si.SignedRaw != nil {
		digest, err := si.MessageDigest()
		if err != nil {
			s.Signature.fail(CodeSigConstraints, err.Error())
		} else if !bytes.Equal(digest, sum) {
			s.Intact.fail(CodeHashFailure, fmt.Sprintf("signed %x, found %x", digest[:min(len(digest), 64)], sum))
		}
	}
	s.Intact.ok()
}

// attachedDigest holds messageDigest to the eContent that the CMS carries:
// without it, the attributes that were signed for anything else would do.
func (s *Stamp) attachedDigest(sd *cms.SignedData) {
	h, err := cms.NewHash(sd.Signers[0].DigestAlgorithm.OID)
	if err != nil {
		s.Intact.unknown(CodeCryptoConstraints, err.Error())
		return
	}
	h.Write(sd.EContent)
	s.cmsDigest(&sd.Signers[0], h.Sum(nil))
}

// cmsClaim checks a CMS signature: one signer, its certificate, attributes,
// signature value; it returns what the CMS claims. content is what the value
// is over when there are no signed attributes.
func (r *run) cmsClaim(s *Stamp, sd *cms.SignedData, content []byte, claimed time.Time) claim {
	for _, what := range sd.Tolerated {
		s.Signature.note(CodeTolerated, what)
	}
	si := &sd.Signers[0]
	c := claim{claimed: claimed, value: si.Signature, digest: si.DigestAlgorithm.OID}
	r.cmsAttributes(s, sd, si, &c)
	certDER := sd.Certificate(si)
	for i := 0; certDER == nil && i < len(r.pool.certs); i++ {
		if si.Matches(r.pool.certs[i].Raw) {
			certDER = r.pool.certs[i].Raw
		}
	}
	if certDER == nil {
		s.Signer.unknown(CodeNoSigningCertificate, "")
		s.Signature.unknown(CodeNoSigningCertificate, "")
		return c
	}
	if c.signer = s.Signer.signerFrom(certDER); c.signer == nil {
		s.Signature.unknown(CodeNoSigningCertificate, "")
		return c
	}
	if si.SignedRaw != nil {
		if named, err := si.MatchESS(certDER); err != nil {
			s.Signature.fail(CodeSigConstraints, err.Error())
		} else if !named {
			s.Signature.note(CodeNoESS, "")
		}
	} else if content == nil {
		s.Signature.unknown(CodeNoSignedData, "")
		return c
	}
	s.cmsSignature(si, c.signer.PublicKey, content)
	return c
}

// cmsSignature verifies the signature value.
func (s *Stamp) cmsSignature(si *cms.SignerInfo, pub crypto.PublicKey, content []byte) {
	var malformed *cms.ParseError
	err := si.VerifySignature(pub, content)
	if errors.As(err, &malformed) {
		s.Signature.fail(CodeSigCrypto, err.Error())
	} else {
		judgeCheck(&s.Signature, err, CodeSigCrypto)
	}
	if _, raw, err := cms.NormalSignature(si.Signature); err == nil && raw {
		s.Signature.note(CodeTolerated, "signature value as raw r||s instead of DER")
	}
	s.Signature.ok()
}

// cmsAttributes reads the attributes that verification needs.
func (r *run) cmsAttributes(s *Stamp, sd *cms.SignedData, si *cms.SignerInfo, c *claim) {
	bad := func(err error) {
		if err != nil {
			s.Signature.fail(CodeSigConstraints, err.Error())
		}
	}
	token, ok, err := cms.Find(si.Unsigned, cms.OIDTimeStampToken)
	if err != nil { // not signed, so it can help but not harm
		s.Time.unknown(CodeTimestampInvalid, err.Error())
	} else if ok {
		c.token = token
	}
	if si.SignedRaw == nil {
		s.Signature.note(CodeNoSignedAttributes, "")
		return
	}
	mixed, err := si.CheckContentType(sd.EContentType)
	bad(err)
	if mixed {
		s.Signature.note(CodeTolerated, "contentType attribute and eContentType are data of different standards")
	}
	at, ok, err := si.SigningTime()
	bad(err)
	if ok {
		c.claimed = at
	}
	bad(r.embeddedRevocation(si))
	sealDER, ok, err := cms.Find(si.Signed, asn1.ObjectIdentifier(r.arc.SealAttribute()))
	bad(err)
	if ok {
		if c.seal, err = ses.ParseSeal(sealDER); err != nil {
			s.Seal.fail(CodeSealMalformed, err.Error())
		}
	}
}

// embeddedRevocation takes the CRLs and OCSP answers of Adobe's signed attribute: material like
// any other, believed only when it verifies.
func (r *run) embeddedRevocation(si *cms.SignerInfo) error {
	value, ok, err := cms.Find(si.Signed, cms.OIDRevocationInfo)
	if ok {
		if crls, ocsps, err := cms.ParseRevocationInfo(value); err == nil {
			r.pool.add(nil, crls)
			r.pool.addOCSP(ocsps)
		}
	}
	return err
}

// dianjuContent reads the eContent of GM.sm2cms.detached: the digest itself, or
// its base64 text (facts/pdf.md 5, facts/seal-formats.md 4).
func dianjuContent(content []byte) (digest []byte, text bool) {
	if len(content) == gm.Size {
		return content, false
	}
	if d, err := base64.StdEncoding.Strict().DecodeString(string(content)); err == nil && len(d) == gm.Size {
		return d, true
	}
	return nil, false
}
