// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ca/ceremony"
)

// ceremonyView is a plan in JSON output.
type ceremonyView struct {
	File   string           `json:"file"`
	SM3    string           `json:"sm3"`
	Script *ceremony.Script `json:"script"`
	Plan   ca.Plan          `json:"plan"`
	Key    string           `json:"key,omitempty"`
	Writes []string         `json:"writes"`
}

func (r *rite) view() ceremonyView {
	v := ceremonyView{File: r.path, SM3: hex.EncodeToString(r.digest[:]), Script: r.script, Plan: r.act.Plan(), Writes: r.outputs()}
	if a := r.script.Authority; a != nil {
		v.Key = a.Key.From
	}
	return v
}

// fields is the plan as people read it before they confirm.
func (r *rite) fields() []field {
	s, plan := r.script, r.act.Plan()
	all := []field{
		{"ceremony", string(s.Kind) + ": " + s.Purpose},
		{"file", r.path}, {"SM3", hex.EncodeToString(r.digest[:])},
		{"may be held", when(s.Window.From.Time) + " to " + when(s.Window.Until.Time)},
		{"present", participants(s.Participants)},
		{"acts", actingField(plan)},
	}
	if plan.Enters != "" {
		all = append(all, field{"makes", "the CA " + plan.Enters + r.keyField()})
	} else if s.Authority != nil {
		all = append(all, field{"makes", "a certificate for a key held elsewhere" + r.keyField()})
	}
	for _, c := range plan.Certificates {
		all = append(all, plannedFields(c)...)
	}
	if l := plan.List; l != nil {
		all = append(all, field{"list", fmt.Sprintf("of the CA %s, good for %d days", l.CA, l.Days)})
		for _, v := range l.Revokes {
			all = append(all, field{"revokes", fmt.Sprintf("%s (%s): %s", v.Serial, v.Reason, v.Subject)})
		}
	}
	for _, path := range r.outputs() {
		all = append(all, field{"writes", path})
	}
	return all
}

func actingField(p ca.Plan) string {
	if p.Acts == "" {
		return "the new root itself"
	}
	return "the CA " + p.Acts
}

func (r *rite) keyField() string {
	switch k := r.script.Authority.Key; k.From {
	case "store":
		return ", its key in the key store: this service issues with it"
	case "file":
		return ", its key in its own file " + r.keyPath()
	default:
		return ", " + k.From + " " + k.File + " (SM3 " + k.SM3[:12] + "…)"
	}
}

func participants(all []ceremony.Participant) string {
	var names []string
	for _, p := range all {
		names = append(names, p.Name+" ("+p.Role+")")
	}
	return strings.Join(names, ", ")
}

// plannedFields show one certificate to be; what is bounded and what is
// not is said in words.
func plannedFields(c ca.PlannedCertificate) []field {
	name := "certificate"
	if c.Name != "" {
		name += " " + c.Name
	}
	path, usages := "no bound", "no bound"
	if c.PathLength != nil {
		path = strconv.Itoa(*c.PathLength)
	}
	if len(c.Usages) > 0 {
		usages = strings.Join(c.Usages, ", ")
	}
	all := []field{{name, c.Subject}, {"  issued by", c.Issuer}, {"  valid", when(c.NotBefore) + " to " + when(c.NotAfter)},
		{"  CAs below", path}, {"  usages", usages}}
	for _, list := range []struct {
		name   string
		values []string
	}{{"  permitted", c.Permitted}, {"  excluded", c.Excluded}, {"  policy", c.Policies}, {"  CRL at", c.CRLs}, {"  issuer at", c.Issuers}, {"  OCSP at", c.Responders}} {
		for _, v := range list.values {
			all = append(all, field{list.name, v})
		}
	}
	return all
}

// resultFields show what a transcript says was made.
func resultFields(t *ceremony.Transcript) []field {
	all := []field{{"ceremony", string(t.Kind) + ": " + t.Purpose}, {"confirmed", when(t.Confirmed)}, {"file SM3", t.ScriptSM3}, {"present", participants(t.Participants)},
		{"operator", t.Operator}, {"program", t.Program}, {"new CA", t.Results.Authority}}
	for _, c := range t.Results.Certificates {
		all = append(all, field{strings.TrimSpace("certificate " + c.Name), c.Serial + "  SM3 " + c.SM3})
	}
	if l := t.Results.List; l != nil {
		all = append(all, field{"list", fmt.Sprintf("%s number %d until %s  SM3 %s", l.CA, l.Number, when(l.NextUpdate), l.SM3)})
		for _, serial := range l.Revoked {
			all = append(all, field{"revoked", serial})
		}
	}
	for _, f := range t.Results.Files {
		all = append(all, field{"file", filepath.Base(f.Name) + "  SM3 " + f.SM3})
	}
	return append(all, field{"signed by", "SM3 " + t.Signer.SM3})
}
