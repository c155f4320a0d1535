// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"fmt"
	"time"

	"github.com/govseal/govseal/ledger"
)

// change is the proposal as a recorded step.
func (p Proposal) change(rec Seal, second string, at time.Time) Change {
	st := Step{
		ESID: p.ESID, Act: p.Act, To: rules[p.Act].to, Actor: p.By, Second: second, Reason: p.Reason, Reference: p.Reference,
		At: at, Effective: p.Effective,
	}
	if st.To == "" {
		st.To = rec.State
	}
	if second != "" {
		st.Approved = p.Digest()
	}
	return Change{Step: st, From: rules[p.Act].from, Steps: rec.Steps, Event: st.event(rec)}
}

// event is what leaf and audit entry say of a step.
func (st Step) event(rec Seal) ledger.Event {
	after := map[string]any{"state": st.To, "second": st.Second, "reference": st.Reference}
	facts := []ledger.Fact{
		text(FactSeal, st.ESID), text(FactCertificate, rec.CertSerial), text(FactAct, string(st.Act)),
		text(FactState, string(st.To)), text(FactReason, st.Reason), instant(st.At),
	}
	if !st.Effective.IsZero() {
		after["effective"] = st.Effective.UTC().Format(time.RFC3339)
		facts = append(facts, text(FactEffective, st.Effective.UTC().Format(time.RFC3339)))
	}
	if st.Second != "" {
		facts = append(facts, digest(FactApproved, st.Approved))
	}
	switch st.Act {
	case ActFile:
		facts = append(facts, text(FactFiling, st.Reference))
	case ActSupersede:
		facts = append(facts, text(FactSuccessor, st.Reference))
	}
	return ledger.Event{
		Kind: "seal-state", Time: st.At, Actor: st.Actor, Act: "seal." + string(st.Act), Object: st.ESID, Reason: st.Reason,
		Before: private(map[string]any{"state": rec.State}), After: private(after), Facts: facts,
	}
}

func (p Proposal) event() ledger.Event {
	d := p.Digest()
	return ledger.Event{
		Kind: "seal-state", Time: p.At, Actor: p.By, Act: "seal.propose-" + string(p.Act), Object: p.ESID, Reason: p.Reason,
		After: private(map[string]any{"act": p.Act, "digest": fmt.Sprintf("%x", d), "effective": stampText(p.Effective), "reference": p.Reference}),
		Facts: []ledger.Fact{text(FactSeal, p.ESID), text(FactAct, "propose-"+string(p.Act)), digest(FactApproved, d), instant(p.At)},
	}
}
