// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// Names of the facts that a stamp's leaf commits to. Digests are 32 octets,
// everything else is UTF-8 text; times are RFC 3339 in UTC.
const (
	FactDocument    = "document"     // SM3 of what was handed in
	FactOutput      = "output"       // SM3 of what was given back
	FactSignature   = "signature"    // SM3 of the SES_Signature or CMS, DER
	FactRendered    = "rendered"     // SM3 of a decision's PDF; absent when there is none
	FactRenderedOFD = "rendered-ofd" // SM3 of the same paper as OFD; absent when there is none
	FactSeal        = "seal"         // esID
	FactCertificate = "certificate"  // serial number, hex
	FactDepartment  = "department"   // registry ID
	FactCode        = "code"         // verification code, one form
	FactTime        = "time"         // of the stamp, or of the act
	FactReason      = "reason"       // of a withdrawal or a change of state
	FactState       = "state"        // of a seal
	FactStamp       = "stamp"        // id
	FactSealDER     = "seal-sm3"     // SM3 of the SESeal
	FactAct         = "act"          // what was done to a seal or a draft
	FactApproved    = "approved"     // digest of what a second person approved
	FactEffective   = "effective"    // since when a loss or compromise counts
	FactPredecessor = "predecessor"  // esID of the seal that this one replaces
	FactSuccessor   = "successor"    // esID of the seal that replaces this one
	FactFiling      = "filing"       // number under which a seal is filed
)

func text(name, value string) ledger.Fact { return ledger.Fact{Name: name, Value: []byte(value)} }

func digest(name string, d [32]byte) ledger.Fact { return ledger.Fact{Name: name, Value: d[:]} }

func instant(t time.Time) ledger.Fact { return text(FactTime, t.UTC().Format(time.RFC3339)) }

// private encodes state for the audit log, which only auditors read.
func private(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil // the arguments are our own structs of texts and numbers
	}
	return raw
}

// event is what the stamp's leaf and audit entry say.
func (st *Stamp) event(a *act, p product) ledger.Event {
	facts := []ledger.Fact{
		digest(FactDocument, st.Document), digest(FactOutput, st.Output), digest(FactSignature, st.signatureSM3()),
		text(FactSeal, st.Seal), text(FactCertificate, a.admission.Seal.CertSerial), text(FactDepartment, st.Department),
		text(FactCode, st.Code), instant(st.Time),
	}
	if st.Rendered != [32]byte{} {
		facts = append(facts, digest(FactRendered, st.Rendered))
	}
	if st.RenderedOFD != [32]byte{} {
		facts = append(facts, digest(FactRenderedOFD, st.RenderedOFD))
	}
	return ledger.Event{
		Kind: "stamp", Time: st.Time, Actor: "app:" + st.Application, Act: "stamp." + string(st.Kind), Object: st.ID,
		After: private(st.state(a, p)),
		Facts: facts,
	}
}

// state is what the audit log holds of a stamp.
func (st *Stamp) state(a *act, p product) map[string]any {
	after := map[string]any{
		"seal": st.Seal, "department": st.Department, "officer": st.Officer, "grant": st.Grant,
		"matter": st.Matter, "caseRef": st.CaseRef, "decision": st.Decision, "contentSeen": st.ContentSeen,
		"level": st.Level, "levelReason": a.levelReason, "levelError": errorText(a.levelError),
		"attempt": st.Attempt, "document": fmt.Sprintf("%x", st.Document),
		"output": fmt.Sprintf("%x", st.Output),
	}
	// Which keyword was found where is on record: text can be made to be found
	// elsewhere than it is seen (facts/pdf.md 7.2).
	const most = 50 // places in one entry
	if len(p.places) > 0 {
		after["places"], after["placeCount"] = p.places[:min(most, len(p.places))], len(p.places)
	}
	if len(p.asked) > 0 {
		after["placement"] = p.asked[:min(most, len(p.asked))]
	}
	return after
}

// signatureSM3 is the output's digest where the signature is the output.
func (st *Stamp) signatureSM3() [32]byte {
	if st.Kind == KindDigest {
		return st.Output
	}
	return gm.SM3(st.Signature)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	const most = 1000 // octets; the audit log bounds its texts
	why := err.Error()
	return strings.ToValidUTF8(why[:min(len(why), most)], "")
}

func failureEvent(i Intent, a Admission, why string, at time.Time) ledger.Event {
	return ledger.Event{
		Kind: "admin", Time: at, Actor: "app:" + i.Application, Act: "stamp.failed", Object: a.Stamp, Reason: why,
		After: private(map[string]any{"seal": i.Seal, "kind": i.Kind, "attempt": a.Attempt}),
		Facts: []ledger.Fact{text(FactStamp, a.Stamp), text(FactSeal, i.Seal), instant(at)},
	}
}
