// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/hex"
	"encoding/json"
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
	FactLevel       = "level"        // that an extension reached
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

// stampState is what the audit log holds of a stamp, in the order of the names,
// as it always was.
type stampState struct {
	Attempt     int           `json:"attempt"`
	CaseRef     string        `json:"caseRef"`
	ContentSeen bool          `json:"contentSeen"`
	Decision    string        `json:"decision"`
	Department  string        `json:"department"`
	Document    string        `json:"document"` // SM3, hex
	Grant       string        `json:"grant"`
	Level       string        `json:"level"`
	LevelError  string        `json:"levelError"`
	LevelReason string        `json:"levelReason"`
	Matter      string        `json:"matter"`
	Officer     string        `json:"officer"`
	Output      string        `json:"output"` // SM3, hex
	PlaceCount  int           `json:"placeCount,omitempty"`
	Placement   Placement     `json:"placement,omitempty"`
	Places      []AnswerPlace `json:"places,omitempty"`
	Seal        string        `json:"seal"`
}

// state says on record which keyword was found where: text can be made to be
// found elsewhere than it is seen (facts/pdf.md 7.2).
func (st *Stamp) state(a *act, p product) stampState {
	const most = 50 // places in one entry
	return stampState{
		Attempt: st.Attempt, CaseRef: st.CaseRef, ContentSeen: st.ContentSeen, Decision: st.Decision, Department: st.Department,
		Document: hex.EncodeToString(st.Document[:]), Grant: st.Grant, Level: st.Level, LevelError: errorText(a.levelError),
		LevelReason: a.levelReason, Matter: st.Matter, Officer: st.Officer, Output: hex.EncodeToString(st.Output[:]),
		PlaceCount: len(p.places), Placement: p.asked[:min(most, len(p.asked))], Places: p.places[:min(most, len(p.places))],
		Seal: st.Seal,
	}
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
