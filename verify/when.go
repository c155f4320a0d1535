// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/tsp"
)

// when is the check time T: what certificates and seal are judged at.
type when struct {
	t      time.Time
	proven bool // by a trusted token or checkpoint, or taken as claimed by policy
	proof  poe  // zero when nothing proves it
}

// when settles the check time: the earliest time proven by a trusted
// time-stamp authority or checkpoint, else the time of verification. The
// claimed time never helps; it must not lie after T.
func (r *run) when(s *Stamp, c claim) when {
	f := &s.Time
	f.Claimed = moment(c.claimed)
	s.Level = levelB
	proofs := slices.Clone(c.later)
	if c.token != nil {
		if p, ok := r.trustToken(&f.Fact, c.token, c.value); ok {
			proofs = append(proofs, p)
		}
	}
	if p, ok := r.judgeLedger(s); ok {
		proofs = append(proofs, p)
	}
	w := when{t: r.now}
	f.By = "now"
	for _, p := range proofs {
		if latest := p.at.Add(p.slack); !w.proven || latest.Before(w.t) {
			w = when{t: latest, proven: true, proof: p}
			f.By, f.Authority, f.Proven = p.by, p.authority, moment(p.at)
			s.Level = levelT
		}
	}
	switch {
	case w.proven:
		f.note(CodeTimeProven, f.Authority)
	case r.policy.Name != PolicyDefault && !c.claimed.IsZero() && !c.claimed.After(r.now):
		w, f.By = when{t: c.claimed, proven: true}, "claim"
		f.note(CodeTimeByClaim, "")
	default:
		f.unknown(CodeNoPOE, "")
	}
	f.CheckTime = w.t.UTC()
	if c.claimed.IsZero() && s.Form != formSeal {
		f.note(CodeNoClaimedTime, "")
	} else if c.claimed.After(w.t) {
		f.fail(CodeTimeOrder, fmt.Sprintf("claimed %s, check time %s", stampTime(c.claimed), stampTime(w.t)))
	}
	return w
}

// trustToken reports whether a time-stamp token over stamped comes from an
// authority trusted under the anchors. A token that does not is a remark: it
// is not signed by the stamp's signer, so it can help but not harm.
func (r *run) trustToken(f *Fact, der, stamped []byte) (p poe, ok bool) {
	return r.trustTokenOver(f, der, func(t *tsp.Token) ([]byte, error) { return t.Verify(stamped, r.pool.ders()) })
}

// trustTokenOver is trustToken with a check of its own of what was stamped.
func (r *run) trustTokenOver(f *Fact, der []byte, check func(*tsp.Token) (certDER []byte, err error)) (p poe, ok bool) {
	token, err := tsp.ParseToken(der)
	if err != nil {
		f.unknown(CodeTimestampInvalid, err.Error())
		return p, false
	}
	r.pool.add(token.CMS.Certificates, token.CMS.CRLs)
	certDER, err := check(token)
	if err != nil {
		f.unknown(CodeTimestampInvalid, err.Error())
		return p, false
	}
	authority, err := cert.Parse(certDER)
	if err == nil {
		err = tsp.CheckCertificate(authority)
	}
	if err != nil {
		f.unknown(CodeTimestampInvalid, err.Error())
		return p, false
	}
	if token.Info.Time.After(r.now.Add(token.Info.Accuracy)) {
		f.unknown(CodeTimestampInvalid, "the token is from the future: "+stampTime(token.Info.Time))
		return p, false
	}
	if !r.trustAuthority(f, authority, token.Info.Time) {
		return p, false
	}
	return poe{
		at: token.Info.Time, slack: min(token.Info.Accuracy, time.Minute),
		by: "tsa", authority: authority.Subject.String(), certificate: authority,
	}, true
}

// trustAuthority validates a time-stamp authority at the time its token names,
// and then asks whether its key has been given away since: after that, every
// token of it may be made up (RFC 3161 4).
func (r *run) trustAuthority(f *Fact, authority *cert.Certificate, at time.Time) bool {
	usage := chain.Usage{ExtKeyUsage: cert.OIDTimeStamping, KeyUsage: cert.DigitalSignature | cert.NonRepudiation, EndEntity: true}
	mode := chain.RevocationRequired
	if r.policy.Revocation == RevocationOptional {
		mode = chain.RevocationOptional
	}
	if res := r.path(authority, r.anchors, at, usage, mode); res.Code != chain.OK {
		f.unknown(CodeTimestampUntrusted, fmt.Sprintf("%s: %s", res.Code, res.Detail))
		return false
	}
	today := r.now
	if today.After(authority.NotAfter) {
		f.note(CodeTimestampExpired, stampTime(authority.NotAfter))
		today = authority.NotAfter
	}
	res := r.path(authority, r.anchors, today, usage, chain.RevocationOptional)
	switch res.Code {
	case chain.Revoked:
		if slices.Contains(harmlessReasons, leafReason(res)) {
			return true
		}
		f.unknown(CodeTimestampUntrusted, "revoked since: "+res.Detail)
		return false
	case chain.RevokedCA:
		f.unknown(CodeTimestampUntrusted, "its issuer is revoked since: "+res.Detail)
		return false
	}
	return true
}
