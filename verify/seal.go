// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// judgeSeal looks into the seal: the maker's signature, the maker's office and
// chain, the certificate list, the validity period, and the seal's own token.
func (r *run) judgeSeal(s *Stamp, c claim, w when) {
	f := &s.Seal
	if c.seal == nil {
		if f.Status == "" && r.policy.RequireSeal {
			f.unknown(CodeNoSeal, "the policy requires a seal")
		} else if f.Status == "" {
			f.none()
			f.note(CodeNoSeal, "")
		}
		return
	}
	f.view(c.seal)
	for _, what := range c.seal.Tolerated {
		f.note(CodeTolerated, what)
	}
	for _, e := range c.seal.Extensions {
		if e.Critical {
			f.note(CodeSealExtension, e.ID.String())
		}
	}
	maker := f.makerSignature(c.seal)
	if maker != nil {
		r.makerOffice(f, c.seal, maker, w)
		tell(&f.Fact, weakKey(maker.PublicKey), w, ", key of the seal's maker")
	}
	f.listsSigner(c)
	f.inForce(c, w)
	r.sealToken(f, c.seal)
}

func (f *SealFact) view(s *ses.Seal) {
	f.ESID, f.Name, f.Version = s.ESID, s.Name, s.Version
	f.Created, f.ValidFrom, f.ValidTo = moment(s.Created), moment(s.ValidFrom), moment(s.ValidTo)
	f.Picture = &Picture{Type: s.Picture.Type, WidthMM: s.Picture.Width, HeightMM: s.Picture.Height}
	if img, err := decodePicture(s.Picture); err == nil {
		f.Picture.PNG = encodePNG(s.Picture, img)
	}
}

// makerSignature checks the maker's signature over the seal, and the maker's
// certificate at the date of creation (GM/T 0031-2025, from an article; see
// facts/seal-formats.md 5.1).
func (f *SealFact) makerSignature(s *ses.Seal) *cert.Certificate {
	maker, err := cert.Parse(s.MakerCert)
	if err != nil {
		f.unknown(CodeSealMakerUntrusted, "the maker's certificate cannot be read: "+err.Error())
		f.MakerSignature = Unknown
		return nil
	}
	f.Maker = viewCertificate(maker)
	before := f.Status
	judgeCheck(&f.Fact, checkSES(maker.PublicKey, cert.Algorithm{OID: s.SignAlg}, s.Signed, s.Signature), CodeSealMakerSignature)
	f.MakerSignature = OK
	if f.Status != before {
		f.MakerSignature = f.Status
	}
	if !within(s.Created, maker.NotBefore, maker.NotAfter) {
		f.fail(CodeSealMakerAtCreation, fmt.Sprintf("created %s, maker's certificate %s to %s",
			stampTime(s.Created), stampTime(maker.NotBefore), stampTime(maker.NotAfter)))
	}
	return maker
}

// makerOffice asks whether the maker may make seals at all. A chain proves
// identity, not office: the maker needs the seal-maker usage under the
// anchors, or an anchor that the policy names for makers.
func (r *run) makerOffice(f *SealFact, s *ses.Seal, maker *cert.Certificate, w when) {
	at := w.t
	if at.After(maker.NotAfter) && within(s.Created, maker.NotBefore, maker.NotAfter) {
		at = s.Created
		if r.policy.Name == PolicyStrict38540 {
			f.fail(CodeSealMakerExpired, stampTime(maker.NotAfter))
		} else {
			f.note(CodeSealMakerExpired, stampTime(maker.NotAfter))
		}
	}
	f.MakerOffice = OK
	anchors, usage := r.makerTrust(maker, at)
	if anchors != nil {
		f.MakerPath = subjects(r.path(maker, anchors, at, usage, chain.RevocationOff).Path)
		return
	}
	res := r.path(maker, r.anchors, at, r.makerUsage(), chain.RevocationOff)
	f.MakerPath = subjects(res.Path)
	switch res.Code {
	case chain.NoPath, chain.BadSignature, chain.Unsupported, chain.PolicyFailure:
		f.MakerOffice = Unknown
		f.unknown(CodeSealMakerUntrusted, res.Detail)
	default: // a known certificate without the office, or one that breaks a rule
		f.MakerOffice = Failed
		f.fail(CodeSealMakerUntrusted, string(res.Code)+": "+res.Detail)
	}
}

func (r *run) makerUsage() chain.Usage {
	return chain.Usage{ExtKeyUsage: r.arc.SealMaker(), KeyUsage: signerUsage.KeyUsage, EndEntity: true}
}

// makerTrust returns the anchors and usage under which the maker is trusted at
// a time, revocation aside; nil when it is not.
func (r *run) makerTrust(maker *cert.Certificate, at time.Time) ([]*cert.Certificate, chain.Usage) {
	if r.path(maker, r.anchors, at, r.makerUsage(), chain.RevocationOff).Code == chain.OK {
		return r.anchors, r.makerUsage()
	}
	if len(r.makerAnchors) > 0 && r.path(maker, r.makerAnchors, at, signerUsage, chain.RevocationOff).Code == chain.OK {
		return r.makerAnchors, signerUsage
	}
	return nil, chain.Usage{}
}

// listsSigner: the signer's certificate must be one that the seal names.
func (f *SealFact) listsSigner(c claim) {
	if c.signer == nil {
		f.ListsSigner = Unknown
		return
	}
	f.OwnerName, f.OwnerCreditCode = ownerName(c.signer), c.signer.CreditCode()
	f.ListsSigner = OK
	if !c.seal.HasCertificate(c.signer.Raw) {
		f.ListsSigner = Failed
		f.fail(CodeSignerNotInList, serialHex(c.signer.Serial))
	}
}

// ownerName is the organisation that the certificate names; seal certificates
// of some issuers carry the seal's number as common name.
func ownerName(c *cert.Certificate) string {
	if cn := c.Subject.Get(cert.OIDCommonName); cn != "" && (cn[0] < '0' || cn[0] > '9') {
		return cn
	}
	return c.Subject.Get(cert.OIDOrganization)
}

// inForce holds the check time and the claimed time to the seal's validity.
func (f *SealFact) inForce(c claim, w when) {
	from, to := c.seal.ValidFrom, c.seal.ValidTo
	period := fmt.Sprintf("seal %s to %s", stampTime(from), stampTime(to))
	claimed := !c.claimed.IsZero()
	f.InForce = OK
	switch {
	case claimed && c.claimed.Before(from):
		f.InForce = Failed
		f.fail(CodeSealNotYetValid, "claimed "+stampTime(c.claimed)+", "+period)
	case claimed && c.claimed.After(to):
		f.InForce = Failed
		f.fail(CodeSealExpired, "claimed "+stampTime(c.claimed)+", "+period)
	case w.t.Before(from):
		f.InForce = Failed
		f.fail(CodeSealNotYetValid, period)
	case w.t.After(to) && w.proven:
		f.InForce = Failed
		f.fail(CodeSealExpired, period)
	case w.t.After(to):
		f.InForce = Unknown
		f.unknown(CodeOutOfBoundsNoPOE, period)
	}
}

// sealToken checks the token over the maker's signature that version 5 allows.
func (r *run) sealToken(f *SealFact, s *ses.Seal) {
	if s.TimeStamp == nil {
		return
	}
	var said Fact
	p, ok := r.trustToken(&said, s.TimeStamp, s.Signature)
	switch {
	case ok && s.Created.After(p.at.Add(p.slack)):
		f.fail(CodeSealTimestamp, "the seal's date of creation lies after its time-stamp")
	case ok:
	case said.has(CodeTimestampInvalid):
		f.fail(CodeSealTimestamp, said.Findings[len(said.Findings)-1].Detail)
	default:
		f.Findings = append(f.Findings, said.Findings...)
		if f.Status != Failed {
			f.Status = Unknown
		}
	}
}

func (f *Fact) has(code Code) bool {
	for _, x := range f.Findings {
		if x.Code == code {
			return true
		}
	}
	return false
}

// oidSM2WithSM3Misprint stands in files of one library (facts/seal-formats.md 3).
var oidSM2WithSM3Misprint = asn1.ObjectIdentifier{1, 2, 156, 10197, 501}

// sesAlgorithm maps the identifiers in use for SM2 with SM3 to one.
func sesAlgorithm(alg cert.Algorithm) cert.Algorithm {
	for _, alias := range []asn1.ObjectIdentifier{gm.OIDSM2WithSM3, gm.OIDSM2Sign, oidSM2WithSM3Misprint} {
		if alg.OID.Equal(alias) {
			return cert.Algorithm{OID: gm.OIDSM2WithSM3}
		}
	}
	return alg
}

func isSM2(alg cert.Algorithm) bool { return alg.OID.Equal(gm.OIDSM2WithSM3) }
