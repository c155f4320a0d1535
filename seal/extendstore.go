// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"slices"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/ses"
)

// store appends a security store with what it takes to judge every signature
// and time-stamp: chains, revocation lists and OCSP answers as they are now. It returns the
// subjects of those certificates for which nothing could be had.
func (x *extending) store(ctx context.Context) (missing []string, err error) {
	var m pdf.DSS
	for i := range x.sigs {
		leaves, carried := leavesOf(&x.sigs[i])
		if len(leaves) == 0 {
			continue // sound has looked at all but time-stamps, which may prove nothing
		}
		need := pdf.VRI{Contents: x.sigs[i].Contents, Certs: carried}
		for _, leaf := range leaves {
			without, err := x.evidence(ctx, leaf, &need)
			if err != nil {
				return nil, err
			}
			if without != "" && !slices.Contains(missing, without) {
				missing = append(missing, without)
			}
		}
		m.For = append(m.For, need)
	}
	update, err := x.doc.AppendDSS(ctx, m)
	if err != nil {
		return nil, refusedPDF(err)
	}
	if update == nil {
		return missing, nil
	}
	return missing, x.append(update)
}

// evidence adds what a certificate needs, or names it when that cannot be had:
// from our authority, else from what the caller supplied.
func (x *extending) evidence(ctx context.Context, leaf []byte, need *pdf.VRI) (without string, err error) {
	chain, crls, err := x.s.cfg.Authority.Evidence(ctx, leaf)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		c, err := cert.Parse(leaf)
		if err != nil {
			return "", refuse(ReasonBroken, "a certificate in a signature cannot be read")
		}
		if x.supply.add(c, need) {
			return "", nil
		}
		return c.Subject.String(), nil
	}
	need.Certs, need.CRLs = union(need.Certs, chain), union(need.CRLs, crls)
	need.OCSPs = union(need.OCSPs, x.answers(ctx, leaf, chain))
	return "", ctx.Err()
}

// leavesOf are the certificates that somebody will have to judge for a
// signature: of its signer, seal maker and time-stamp authority. What the
// signature carries beside them goes into the store as well.
func leavesOf(sig *pdf.Signature) (leaves, carried [][]byte) {
	take := func(leaf []byte, more [][]byte) {
		if leaf != nil {
			leaves = union(leaves, [][]byte{leaf})
			carried = union(carried, [][]byte{leaf})
		}
		carried = union(carried, more)
	}
	r, err := readContents(sig)
	if err != nil {
		return nil, nil
	}
	take(r.signer, r.carried)
	take(r.maker, nil)
	if r.token != nil {
		if sd, err := cms.Parse(r.token); err == nil && len(sd.Signers) == 1 {
			take(sd.Certificate(&sd.Signers[0]), sd.Certificates)
		}
	}
	return leaves, carried
}

// contents is what an extension needs to know of a signature.
type contents struct {
	signer, maker []byte // certificates, nil for none
	carried       [][]byte
	token         []byte
	cms           *cms.SignedData // or
	ses           *ses.Signature
}

func readContents(sig *pdf.Signature) (r contents, err error) {
	der, err := cms.Trim(sig.Contents)
	if err != nil {
		return r, err
	}
	if sig.SubFilter == "GM.sm2seal" {
		if r.ses, err = ses.ParseSignature(der); err != nil {
			return r, err
		}
		r.signer, r.maker, r.token = r.ses.Cert, r.ses.Seal.MakerCert, r.ses.TimeStamp
		return r, nil
	}
	if r.cms, err = cms.Parse(der); err != nil {
		return r, err
	}
	if len(r.cms.Signers) != 1 {
		return r, refuse(ReasonBroken, "%d signers instead of one", len(r.cms.Signers))
	}
	si := &r.cms.Signers[0]
	r.signer, r.carried = r.cms.Certificate(si), r.cms.Certificates
	r.maker = makerOf(si)
	r.token, _, err = cms.Find(si.Unsigned, cms.OIDTimeStampToken)
	return r, err
}

// makerOf is the seal maker's certificate, from the seal that a signed
// attribute holds under whatever arc it was made.
func makerOf(si *cms.SignerInfo) []byte {
	for _, a := range si.Signed {
		if len(a.Values) != 1 || len(a.Values[0]) < 256 || a.Type.Equal(cms.OIDRevocationInfo) {
			continue
		}
		if seal, err := ses.ParseSeal(a.Values[0]); err == nil {
			return seal.MakerCert
		}
	}
	return nil
}

// timeToken is the signature's own time-stamp token, or nil.
func timeToken(sig *pdf.Signature) []byte {
	r, err := readContents(sig)
	if err != nil {
		return nil
	}
	return r.token
}
