// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"time"

	"github.com/govseal/govseal/internal/escrow"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// centreMade is the event of a new key centre.
func centreMade(actor string, c *escrow.Charter, r CentreRecord, now time.Time) ledger.Event {
	return ledger.Event{Kind: "admin", Time: now, Actor: actor, Act: "ca.centre", Object: r.ID,
		After: encode(struct {
			ID        string   `json:"id"`
			City      string   `json:"city"`
			Officers  []string `json:"officers"`
			Threshold int      `json:"threshold"`
		}{r.ID, c.City, c.Officers, c.Threshold}),
		Facts: []ledger.Fact{{Name: "charter", Value: r.Charter}, timeFact(now)}}
}

// escrowed is the event of a key that went into escrow. The leaf commits to
// the sealed key, so that one exchanged afterwards is found.
func escrowed(actor string, k EscrowedKey, now time.Time) ledger.Event {
	digest := gm.SM3(k.Sealed)
	return ledger.Event{Kind: "escrow", Time: now, Actor: actor, Act: "ca.escrow", Object: k.SerialHex,
		After: encode(struct {
			Serial  string `json:"serial"`
			Signing string `json:"signing"`
			Centre  string `json:"centre"`
		}{k.SerialHex, k.Signing, k.Centre}),
		Facts: []ledger.Fact{
			{Name: "serial", Value: []byte(k.SerialHex)},
			{Name: "centre", Value: []byte(k.Centre)},
			{Name: "sealed-sm3", Value: digest[:]},
			timeFact(now),
		}}
}

// recovery is the event of a recovery's intent or result.
func (r RecoveryRequest) event(act string, k EscrowedKey, officers []string, problem string, now time.Time) ledger.Event {
	return ledger.Event{Kind: "recovery", Time: now, Actor: r.Actor, Act: act, Object: k.SerialHex, Reason: r.Reason,
		After: encode(struct {
			Serial   string   `json:"serial"`
			Centre   string   `json:"centre"`
			Officers []string `json:"officers"`
			For      string   `json:"for,omitempty"`
			Problem  string   `json:"problem,omitempty"`
		}{k.SerialHex, k.Centre, officers, r.For, problem}),
		Facts: []ledger.Fact{
			{Name: "serial", Value: []byte(k.SerialHex)},
			{Name: "centre", Value: []byte(k.Centre)},
			{Name: "act", Value: []byte(act)},
			timeFact(now),
		}}
}

// delivered is the event of a key that leaves for its holder.
func delivered(actor string, c Certificate, as Form, now time.Time) ledger.Event {
	return keyEvent(actor, "ca.deliver", c, string(as), now)
}

// keyCame is the event of a key that came into our custody.
func keyCame(actor string, c Certificate, now time.Time) ledger.Event {
	return keyEvent(actor, "ca.import-key", c, "", now)
}

func keyEvent(actor, act string, c Certificate, as string, now time.Time) ledger.Event {
	return ledger.Event{Kind: "key", Time: now, Actor: actor, Act: act, Object: c.SerialHex,
		After: encode(struct {
			Serial  string `json:"serial"`
			Profile string `json:"profile"`
			Subject string `json:"subject"`
			As      string `json:"as,omitempty"`
		}{c.SerialHex, c.Profile, c.Subject, as}),
		Facts: []ledger.Fact{
			{Name: "serial", Value: []byte(c.SerialHex)},
			{Name: "act", Value: []byte(act)},
			timeFact(now),
		}}
}
