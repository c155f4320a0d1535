// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

func parseStamp(t testing.TB, raw []byte) *ses.Signature {
	t.Helper()
	s, err := ses.ParseSignature(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func evidenceJSON(t testing.TB, e *decision.Evidence) []byte {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// The stories of the check time T (design.md 6). Certificates are in force
// from 2025-09 to 2027-09, the stamp is of 2026-03-02.
func TestCheckTime(t *testing.T) {
	h := newHouse(t)
	revokedLater := cert.Revoked{Serial: h.Seal.Cert.Serial, Date: now.Add(10 * day), Reason: 4}
	revokedBefore := cert.Revoked{Serial: h.Seal.Cert.Serial, Date: now.Add(-10 * day), Reason: 4}
	compromised := cert.Revoked{Serial: h.Seal.Cert.Serial, Date: now.Add(10 * day), Reason: 1, Invalidity: now.Add(-5 * day)}
	held := cert.Revoked{Serial: h.Seal.Cert.Serial, Date: now.Add(10 * day), Reason: 6}
	tsaCompromised := cert.Revoked{Serial: h.TSA.Cert.Serial, Date: now.Add(10 * day), Reason: 1}
	tsaCeased := cert.Revoked{Serial: h.TSA.Cert.Serial, Date: now.Add(10 * day), Reason: 5}
	tsaThen := cert.Revoked{Serial: h.TSA.Cert.Serial, Date: now.Add(-10 * day), Reason: 5}

	// at issues a fresh CRL for a later verification, and the policy with it.
	at := func(when time.Duration, entries ...cert.Revoked) verify.Policy {
		p := h.policy()
		p.Time = now.Add(when)
		p.CRLs = [][]byte{h.IssueCRL(t, testpki.CRLSpec{ThisUpdate: p.Time.Add(-time.Hour), NextUpdate: p.Time.Add(7 * day), Revoked: entries})}
		return p
	}
	gbt := func(p verify.Policy) verify.Policy { p.Name = verify.PolicyGBT38540; return p }
	noCRL := func(p verify.Policy) verify.Policy { p.CRLs = nil; return p }

	for name, c := range map[string]struct {
		spec   stampSpec
		policy verify.Policy
		want   verify.Verdict
		level  string
		codes  []verify.Code
	}{
		"proven, today":                   {stampSpec{}, h.policy(), verify.Valid, "T", nil},
		"token removed: level B, said so": {stampSpec{noToken: true}, h.policy(), verify.Valid, "B", []verify.Code{verify.CodeNoPOE}},
		"proven, revoked since: survives": {stampSpec{}, at(20*day, revokedLater), verify.Valid, "T", nil},
		"only claimed, revoked since": {stampSpec{noToken: true}, at(20*day, revokedLater), verify.Indeterminate, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeRevokedNoPOE}},
		"proven after the revocation": {stampSpec{}, at(time.Hour, revokedBefore), verify.Invalid, "T", []verify.Code{verify.CodeRevoked}},
		"backdated after revocation, no token": {stampSpec{noToken: true, claimed: now.Add(-20 * day)}, at(time.Hour, revokedBefore), verify.Indeterminate, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeRevokedNoPOE}},
		"backdated after revocation, with a fresh token": {stampSpec{claimed: now.Add(-20 * day)}, at(time.Hour, revokedBefore), verify.Invalid, "T",
			[]verify.Code{verify.CodeRevoked}},
		"claimed after the revocation": {stampSpec{noToken: true}, at(time.Hour, revokedBefore), verify.Invalid, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeRevoked}},
		"proven, but the key was lost before": {stampSpec{}, at(20*day, compromised), verify.Invalid, "T", []verify.Code{verify.CodeRevoked}},
		"proven, suspended since":             {stampSpec{}, at(20*day, held), verify.Valid, "T", nil},
		"only claimed, suspended now": {stampSpec{noToken: true}, at(20*day, held), verify.Indeterminate, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeSuspendedNoPOE}},
		"proven, certificates expired since": {stampSpec{}, noCRL(at(2 * year)), verify.Valid, "T", nil},
		"only claimed, expired since": {stampSpec{noToken: true}, noCRL(at(2 * year)), verify.Indeterminate, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeOutOfBoundsNoPOE}},
		"only claimed, CRL out of date": {stampSpec{noToken: true}, noCRL(at(40 * day)), verify.Indeterminate, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeTryLater}},
		"claimed in the future": {stampSpec{noToken: true, claimed: now.Add(3 * day)}, h.policy(), verify.Invalid, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeTimeOrder}},
		"claimed after the token": {stampSpec{claimed: now.Add(time.Minute)}, h.policy(), verify.Invalid, "T", []verify.Code{verify.CodeTimeOrder}},
		"claimed before the certificate": {stampSpec{claimed: testpki.NotBefore.Add(-day),
			sealSpec: sealSpec{template: func(s *ses.SealTemplate) { s.ValidFrom = now.AddDate(-3, 0, 0) }}},
			h.policy(), verify.Invalid, "T", []verify.Code{verify.CodeNotYetValid}},
		"the TSA's key was lost since": {stampSpec{}, at(20*day, tsaCompromised), verify.Valid, "B",
			[]verify.Code{verify.CodeNoPOE, verify.CodeTimestampUntrusted}},
		"the TSA ceased since":          {stampSpec{}, at(20*day, tsaCeased), verify.Valid, "T", nil},
		"the TSA was revoked before":    {stampSpec{}, at(time.Hour, tsaThen), verify.Valid, "B", []verify.Code{verify.CodeNoPOE, verify.CodeTimestampUntrusted}},
		"GB/T 38540: judged as claimed": {stampSpec{noToken: true}, gbt(at(20*day, revokedLater)), verify.Valid, "B", nil},
		"GB/T 38540: a backdated stamp passes, which is why it is not the default": {stampSpec{noToken: true, claimed: now.Add(-20 * day)},
			gbt(at(time.Hour, revokedBefore)), verify.Valid, "B", nil},
		"GB/T 38540: a token still counts": {stampSpec{}, gbt(at(time.Hour, revokedBefore)), verify.Invalid, "T", []verify.Code{verify.CodeRevoked}},
	} {
		t.Run(name, func(t *testing.T) {
			f := h.stamped(file(planning), c.spec)
			r := examine(t, document(encode(t, f)), c.policy)
			want(t, r, c.want, c.codes...)
			if r.Stamps[0].Level != c.level {
				t.Errorf("level %s, want %s", r.Stamps[0].Level, c.level)
			}
		})
	}
}

func TestTokenOfAnotherStamp(t *testing.T) {
	h := newHouse(t)
	other := parseStamp(t, h.stamped(file(planning), stampSpec{}).Stamps[0])
	f := h.stamped(file(planning), stampSpec{token: other.TimeStamp})
	r := examine(t, document(encode(t, f)), h.policy())
	want(t, r, verify.Valid, verify.CodeNoPOE, verify.CodeTimestampInvalid)
	if r.Stamps[0].Level != "B" {
		t.Errorf("level %s", r.Stamps[0].Level)
	}
}

// A certificate of the same authority without the time-stamping office proves
// no time, and one with it under another root neither.
func TestTimeOfAnUntrustedAuthority(t *testing.T) {
	h := newHouse(t)
	root := h.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true})
	foreign := h.Issue(t, testpki.Spec{Label: "foreign tsa", Issuer: root, ExtKeyUsage: []oid{cert.OIDTimeStamping}, CriticalEKU: true})
	f := h.stamped(file(planning), stampSpec{tsa: h.authority(foreign)})
	r := examine(t, document(encode(t, f)), h.policy())
	want(t, r, verify.Valid, verify.CodeNoPOE, verify.CodeTimestampUntrusted)
	if r.Stamps[0].Level != "B" || r.Stamps[0].Time.Proven != nil {
		t.Errorf("time %+v", r.Stamps[0].Time)
	}
}
