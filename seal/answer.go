// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/decision"
)

// Answer is the record of a stamp as its application receives it, byte for
// byte the same for every repetition of the request. Digests are SM3 in lower
// case hex; links are paths relative to the service.
type Answer struct {
	ID          string            `json:"id"`
	Code        string            `json:"code"` // verification code in fours, as printed
	Kind        Kind              `json:"kind"` // pdf, decision, digest
	Seal        AnswerSeal        `json:"seal"`
	Department  AnswerDepartment  `json:"department"`
	Time        time.Time         `json:"time"`                  // claimed by the signer, whole seconds
	Level       string            `json:"level"`                 // B: without a time-stamp; T: with one; LT, LTA: as asked
	LevelReason string            `json:"levelReason,omitempty"` // why it is lower than asked: no-tsa, tsa-unavailable, no-evidence
	ContentSeen bool              `json:"contentSeen"`           // false: only a digest was handed in
	Document    string            `json:"document"`              // of what was handed in
	Output      string            `json:"output"`                // of what was given back
	OutputType  string            `json:"outputType"`            // its media type
	Rendered    string            `json:"rendered,omitempty"`    // of the decision's sealed PDF
	RenderedOFD string            `json:"renderedOFD,omitempty"` // of the same paper as OFD
	Signature   []byte            `json:"signature,omitempty"`   // SES_Signature, DER in base64; of a digest, when stamped
	Decision    *AnswerDecision   `json:"decision,omitempty"`
	Place       *AnswerPlace      `json:"place,omitempty"`  // pdf only; the first
	Places      []AnswerPlace     `json:"places,omitempty"` // all, where there are several
	Links       map[string]string `json:"links"`            // self, document, evidence, proof, verify; rendered, stamps for a decision
}

// AnswerSeal names the seal that was used.
type AnswerSeal struct {
	ID          string `json:"id"`   // esID
	Name        string `json:"name"` // as on the arc
	Certificate string `json:"certificate"`
}

// AnswerDepartment names the department whose seal it is.
type AnswerDepartment struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	CreditCode string `json:"creditCode"`
}

// AnswerDecision names the decision and says how far its stamping has come.
type AnswerDecision struct {
	ID      string   `json:"id"`
	Number  string   `json:"number"`  // 文号
	Missing []string `json:"missing"` // listed departments, by credit code, that have not stamped yet
}

// AnswerPlace says where the seal stands: page, and the box left, bottom,
// right, top in points of the page's default user space.
type AnswerPlace struct {
	Page int        `json:"page"`
	Box  [4]float64 `json:"box"`
}

// AnswerDryRun is what a dry run answers: the first place, and all of them.
type AnswerDryRun struct {
	AnswerPlace
	Places []AnswerPlace `json:"places"`
}

// answer writes the record of a stamp that is complete but for it.
func (st *Stamp) answer(a *act, p product, verifyURL string) (json.RawMessage, error) {
	d := a.admission.Department
	path := "/v1/stamps/" + st.ID
	ans := Answer{
		ID: st.ID, Code: decision.FormatCode(st.Code), Kind: st.Kind,
		Seal:       AnswerSeal{ID: st.Seal, Name: a.seal.seal.Name, Certificate: a.admission.Seal.CertSerial},
		Department: AnswerDepartment{ID: d.ID, Name: d.Name, CreditCode: d.CreditCode},
		Time:       st.Time, Level: st.Level, LevelReason: a.levelReason, ContentSeen: st.ContentSeen,
		Document: hex.EncodeToString(st.Document[:]), Output: hex.EncodeToString(st.Output[:]), OutputType: st.OutputType,
		Links: map[string]string{
			"self": path, "document": path + "/document", "evidence": path + "/evidence", "proof": path + "/proof",
			"verify": verifyURL + "/s/" + st.Code,
		},
	}
	if len(p.places) > 0 {
		ans.Place = &p.places[0]
	}
	if len(p.places) > 1 {
		ans.Places = p.places
	}
	if st.Rendered != [32]byte{} {
		ans.Rendered = hex.EncodeToString(st.Rendered[:])
		ans.Links["rendered"] = path + "/document?form=pdf"
	}
	if st.RenderedOFD != [32]byte{} {
		ans.RenderedOFD = hex.EncodeToString(st.RenderedOFD[:])
		ans.Links["renderedOFD"] = path + "/document?form=ofd"
	}
	if p.decision != nil {
		ans.Decision = &AnswerDecision{ID: p.decision.ID, Number: p.decision.Number, Missing: p.missing}
		ans.Links["stamps"] = "/v1/decisions/" + p.decision.ID + "/stamps"
	}
	raw, err := json.Marshal(ans)
	if err != nil {
		return nil, fmt.Errorf("seal: write answer: %w", err)
	}
	return raw, nil
}
