// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/ses"
)

// store appends a security store with what it takes to judge every signature
// and time-stamp: chains and revocation lists as they are now. It returns the
// subjects of those certificates for which nothing could be had.
func (x *extending) store(ctx context.Context) (missing []string, err error) {
	var m pdf.DSS
	for _, leaf := range x.leaves(&m) {
		chain, crls, err := x.s.cfg.Authority.Evidence(ctx, leaf)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			c, parseErr := cert.Parse(leaf)
			if parseErr != nil {
				return nil, refuse(ReasonBroken, "a certificate in a signature cannot be read")
			}
			missing = append(missing, c.Subject.String())
			continue
		}
		m.Certs, m.CRLs = union(m.Certs, chain), union(m.CRLs, crls)
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

// leaves are the certificates that somebody will have to judge: of signers,
// seal makers and time-stamp authorities. What the signatures carry goes into
// the store as well.
func (x *extending) leaves(m *pdf.DSS) (out [][]byte) {
	take := func(leaf []byte, carried [][]byte) {
		if leaf != nil {
			out = union(out, [][]byte{leaf})
			m.Certs = union(m.Certs, [][]byte{leaf})
		}
		m.Certs = union(m.Certs, carried)
	}
	for i := range x.sigs {
		r, err := readContents(&x.sigs[i])
		if err != nil {
			continue // sound has looked at all but time-stamps, which may prove nothing
		}
		take(r.signer, r.carried)
		take(r.maker, nil)
		if r.token != nil {
			if sd, err := cms.Parse(r.token); err == nil && len(sd.Signers) == 1 {
				take(sd.Certificate(&sd.Signers[0]), sd.Certificates)
			}
		}
	}
	return out
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
