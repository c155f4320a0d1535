// SPDX-License-Identifier: Apache-2.0

package cms

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
)

var (
	tag0 = cbasn1.Tag(0).Constructed().ContextSpecific()
	tag1 = cbasn1.Tag(1).Constructed().ContextSpecific()
)

// Parse reads a DER (or bounded BER) ContentInfo with nothing behind it. Zero
// padding, as PDF Contents carry it, must be cut by the caller; see Trim.
func Parse(raw []byte) (*SignedData, error) {
	if len(raw) > MaxSize {
		return nil, bad("ContentInfo", "longer than %d octets", MaxSize)
	}
	der, changed, err := definite(raw)
	if err != nil {
		return nil, err
	}
	d := &SignedData{Raw: raw}
	if changed {
		d.Tolerated = append(d.Tolerated, "BER indefinite lengths in SignedData")
	}
	in := cryptobyte.String(der)
	var info, content cryptobyte.String
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, bad("ContentInfo", "not one DER SEQUENCE")
	}
	if !info.ReadASN1ObjectIdentifier(&d.ContentType) || !info.ReadASN1(&content, tag0) || !info.Empty() {
		return nil, bad("ContentInfo", "not contentType and [0] content")
	}
	if !d.ContentType.Equal(OIDSignedData) && !d.ContentType.Equal(OIDGBSignedData) {
		return nil, bad("ContentInfo.contentType", "%v is not signedData", d.ContentType)
	}
	return d, d.parseSignedData(content)
}

func (d *SignedData) parseSignedData(content cryptobyte.String) error {
	var body, encap, signers cryptobyte.String
	var version int
	if !content.ReadASN1(&body, cbasn1.SEQUENCE) || !content.Empty() {
		return bad("SignedData", "not one SEQUENCE")
	}
	if !body.ReadASN1Integer(&version) || version < 1 || version > 5 {
		return bad("SignedData.version", "not 1 to 5")
	}
	if err := d.readDigests(&body); err != nil {
		return err
	}
	if !body.ReadASN1(&encap, cbasn1.SEQUENCE) {
		return bad("SignedData.encapContentInfo", "not a SEQUENCE")
	}
	if err := d.parseContent(encap); err != nil {
		return err
	}
	var err error
	if d.Certificates, err = readSet(&body, tag0, maxCerts, "SignedData.certificates"); err != nil {
		return err
	}
	if d.CRLs, err = readSet(&body, tag1, maxCRLs, "SignedData.crls"); err != nil {
		return err
	}
	if !body.ReadASN1(&signers, cbasn1.SET) || !body.Empty() {
		return bad("SignedData.signerInfos", "not a SET at the end")
	}
	for !signers.Empty() {
		s, err := readSigner(&signers, d)
		if err != nil {
			return err
		}
		if d.Signers = append(d.Signers, s); len(d.Signers) > maxSigners {
			return bad("SignedData.signerInfos", "more than %d", maxSigners)
		}
	}
	return nil
}

func (d *SignedData) readDigests(body *cryptobyte.String) error {
	var algs cryptobyte.String
	if !body.ReadASN1(&algs, cbasn1.SET) {
		return bad("SignedData.digestAlgorithms", "not a SET")
	}
	for !algs.Empty() {
		alg, err := readAlgorithm(&algs, "SignedData.digestAlgorithms")
		if err != nil {
			return err
		}
		if d.Digests = append(d.Digests, alg.OID); len(d.Digests) > maxSigners {
			return bad("SignedData.digestAlgorithms", "more than %d", maxSigners)
		}
	}
	return nil
}

func (d *SignedData) parseContent(encap cryptobyte.String) error {
	var explicit, content cryptobyte.String
	var present bool
	if !encap.ReadASN1ObjectIdentifier(&d.EContentType) ||
		!encap.ReadOptionalASN1(&explicit, &present, tag0) || !encap.Empty() {
		return bad("encapContentInfo", "not eContentType and optional [0]")
	}
	d.Detached = !present
	if !present {
		return nil
	}
	if !explicit.ReadASN1(&content, cbasn1.OCTET_STRING) || !explicit.Empty() {
		return bad("encapContentInfo.eContent", "not one OCTET STRING")
	}
	d.EContent = append([]byte{}, content...)
	return nil
}

// readSet reads an optional IMPLICIT SET OF and returns its elements raw.
func readSet(in *cryptobyte.String, tag cbasn1.Tag, most int, part string) ([][]byte, error) {
	var set cryptobyte.String
	var present bool
	if !in.ReadOptionalASN1(&set, &present, tag) {
		return nil, bad(part, "malformed")
	}
	var all [][]byte
	for !set.Empty() {
		var one cryptobyte.String
		var tag cbasn1.Tag
		if !set.ReadAnyASN1Element(&one, &tag) {
			return nil, bad(part, "malformed element")
		}
		if tag != cbasn1.SEQUENCE {
			continue // attribute and other certificates, other revocation formats: not understood, not used
		}
		if all = append(all, one); len(all) > most {
			return nil, bad(part, "more than %d", most)
		}
	}
	return all, nil
}

func readAlgorithm(in *cryptobyte.String, part string) (cert.Algorithm, error) {
	var seq cryptobyte.String
	var alg cert.Algorithm
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&alg.OID) {
		return alg, bad(part, "not an AlgorithmIdentifier")
	}
	if seq.Empty() {
		return alg, nil
	}
	var params cryptobyte.String
	var tag cbasn1.Tag
	if !seq.ReadAnyASN1Element(&params, &tag) || !seq.Empty() {
		return alg, bad(part, "parameters malformed")
	}
	alg.Parameters = params
	return alg, nil
}
