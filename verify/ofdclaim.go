// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/ses"
)

// claim reads SignedValue.dat by the type of the signature; ok is false when
// there is nothing to judge.
func (o *ofdRun) claim(sig *ofd.Signature, s *Stamp) (c claim, ok bool, err error) {
	value, err := o.pkg.SignedValue(sig)
	var xml []byte
	if err == nil {
		s.SM3 = sm3Hex(value)
		xml, err = o.pkg.SignatureXML(sig)
	}
	var fault Fact
	if err := fault.fault(err); err != nil {
		return c, false, err
	}
	if err != nil {
		s.malformed(err)
		return c, false, nil
	}
	switch sig.Type {
	case ofd.TypeSeal:
		return o.sealClaim(sig, s, value, xml)
	case ofd.TypeSign:
		c, ok = o.plainClaim(s, value, xml)
	default:
		s.unsupported("a signature of type " + sig.Type)
	}
	return c, ok, nil
}

// sealClaim: SignedValue.dat is an SES_Signature, dataHash is over the stored
// octets of Signature.xml (facts/seal-formats.md 6).
func (o *ofdRun) sealClaim(sig *ofd.Signature, s *Stamp, value, xml []byte) (c claim, ok bool, err error) {
	s.Form = formSES
	stamp, err := ses.ParseSignature(value)
	if err != nil {
		s.malformed(err)
		return c, false, nil
	}
	s.ofdHash(stamp, xml)
	c = o.sesClaim(s, stamp)
	if !sig.PathMatches(stamp.PropertyInfo) {
		s.Signature.fail(CodeMisplaced, fmt.Sprintf("it names %q and lies at %q", stamp.PropertyInfo, sig.Path()))
	}
	return c, true, o.sealFile(sig, s, stamp.Seal)
}

// ofdHash compares dataHash with Signature.xml. A v1 seal may be used with RSA,
// and then the hash is that of the signature algorithm (facts/seal-formats.md
// 2.2); nobody can make SM3 and SHA-256 collide, so either match will do.
func (s *Stamp) ofdHash(stamp *ses.Signature, xml []byte) {
	sum := gm.SM3(xml)
	if !isSM2(sesAlgorithm(cert.Algorithm{OID: stamp.SignAlg})) {
		if other := sha256.Sum256(xml); bytes.Equal(other[:], stamp.DataHash) {
			sum = other
		} else if len(stamp.DataHash) != gm.Size {
			s.Intact.unknown(CodeCryptoConstraints, fmt.Sprintf("a dataHash of %d octets", len(stamp.DataHash)))
			return
		}
	}
	s.matchHash(stamp.DataHash, sum)
}

// sealFile: Seal.esl, where there is one, is the seal within the signature.
// Readers draw the picture of either.
func (o *ofdRun) sealFile(sig *ofd.Signature, s *Stamp, seal *ses.Seal) error {
	raw, err := o.pkg.SealFile(sig)
	if err != nil {
		return s.Seal.fault(err)
	}
	if raw != nil && !bytes.Equal(raw, seal.Raw) {
		s.Seal.fail(CodeSealFile, sig.SealEntry)
	}
	return nil
}

// plainClaim: a signature without a seal over Signature.xml, or over
// OFDEntries.xml, in one of the shapes of facts/seal-formats.md 6.1.
func (r *run) plainClaim(s *Stamp, value, signed []byte) (claim, bool) {
	if _, _, err := cms.NormalSignature(value); err == nil {
		s.Signature.unknown(CodeBareSignature, fmt.Sprintf("%d octets", len(value)))
		s.Intact.ok() // as far as the digests go; nothing vouches for them
		s.Signer.Status = Unknown
		return claim{}, true
	}
	s.Form = formCMS
	sd, err := cms.Parse(value)
	if err == nil && len(sd.Signers) != 1 {
		err = fmt.Errorf("%d signers instead of one", len(sd.Signers))
	}
	if err != nil {
		s.malformed(err)
		return claim{}, false
	}
	content := sd.EContent
	if sd.Detached {
		content = signed
		s.detachedDigest(&sd.Signers[0], signed)
	} else {
		s.attachedContent(sd, signed)
	}
	return r.cmsClaim(s, sd, content, time.Time{}), true
}

// detachedDigest: the CMS is over the file as it is.
func (s *Stamp) detachedDigest(si *cms.SignerInfo, signed []byte) {
	h, err := cms.NewHash(si.DigestAlgorithm.OID)
	if err != nil {
		s.Intact.unknown(CodeCryptoConstraints, err.Error())
		return
	}
	h.Write(signed)
	s.cmsDigest(si, h.Sum(nil))
}

// attachedContent: eContent is the SM3 digest of the file, or the base64 text
// of it, so that the file is hashed twice.
func (s *Stamp) attachedContent(sd *cms.SignedData, signed []byte) {
	digest, text := dianjuContent(sd.EContent)
	if text {
		s.Signature.note(CodeTolerated, "eContent is the base64 text of the digest")
	}
	s.matchHash(digest, gm.SM3(signed))
	s.attachedDigest(sd)
}

// sayPicture: the report shows pictures that are PNG or GIF. A picture that is
// an OFD itself is not drawn here.
func (s *Stamp) sayPicture() {
	if p := s.Seal.Picture; p != nil && p.PNG == nil {
		s.Seal.note(CodePictureNotShown, "a picture of type "+p.Type)
	}
}
