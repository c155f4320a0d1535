// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/ledger/proof"
)

// showJSON tells the kinds of JSON files apart by the members that each must
// have; the strict readers then have the say.
func showJSON(raw []byte) (*Node, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("inspect: JSON: %w", err)
	}
	has := func(name string) bool { _, ok := members[name]; return ok }
	switch {
	case has("schema"):
		return showDecision(raw)
	case has("leaf") && has("checkpoint"):
		return showProof(raw)
	case has("certificates") || has("crls") || has("ocsp"):
		return showEvidence(raw)
	}
	return nil, ErrUnknown
}

func showDecision(raw []byte) (*Node, error) {
	f, err := decision.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("inspect: decision: %w", err)
	}
	d := f.Decision
	n := node("decision", d.Title)
	for _, line := range [][2]string{{"schema", f.Schema}, {"verification code", f.Code}, {"number", d.Number}, {"case", d.CaseNumber},
		{"matter", d.MatterCode + " " + d.MatterName}, {"applicant", strings.TrimSpace(d.Applicant.Name + " " + d.Applicant.CreditCode)},
		{"outcome", d.Outcome}, {"date", d.Date}, {"valid from", d.ValidFrom}, {"valid to", d.ValidTo}} {
		n.add(line[0], line[1])
	}
	for _, dept := range d.Departments {
		n.add("department", dept.Name+" "+dept.CreditCode)
	}
	for _, a := range d.Attachments {
		n.add("attachment", a.Name+" SM3 "+a.SM3)
	}
	n.add("text", count(len(d.Text), "paragraph"))
	for i, s := range f.Stamps {
		n.object(fmt.Sprintf("stamp %d", i+1), s, showSealSignature, 0)
	}
	if e := f.Evidence; e != nil {
		addEvidence(n.group("evidence", ""), e.Certificates, e.CRLs, e.OCSP)
	}
	return n, nil
}

func showEvidence(raw []byte) (*Node, error) {
	var e struct {
		Certificates [][]byte `json:"certificates"`
		CRLs         [][]byte `json:"crls"`
		OCSP         [][]byte `json:"ocsp"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("inspect: evidence: %w", err)
	}
	n := node("evidence", "")
	addEvidence(n, e.Certificates, e.CRLs, e.OCSP)
	return n, nil
}

func addEvidence(n *Node, certs, crls, ocsps [][]byte) {
	for _, list := range []struct {
		ders [][]byte
		show func([]byte, int) (*Node, error)
	}{{certs, showCertificate}, {crls, showCRL}, {ocsps, showOCSPResponse}} {
		for i, der := range list.ders {
			if i == maxShown {
				break
			}
			n.object("", der, list.show, 0)
		}
	}
}

func showProof(raw []byte) (*Node, error) {
	p, err := proof.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	n := node("ledger proof", "")
	n.add("index", fmt.Sprint(p.Index))
	n.add("hashes", fmt.Sprint(len(p.Hashes)))
	if leaf, err := proof.ParseLeaf(p.Leaf); err == nil {
		n.add("kind", leaf.Kind)
		n.add("commitments", fmt.Sprint(len(leaf.Commits)))
	}
	for _, o := range p.Opened {
		value := hexed(o.Value)
		if printableText(o.Value) {
			value = short(string(o.Value))
		}
		n.add("opened "+o.Name, value)
	}
	if checkpoint, err := showNote([]byte(p.Checkpoint)); err == nil {
		n.Children = append(n.Children, checkpoint)
	} else {
		n.add("checkpoint", "unreadable: "+err.Error())
	}
	n.object("ledger certificate", p.Certificate, showCertificate, 0)
	n.object("time-stamp", p.TimeStamp, showCMS, 0)
	return n, nil
}

func printableText(b []byte) bool {
	for _, c := range string(b) {
		if c < ' ' || c == '\uFFFD' || c == 0x7F {
			return false
		}
	}
	return len(b) > 0
}

// isNote reports whether the octets look like a signed note: text lines, an
// empty one, and signature lines that begin with a dash.
func isNote(raw []byte) bool {
	return len(raw) <= proof.MaxCheckpoint && bytes.Contains(raw, []byte("\n\n\u2014 "))
}

// showNote shows a signed checkpoint: origin, size, root, who signed.
func showNote(raw []byte) (*Node, error) {
	text, signatures, ok := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(text, "\n")
	if !ok || len(raw) > proof.MaxCheckpoint || len(lines) < 3 {
		return nil, errors.New("inspect: not a signed checkpoint of origin, size and root")
	}
	n := node("checkpoint", "")
	n.add("origin", short(lines[0]))
	n.add("size", short(lines[1]))
	n.add("root", short(lines[2]))
	for _, line := range strings.Split(strings.TrimSuffix(signatures, "\n"), "\n")[:min(maxShown, strings.Count(signatures, "\n"))] {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "\u2014 "), " ")
		n.add("signed by", short(name))
	}
	return n, nil
}
