// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

// judgeSigner validates the signer's certificate at the check time, and holds
// the claimed time to its validity. It returns the path, if one was built.
func (r *run) judgeSigner(s *Stamp, c claim, w when) (path []*cert.Certificate) {
	f := &s.Signer
	if c.signer == nil {
		if f.Status == "" {
			f.unknown(CodeNoSigningCertificate, "")
		}
		return nil
	}
	f.Certificate = viewCertificate(c.signer)
	res := r.path(c.signer, r.anchors, w.t, signerUsage, chain.RevocationOff)
	f.Path = subjects(res.Path)
	if !c.claimed.IsZero() && !within(c.claimed, c.signer.NotBefore, c.signer.NotAfter) {
		code := CodeExpired
		if c.claimed.Before(c.signer.NotBefore) {
			code = CodeNotYetValid
		}
		f.fail(code, fmt.Sprintf("claimed signing time %s, certificate %s to %s",
			stampTime(c.claimed), stampTime(c.signer.NotBefore), stampTime(c.signer.NotAfter)))
		return res.Path
	}
	if res.Code == chain.Expired && !w.proven && !c.claimed.IsZero() {
		// Out of validity now, and nobody proves that the stamp is older.
		if then := r.path(c.signer, r.anchors, c.claimed, signerUsage, chain.RevocationOff); then.Code != chain.OK {
			res = then
		} else {
			f.unknown(CodeOutOfBoundsNoPOE, res.Detail)
			return nil
		}
	}
	r.recordPath(&f.Fact, res, CodeNoChain)
	return res.Path
}

// recordPath turns the outcome of a validation without revocation into
// findings. What cannot be decided for want of material is unknown; what
// breaks a rule is failed.
func (r *run) recordPath(f *Fact, res *chain.Result, noPath Code) {
	switch res.Code {
	case chain.OK:
		for _, c := range res.Path {
			for _, what := range c.Tolerated {
				f.note(CodeTolerated, fmt.Sprintf("certificate %s: %s", serialHex(c.Serial), what))
			}
		}
	case chain.NoPath:
		f.unknown(noPath, res.Detail)
	case chain.BadSignature:
		f.unknown(CodeChainGeneral, res.Detail)
	case chain.Expired:
		f.fail(CodeExpired, res.Detail)
	case chain.NotYetValid:
		f.fail(CodeNotYetValid, res.Detail)
	case chain.WrongUsage:
		f.fail(CodeUsage, res.Detail)
	case chain.Constraint:
		f.fail(CodeChainConstraints, res.Detail)
	case chain.PolicyFailure:
		f.unknown(CodePolicyProcessing, res.Detail)
	case chain.Unsupported:
		f.unknown(CodeCryptoConstraints, res.Detail)
	default:
		f.unknown(CodeChainGeneral, string(res.Code)+": "+res.Detail)
	}
}

func within(t, from, to time.Time) bool { return !t.Before(from) && !t.After(to) }

func stampTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// signerFrom parses a signer's certificate; a broken one is a finding.
func (f *SignerFact) signerFrom(der []byte) *cert.Certificate {
	c, err := cert.Parse(der)
	if err != nil {
		f.unknown(CodeNoSigningCertificate, err.Error())
		return nil
	}
	return c
}
