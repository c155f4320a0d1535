// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/asn1"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

type oid = asn1.ObjectIdentifier

// Each story has one seal with a fault, and its signature.
func TestSealStories(t *testing.T) {
	h := newHouse(t)
	otherRoot := h.Issue(t, testpki.Spec{Label: "maker root", SelfSigned: true, CA: true})
	otherCRL := h.IssueCRL(t, testpki.CRLSpec{Issuer: otherRoot})
	otherMaker := h.Issue(t, testpki.Spec{Label: "other maker", Issuer: otherRoot})
	shortMaker := h.Issue(t, testpki.Spec{Label: "short maker", ExtKeyUsage: []oid{cert.DefaultArc.SealMaker()}, NotAfter: now.Add(day)})
	oldMaker := h.Issue(t, testpki.Spec{Label: "old maker", ExtKeyUsage: []oid{cert.DefaultArc.SealMaker()}, NotAfter: now.AddDate(0, -2, 0)})
	caSigner := h.Issue(t, testpki.Spec{Label: "ca signer", Issuer: h.Root, CA: true, Extensions: []cert.Extension{cert.ExtCreditCode(planning)}})
	encipher := h.Issue(t, testpki.Spec{Label: "encipher", KeyUsage: cert.KeyEncipherment, Extensions: []cert.Extension{cert.ExtCreditCode(planning)}})
	change := func(f func(*ses.SealTemplate)) sealSpec { return sealSpec{template: f} }
	crl := func(entries ...cert.Revoked) func(*verify.Policy) {
		return func(p *verify.Policy) {
			p.CRLs = [][]byte{h.IssueCRL(t, testpki.CRLSpec{ThisUpdate: p.Time.Add(-time.Minute), Revoked: entries})}
		}
	}
	for name, c := range map[string]struct {
		spec   stampSpec
		policy func(*verify.Policy)
		want   verify.Verdict
		codes  []verify.Code
	}{
		"a seal signed by a department instead of a maker": {
			spec: stampSpec{sealSpec: sealSpec{maker: h.Department}},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealMakerUntrusted},
		},
		"a maker under an unknown root": {
			spec: stampSpec{sealSpec: sealSpec{maker: otherMaker}},
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeSealMakerUntrusted},
		},
		"a maker under an anchor named for makers": {
			spec:   stampSpec{sealSpec: sealSpec{maker: otherMaker}},
			policy: func(p *verify.Policy) { p.MakerAnchors = [][]byte{otherRoot.DER}; p.CRLs = [][]byte{otherCRL} },
			want:   verify.Valid,
		},
		"an anchor for makers does not vouch for signers": {
			spec: stampSpec{},
			policy: func(p *verify.Policy) {
				p.MakerAnchors, p.Anchors = p.Anchors, [][]byte{otherRoot.DER}
			},
			want:  verify.Indeterminate,
			codes: []verify.Code{verify.CodeNoChain, verify.CodeNoPOE, verify.CodeRevocationUnknown, verify.CodeTimestampUntrusted},
		},
		"the maker's certificate expired since": {
			spec:   stampSpec{sealSpec: sealSpec{maker: shortMaker}, noToken: true},
			policy: func(p *verify.Policy) { p.Time = now.Add(3 * day) },
			want:   verify.Valid,
		},
		"the maker's certificate expired since, by GB/T 38540 to the letter": {
			spec:   stampSpec{sealSpec: sealSpec{maker: shortMaker}, noToken: true, claimed: now.Add(2 * day)},
			policy: func(p *verify.Policy) { p.Time, p.Name = now.Add(3*day), verify.PolicyStrict38540 },
			want:   verify.Invalid, codes: []verify.Code{verify.CodeSealMakerExpired},
		},
		"the maker ceased after it made the seal, by GB/T 38540 to the letter": {
			spec: stampSpec{},
			policy: func(p *verify.Policy) {
				crl(testpki.Revoke(h.SealMaker, now.AddDate(0, 0, -3), 5))(p)
				p.Name = verify.PolicyStrict38540
			},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealMakerRevoked},
		},
		"the maker's certificate had expired before": {
			spec: stampSpec{sealSpec: sealSpec{maker: oldMaker}},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealMakerAtCreation, verify.CodeSealMakerUntrusted},
		},
		"the maker was revoked before it made the seal": {
			spec: stampSpec{}, policy: crl(testpki.Revoke(h.SealMaker, now.AddDate(0, -2, 0), 4)),
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealMakerRevoked},
		},
		"the maker ceased after it made the seal": {
			spec: stampSpec{}, policy: crl(testpki.Revoke(h.SealMaker, now.AddDate(0, 0, -3), 5)), want: verify.Valid,
		},
		"the maker's key was lost after it made the seal": {
			spec: stampSpec{}, policy: crl(testpki.Revoke(h.SealMaker, now.AddDate(0, 0, -3), 1)),
			want: verify.Indeterminate, codes: []verify.Code{verify.CodeSealMakerRevoked},
		},
		"signer not in the seal's list": {
			spec: stampSpec{signer: h.Department},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSignerNotInList},
		},
		"the list holds digests": {
			spec: stampSpec{sealSpec: change(func(s *ses.SealTemplate) { s.ListDigests = true })}, want: verify.Valid,
		},
		"seal expired when used": {
			spec: stampSpec{sealSpec: change(func(s *ses.SealTemplate) { s.ValidTo = now.Add(-day) })},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealExpired},
		},
		"seal not yet in force when used": {
			spec: stampSpec{sealSpec: change(func(s *ses.SealTemplate) { s.ValidFrom = now.Add(day) })},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealNotYetValid},
		},
		"seal expired since, only claimed": {
			spec:   stampSpec{noToken: true, sealSpec: change(func(s *ses.SealTemplate) { s.ValidTo = now.Add(day) })},
			policy: func(p *verify.Policy) { p.Time = now.Add(2 * day) },
			want:   verify.Indeterminate, codes: []verify.Code{verify.CodeNoPOE, verify.CodeOutOfBoundsNoPOE},
		},
		"seal expired since, proven": {
			spec:   stampSpec{sealSpec: change(func(s *ses.SealTemplate) { s.ValidTo = now.Add(day) })},
			policy: func(p *verify.Policy) { p.Time = now.Add(2 * day) },
			want:   verify.Valid,
		},
		"seal expired, token made later, backdated": {
			spec: stampSpec{claimed: now.Add(-3 * day), sealSpec: change(func(s *ses.SealTemplate) { s.ValidTo = now.Add(-day) })},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealExpired},
		},
		"a CA certificate as signer": {
			spec: stampSpec{sealSpec: sealSpec{owner: caSigner}},
			want: verify.Invalid, codes: []verify.Code{verify.CodeUsage, verify.CodeRevocationUnknown},
		},
		"a certificate for encryption as signer": {
			spec: stampSpec{sealSpec: sealSpec{owner: encipher}},
			want: verify.Invalid, codes: []verify.Code{verify.CodeUsage, verify.CodeRevocationUnknown},
		},
		"version 5": {
			spec: stampSpec{sealSpec: change(func(s *ses.SealTemplate) { s.Version = 5 })}, want: verify.Valid,
		},
		"version 5 with a time-stamp": {
			spec: stampSpec{sealSpec: sealSpec{template: func(s *ses.SealTemplate) { s.Version = 5 }, stamp: func(sig []byte) []byte { return h.stampTime(nil, sig) }}},
			want: verify.Valid,
		},
		"version 5 with a broken time-stamp": {
			spec: stampSpec{sealSpec: sealSpec{template: func(s *ses.SealTemplate) { s.Version = 5 }, stamp: func([]byte) []byte { return []byte{1, 2, 3} }}},
			want: verify.Invalid, codes: []verify.Code{verify.CodeSealTimestamp},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := h.stamped(file(planning), c.spec)
			if c.spec.signer == h.Department {
				f.Decision.Departments[0].Name = "示例市行政审批局"
			}
			p := h.policy()
			if c.policy != nil {
				c.policy(&p)
			}
			want(t, examine(t, document(encode(t, f)), p), c.want, c.codes...)
		})
	}
}

func TestSealDataChanged(t *testing.T) {
	h := newHouse(t)
	seal := h.seal(sealSpec{})
	f := h.stamped(file(planning), stampSpec{seal: testpki.Replace(t, seal, []byte("示例市行政审批局"), []byte("示例市行政审批站"))})
	// The name stands in the signer's listed certificate too, so both break.
	r := examine(t, document(encode(t, f)), h.policy())
	if r.Verdict != verify.Invalid {
		t.Errorf("verdict %s", r.Verdict)
	}
	var found bool
	for _, c := range r.Codes() {
		found = found || c == verify.CodeSealMakerSignature
	}
	if !found {
		t.Errorf("codes %v", r.Codes())
	}
}
