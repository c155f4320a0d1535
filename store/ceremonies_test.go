// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
)

func TestCeremonies(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		c := ca.Ceremony{Digest: [32]byte{1}, Kind: "root", Authority: "root", Actor: "operator:zhang", Begun: day}
		_, err := s.Ceremony(ctx, c.Digest)
		h.is(err, ca.ErrNotFound)
		same := func() {
			h.Helper()
			got, err := s.Ceremony(ctx, c.Digest)
			h.must(err)
			if d := cmp.Diff(c, got); d != "" {
				h.Error(d)
			}
		}
		h.must(s.RecordBegun(ctx, c))
		c.Attempts = 1
		same()
		h.must(s.RecordBegun(ctx, c)) // after an interruption
		c.Attempts = 2
		same()
		if h.size() != 0 {
			h.Error("a beginning is in the ledger")
		}
		root := ca.CA{ID: "root", Certificate: []byte("der"), Created: day}
		h.must(s.RecordPlanned(ctx, certificate))
		made := &ca.Made{CA: &root, Certificates: []ca.NamedCertificate{{Certificate: certificate}},
			CRL: &ca.CRL{CA: "root", Number: 1, DER: []byte("list"), ThisUpdate: day, NextUpdate: day.Add(time.Hour)}}
		made.Certificates[0].DER = []byte("der")
		events := []ledger.Event{event("certificate", "ca.issue", certificate.SerialHex), event("admin", "ca.create", "root"), event("crl", "ca.crl", "root/1"), event("admin", "ca.ceremony", "01")}
		// What contradicts the record changes nothing at all.
		never := c
		never.Digest = [32]byte{2}
		h.is(s.RecordCeremony(ctx, &never, made, events), ca.ErrState)
		if all, err := s.CAs(ctx); err != nil || len(all) != 0 || h.size() != 0 {
			h.Errorf("after a refusal: %d authorities, %d leaves, %v", len(all), h.size(), err)
		}
		c.Finished, c.Transcript, c.Signature = day.Add(time.Minute), []byte("{}"), []byte("sig")
		h.must(s.RecordCeremony(ctx, &c, made, events))
		same()
		if got, err := s.Certificate(ctx, certificate.SerialHex); err != nil || got.Status != ca.Good || string(got.DER) != "der" {
			h.Errorf("certificate: %v %v", got, err)
		}
		if list, err := s.LatestCRL(ctx, ca.ListID{CA: "root"}, -1); err != nil || list.Number != 1 {
			h.Errorf("list: %v %v", list, err)
		}
		if h.size() != 4 {
			h.Errorf("ledger has %d leaves, want 4", h.size())
		}
		h.is(s.RecordBegun(ctx, c), ca.ErrState) // held is held
		h.is(s.RecordCeremony(ctx, &c, &ca.Made{}, events[3:]), ca.ErrState)
		brief := c
		brief.Transcript, brief.Signature = nil, nil
		second := ca.Ceremony{Digest: [32]byte{3}, Kind: "crl", Authority: "root", Actor: "operator:zhang", Begun: day, Attempts: 1}
		h.must(s.RecordBegun(ctx, second))
		listed, err := s.Ceremonies(ctx)
		h.must(err)
		if d := cmp.Diff([]ca.Ceremony{second, brief}, listed); d != "" {
			h.Error(d)
		}
		// A list ceremony that revokes.
		revoked := certificate
		revoked.Status, revoked.RevokedAt, revoked.Reason = ca.Revoked, day, 4
		next := &ca.Made{Revoked: []ca.Certificate{revoked}, CRL: &ca.CRL{CA: "root", Number: 2, DER: []byte("list"), ThisUpdate: day, NextUpdate: day.Add(time.Hour)}}
		h.must(s.RecordCeremony(ctx, nil, next, events[2:3]))
		h.is(s.RecordCeremony(ctx, nil, next, events[2:3]), ca.ErrState)
		next.Revoked = nil
		h.is(s.RecordCeremony(ctx, nil, next, events[2:3]), ca.ErrStaleCRL)
	})
}
