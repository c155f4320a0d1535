// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

// judgeRevocation asks whether the signer's and the maker's certificates, and
// those above them, were revoked at the check time.
func (r *run) judgeRevocation(s *Stamp, c claim, w when) {
	f := &s.Revocation
	if c.signer != nil {
		r.signerRevocation(f, c, w)
	} else if s.Signer.Status != NotApplicable {
		f.unknown(CodeRevocationUnknown, "the signer's certificate is not at hand")
	}
	if c.seal != nil {
		r.makerRevocation(f, c, w)
	}
}

func (r *run) signerRevocation(f *RevocationFact, c claim, w when) {
	at := w.t
	if !w.proven && !c.claimed.IsZero() && at.After(c.signer.NotAfter) && within(c.claimed, c.signer.NotBefore, c.signer.NotAfter) {
		at = c.claimed // out of bounds now, said so by the signer's fact
	}
	res := r.path(c.signer, r.anchors, at, signerUsage, chain.RevocationRequired)
	f.answers("signer", res)
	known := w.proven || at.Equal(c.claimed)
	switch res.Code {
	case chain.OK:
	case chain.Revoked, chain.OnHold, chain.RevokedCA:
		r.recordRevoked(f, res, c.claimed, known)
	case chain.NoRevocationInfo:
		f.unknown(CodeRevocationUnknown, res.Detail)
	case chain.StaleRevocation:
		f.unknown(CodeTryLater, res.Detail)
	default: // there is no sound path whose revocation could be judged
		f.unknown(CodeRevocationUnknown, "no valid path: "+res.Detail)
	}
}

// recordRevoked: a revocation at the check time counts if that time is proven,
// or if even the time claimed lies behind it. Else the stamp may be older, or
// may be backdated: nobody knows.
func (r *run) recordRevoked(f *RevocationFact, res *chain.Result, claimed time.Time, known bool) {
	date := revokedAt(res)
	byOwnClaim := !claimed.IsZero() && !date.IsZero() && !claimed.Before(date)
	codes := map[chain.Code][2]Code{
		chain.Revoked:   {CodeRevoked, CodeRevokedNoPOE},
		chain.RevokedCA: {CodeRevokedCA, CodeRevokedCANoPOE},
		chain.OnHold:    {CodeSealSuspended, CodeSuspendedNoPOE},
	}[res.Code]
	if known || byOwnClaim {
		f.fail(codes[0], res.Detail)
		return
	}
	f.unknown(codes[1], res.Detail)
}

func revokedAt(res *chain.Result) time.Time {
	for _, c := range res.Checks {
		if c.Status == chain.Revoked || c.Status == chain.RevokedCA || c.Status == chain.OnHold {
			return c.RevokedAt
		}
	}
	return time.Time{}
}

// Reasons after which what was made before stays good: affiliationChanged,
// superseded, cessationOfOperation (RFC 5280 5.3.1).
var harmlessReasons = []int{3, 4, 5}

// makerRevocation: a revoked maker's seals made before stay good only when the
// key was given up without harm, since a seal's date of creation is claimed by
// the maker alone.
func (r *run) makerRevocation(f *RevocationFact, c claim, w when) {
	maker, err := cert.Parse(c.seal.MakerCert)
	if err != nil {
		return // said by the seal's fact
	}
	at := w.t
	if at.After(maker.NotAfter) && within(c.seal.Created, maker.NotBefore, maker.NotAfter) {
		at = c.seal.Created
	}
	anchors, usage := r.makerTrust(maker, at)
	if anchors == nil {
		return // untrusted, said by the seal's fact
	}
	res := r.path(maker, anchors, at, usage, chain.RevocationRequired)
	f.answers("maker", res)
	switch res.Code {
	case chain.OK:
	case chain.Revoked, chain.OnHold, chain.RevokedCA:
		date := revokedAt(res)
		switch {
		case !date.IsZero() && !c.seal.Created.Before(date):
			f.fail(CodeSealMakerRevoked, "the seal was made after it: "+res.Detail)
		case r.policy.Name == PolicyStrict38540:
			f.fail(CodeSealMakerRevoked, res.Detail)
		case res.Code == chain.Revoked && slices.Contains(harmlessReasons, leafReason(res)):
			f.note(CodeSealMakerRevoked, "the seal was made before it: "+res.Detail)
		default:
			f.unknown(CodeSealMakerRevoked, res.Detail)
		}
	case chain.NoRevocationInfo:
		f.unknown(CodeRevocationUnknown, "seal maker: "+res.Detail)
	case chain.StaleRevocation:
		f.unknown(CodeTryLater, "seal maker: "+res.Detail)
	default:
		f.unknown(CodeRevocationUnknown, "seal maker: "+res.Detail)
	}
}

func leafReason(res *chain.Result) int {
	if len(res.Checks) > 0 {
		return res.Checks[0].Reason
	}
	return 0
}

// answers lists what the checks of a path used.
func (f *RevocationFact) answers(role string, res *chain.Result) {
	names := map[chain.Code]string{
		chain.OK: "good", chain.Revoked: "revoked", chain.RevokedCA: "revoked",
		chain.OnHold: "on-hold", chain.StaleRevocation: "stale",
	}
	for _, c := range res.Checks {
		result, ok := names[c.Status]
		if !ok {
			result = "unknown"
		}
		f.Answers = append(f.Answers, RevocationAnswer{
			Subject: c.Certificate.Subject.String(), Serial: serialHex(c.Certificate.Serial), Role: role,
			Result: result, By: c.By, Number: c.Number, Reason: c.Reason,
			ThisUpdate: moment(c.ThisUpdate), NextUpdate: moment(c.NextUpdate), RevokedAt: moment(c.RevokedAt),
		})
	}
	if res.Code == chain.OK && len(res.Checks) == 0 && len(res.Path) <= 1 {
		f.note(CodeAnchorItself, fmt.Sprintf("%s is trusted by itself", role))
	}
}
