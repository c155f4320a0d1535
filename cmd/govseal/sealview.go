// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/govseal/govseal/seal"
)

// sealView is a seal, or the draft of one, in JSON output.
type sealView struct {
	ESID        string       `json:"esID"`
	Name        string       `json:"name"`
	Horizontal  string       `json:"horizontal,omitempty"`
	Department  string       `json:"department"`
	State       seal.State   `json:"state"`
	Design      *seal.Design `json:"design,omitempty"`
	ValidFrom   *time.Time   `json:"validFrom,omitempty"`
	ValidTo     *time.Time   `json:"validTo,omitempty"`
	Certificate string       `json:"certificate,omitempty"` // serial
	SM3         fingerprint  `json:"sm3,omitempty"`         // of the SESeal
	Created     *time.Time   `json:"created,omitempty"`
	Changed     *time.Time   `json:"changed,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Effective   *time.Time   `json:"effective,omitempty"` // since when a loss or compromise counts
	Filing      string       `json:"filing,omitempty"`
	Predecessor string       `json:"supersedes,omitempty"`
	Successor   string       `json:"supersededBy,omitempty"`
	// Of drafts: the digest that is approved, who wrote it, who approved it.
	Digest   string    `json:"digest,omitempty"`
	Hands    []string  `json:"hands,omitempty"`
	Approver string    `json:"approver,omitempty"`
	Validity string    `json:"validity,omitempty"`
	Awaiting *waitView `json:"awaiting,omitempty"`
}

// waitView is an act that waits for a second person.
type waitView struct {
	Act       seal.Act   `json:"act"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Reason    string     `json:"reason"`
	Reference string     `json:"reference,omitempty"`
	Effective *time.Time `json:"effective,omitempty"`
	Digest    string     `json:"digest"`
}

// stepView is a step of a history.
type stepView struct {
	Number    int        `json:"number"`
	At        time.Time  `json:"at"`
	Act       seal.Act   `json:"act"`
	From      seal.State `json:"from,omitempty"`
	To        seal.State `json:"to"`
	Actor     string     `json:"actor"`
	Second    string     `json:"approvedBy,omitempty"`
	Approved  string     `json:"digest,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Reference string     `json:"reference,omitempty"`
	Effective *time.Time `json:"effective,omitempty"`
}

func viewSeal(s seal.Seal) sealView {
	state, since := s.StateAt(time.Now())
	v := sealView{ESID: s.ESID, Name: s.Name, Horizontal: s.Horizontal, Department: s.Department, State: state,
		ValidFrom: jsonTime(s.ValidFrom), ValidTo: jsonTime(s.ValidTo), Certificate: s.CertSerial, SM3: fingerprintOf(s.DER),
		Created: jsonTime(s.Created), Changed: jsonTime(since), Reason: s.Reason, Effective: jsonTime(s.Effective),
		Filing: s.Filing, Predecessor: s.Predecessor, Successor: s.Successor}
	if s.Design.Version != 0 {
		v.Design = &s.Design
	}
	return v
}

func viewDraft(d seal.Draft) (sealView, error) {
	p, err := d.Plan()
	if err != nil {
		return sealView{}, err
	}
	digest := d.Digest()
	return sealView{ESID: d.ESID, Name: p.Name, Horizontal: p.Horizontal, Department: d.Department, State: d.State, Design: &p.Design,
		Changed: jsonTime(d.Changed), Predecessor: p.Predecessor, Digest: hex.EncodeToString(digest[:]), Hands: d.Hands,
		Approver: d.Approver, Validity: p.Validity}, nil
}

func viewProposal(p seal.Proposal) *waitView {
	digest := p.Digest()
	return &waitView{p.Act, p.By, p.At.UTC(), p.Reason, p.Reference, jsonTime(p.Effective), hex.EncodeToString(digest[:])}
}

func viewStep(s seal.Step) stepView {
	v := stepView{Number: s.Number, At: s.At.UTC(), Act: s.Act, From: s.From, To: s.To, Actor: s.Actor, Second: s.Second,
		Reason: s.Reason, Reference: s.Reference, Effective: jsonTime(s.Effective)}
	if s.Approved != [32]byte{} {
		v.Approved = hex.EncodeToString(s.Approved[:])
	}
	return v
}

func (p *program) showSeal(s seal.Seal) error { return p.showSealView(viewSeal(s)) }

func (p *program) showSealView(v sealView) error {
	fields := []field{{"number", v.ESID}, {"name", v.Name}, {"line", v.Horizontal}, {"looks", looks(v.Design)}, {"department", v.Department},
		{"state", string(v.State)}, {"since", whenAt(v.Changed)}, {"reason", v.Reason}, {"void since", whenAt(v.Effective)}, {"filed as", v.Filing},
		{"supersedes", v.Predecessor}, {"superseded by", v.Successor}, {"valid", span(v)}, {"certificate", v.Certificate}, {"SM3", string(v.SM3)},
		{"made", whenAt(v.Created)}, {"approved by", v.Approver}, {"digest", v.Digest}}
	if w := v.Awaiting; w != nil {
		fields = append(fields, field{"waits", string(w.Act) + ", proposed by " + w.By + " at " + when(w.At)}, field{"why", w.Reason},
			field{"void since", whenAt(w.Effective)}, field{"reference", w.Reference}, field{"digest", w.Digest})
	}
	return p.printFields(v, fields)
}

func looks(d *seal.Design) string {
	if d == nil {
		return ""
	}
	text := d.Shape + ", " + strconv.Itoa(d.Width) + " x " + strconv.Itoa(d.Height) + " mm, version " + strconv.Itoa(d.Version)
	if d.Supplied {
		text += ", own picture"
	}
	if d.ListDigests {
		text += ", lists digests"
	}
	return text
}

func span(v sealView) string {
	if v.ValidFrom == nil || v.ValidTo == nil {
		return v.Validity
	}
	return when(*v.ValidFrom) + " to " + when(*v.ValidTo)
}
