// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// view is what the audit log keeps of a certificate before and after an act.
type view struct {
	Serial     string     `json:"serial"`
	CA         string     `json:"ca"`
	Profile    string     `json:"profile"`
	Subject    string     `json:"subject"`
	Department string     `json:"department,omitempty"`
	Officer    string     `json:"officer,omitempty"`
	Replaces   string     `json:"replaces,omitempty"`
	NotBefore  time.Time  `json:"notBefore"`
	NotAfter   time.Time  `json:"notAfter"`
	Status     Status     `json:"status"`
	Since      *time.Time `json:"since,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Invalidity *time.Time `json:"invalidity,omitempty"`
}

func (c Certificate) view() json.RawMessage {
	v := view{Serial: c.SerialHex, CA: c.CA, Profile: c.Profile, Subject: c.Subject, Department: c.Department, Officer: c.Officer,
		Replaces: c.Replaces, NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), Status: c.Status}
	if c.Status == Hold || c.Status == Revoked {
		since := c.RevokedAt.UTC()
		v.Since, v.Reason = &since, ReasonName(c.Reason)
	}
	if !c.Invalidity.IsZero() {
		when := c.Invalidity.UTC()
		v.Invalidity = &when
	}
	return encode(v)
}

// encode marshals values that cannot fail: strings, numbers and times.
func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("ca: audit view: " + err.Error())
	}
	return raw
}

func timeFact(t time.Time) ledger.Fact {
	return ledger.Fact{Name: "time", Value: []byte(t.UTC().Format(time.RFC3339))}
}

// issued is the event of a new certificate.
func issued(actor string, c Certificate, now time.Time) ledger.Event {
	return ledger.Event{Kind: "certificate", Time: now, Actor: actor, Act: "ca.issue", Object: c.SerialHex, After: c.view(),
		Facts: []ledger.Fact{
			{Name: "certificate", Value: c.DER},
			{Name: "serial", Value: []byte(c.SerialHex)},
			{Name: "profile", Value: []byte(c.Profile)},
			timeFact(now),
		}}
}

// moved is the event of a change of status.
func moved(actor, act, note string, before, after Certificate, now time.Time) ledger.Event {
	return ledger.Event{Kind: "revocation", Time: now, Actor: actor, Act: act, Object: after.SerialHex, Reason: note,
		Before: before.view(), After: after.view(),
		Facts: []ledger.Fact{
			{Name: "serial", Value: []byte(after.SerialHex)},
			{Name: "status", Value: []byte(after.Status)},
			{Name: "reason", Value: []byte(strconv.Itoa(after.Reason))},
			timeFact(now),
		}}
}

// listed is the event of new lists; its object is "issuing/12". The leaf
// commits to their SM3: a list of 100,000 entries has 5 MB, far more than one
// value of a leaf may have, and would be kept a second time.
func listed(actor string, lists []CRL, entries int, now time.Time) ledger.Event {
	c := lists[0]
	object := c.ID().Name() + "/" + strconv.FormatInt(c.Number, 10)
	facts := []ledger.Fact{{Name: "number", Value: []byte(strconv.FormatInt(c.Number, 10))}, timeFact(now)}
	for _, l := range lists {
		name, digest := "crl-sm3", gm.SM3(l.DER)
		if l.Base > 0 {
			name = "delta-sm3"
		}
		facts = append(facts, ledger.Fact{Name: name, Value: digest[:]})
	}
	return ledger.Event{Kind: "crl", Time: now, Actor: actor, Act: "ca.crl", Object: object, Facts: facts,
		After: encode(struct {
			CA         string    `json:"ca"`
			Shard      int       `json:"shard,omitempty"`
			Number     int64     `json:"number"`
			Entries    int       `json:"entries"`
			Delta      bool      `json:"delta,omitempty"`
			ThisUpdate time.Time `json:"thisUpdate"`
			NextUpdate time.Time `json:"nextUpdate"`
		}{c.CA, c.Shard, c.Number, entries, len(lists) > 1, c.ThisUpdate, c.NextUpdate})}
}

// founded is the event of a new authority.
func founded(actor string, c CA, now time.Time) ledger.Event {
	return ledger.Event{Kind: "admin", Time: now, Actor: actor, Act: "ca.create", Object: c.ID,
		After: encode(struct {
			ID     string `json:"id"`
			Parent string `json:"parent,omitempty"`
			KeyRef string `json:"keyRef,omitempty"`
		}{c.ID, c.Parent, c.KeyRef}),
		Facts: []ledger.Fact{{Name: "certificate", Value: c.Certificate}, timeFact(now)}}
}

// held is the event of a ceremony; its leaf commits to the reviewed file and to
// the transcript.
func held(actor string, c Ceremony) ledger.Event {
	digest := gm.SM3(c.Transcript)
	return ledger.Event{Kind: "admin", Time: c.Finished, Actor: actor, Act: "ca.ceremony", Object: hex.EncodeToString(c.Digest[:]),
		After: encode(struct {
			Kind       string `json:"kind"`
			Authority  string `json:"authority"`
			Transcript string `json:"transcriptSM3"`
		}{c.Kind, c.Authority, hex.EncodeToString(digest[:])}),
		Facts: []ledger.Fact{{Name: "file-sm3", Value: c.Digest[:]}, {Name: "transcript-sm3", Value: digest[:]}, timeFact(c.Finished)}}
}
