// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ca"
)

func TestKeyCentres(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		first := ca.CentreRecord{ID: "c1", CA: "issuing", Charter: []byte("charter"), Signature: []byte("signature"), Created: day}
		second := first
		second.ID, second.Created = "c2", day.AddDate(0, 0, 1)
		h.must(s.RecordCentre(ctx, first, event("admin", "ca.centre", "c1")))
		h.is(s.RecordCentre(ctx, first, event("admin", "ca.centre", "c1")), ca.ErrState)
		h.must(s.RecordCentre(ctx, second, event("admin", "ca.centre", "c2")))
		got, err := s.Centres(ctx)
		h.must(err)
		if d := cmp.Diff([]ca.CentreRecord{second, first}, got); d != "" {
			h.Error(d)
		}
		if h.size() != 2 {
			h.Errorf("ledger has %d leaves, want 2", h.size())
		}
	})
}

func TestEscrowedKeys(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		key := ca.EscrowedKey{SerialHex: certificate.SerialHex, Signing: "0a1a", Centre: "c1", Sealed: []byte("sealed"), Enveloped: []byte("enveloped"), Created: day}
		issued, escrowed := event("certificate", "ca.issue", key.SerialHex), event("escrow", "ca.escrow", key.SerialHex)
		h.is(s.RecordEscrowed(ctx, []byte("der"), key, issued, escrowed), ca.ErrNotFound)
		_, err := s.Escrowed(ctx, key.SerialHex)
		h.is(err, ca.ErrNotFound)
		h.must(s.RecordPlanned(ctx, certificate))
		h.is(s.RecordEscrowed(ctx, []byte("der"), key, issued, escrowed), ca.ErrNotFound) // no signing certificate
		signing := certificate
		signing.SerialHex, signing.KeyDigest = key.Signing, [32]byte{8}
		h.must(s.RecordPlanned(ctx, signing))

		// Certificate and key are durable together or not at all.
		accept := h.refuse("escrowed_keys")
		if err := s.RecordEscrowed(ctx, []byte("der"), key, issued, escrowed); err == nil {
			h.Fatal("recorded without the key")
		}
		accept()
		if c, err := s.Certificate(ctx, key.SerialHex); err != nil || c.Status != ca.Planned || h.size() != 0 {
			h.Errorf("the certificate is %s without its key, %d leaves: %v", c.Status, h.size(), err)
		}
		h.must(s.RecordEscrowed(ctx, []byte("der"), key, issued, escrowed))
		h.is(s.RecordEscrowed(ctx, []byte("der"), key, issued, escrowed), ca.ErrState)
		got, err := s.Escrowed(ctx, key.SerialHex)
		h.must(err)
		if d := cmp.Diff(key, got); d != "" {
			h.Error(d)
		}
		c, err := s.Certificate(ctx, key.SerialHex)
		h.must(err)
		if c.Status != ca.Good || string(c.DER) != "der" {
			h.Errorf("certificate: %+v", c)
		}
		beside, err := s.EscrowedBeside(ctx, "0a1a")
		h.must(err)
		if d := cmp.Diff([]ca.EscrowedKey{key}, beside); d != "" {
			h.Error(d)
		}
		if none, err := s.EscrowedBeside(ctx, "ffff"); err != nil || len(none) != 0 {
			h.Errorf("beside an unknown certificate: %v, %v", none, err)
		}
		if h.size() != 2 {
			h.Errorf("ledger has %d leaves, want 2", h.size())
		}

		// One beside a signing certificate at a time.
		second, later := certificate, key
		second.SerialHex, later.SerialHex = "0a1c", "0a1c"
		h.must(s.RecordPlanned(ctx, second))
		h.is(s.RecordEscrowed(ctx, []byte("der"), later, issued, escrowed), ca.ErrState)
		c.Status, c.RevokedAt, c.Reason = ca.Revoked, day, 4
		h.must(s.RecordStatus(ctx, c, []ca.Status{ca.Good}, event("revocation", "ca.revoke", c.SerialHex)))
		h.must(s.RecordEscrowed(ctx, []byte("der"), later, issued, escrowed))
		h.sound()
	})
}

// Of two who pair at once, one is first.
func TestTwoPairAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		signing := certificate
		signing.SerialHex = "0a1a"
		h.must(s.RecordPlanned(ctx, signing))
		const both = 4
		results := make(chan error, both)
		for i := range both {
			c := certificate
			c.SerialHex = fmt.Sprintf("0b%d", i)
			h.must(s.RecordPlanned(ctx, c))
			key := ca.EscrowedKey{SerialHex: c.SerialHex, Signing: "0a1a", Centre: "c1", Sealed: []byte("s"), Enveloped: []byte("e"), Created: day}
			go func() {
				results <- s.RecordEscrowed(ctx, []byte("der"), key, event("escrow", "ca.escrow", c.SerialHex))
			}()
		}
		won := 0
		for range both {
			err := <-results
			if err == nil {
				won++
			} else {
				h.is(err, ca.ErrState)
			}
		}
		if kept, err := s.EscrowedBeside(ctx, "0a1a"); err != nil || won != 1 || len(kept) != 1 {
			h.Errorf("%d won, %d keys are kept: %v", won, len(kept), err)
		}
		h.sound()
	})
}

func TestKeyComesIntoCustody(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		c := certificate
		c.KeyRef = ""
		e := event("key", "ca.import-key", c.SerialHex)
		h.is(s.RecordKey(ctx, c.SerialHex, "soft:k9", e), ca.ErrNotFound)
		h.must(s.RecordPlanned(ctx, c))
		h.is(s.RecordKey(ctx, c.SerialHex, "soft:k9", e), ca.ErrState)
		h.must(s.RecordCertificate(ctx, c.SerialHex, []byte("der"), event("certificate", "ca.issue", c.SerialHex)))
		h.must(s.RecordKey(ctx, c.SerialHex, "soft:k9", e))
		h.is(s.RecordKey(ctx, c.SerialHex, "soft:k8", e), ca.ErrState)
		got, err := s.CertificateByKey(ctx, "soft:k9")
		h.must(err)
		if got.SerialHex != c.SerialHex {
			h.Errorf("the key belongs to %s", got.SerialHex)
		}
		before := h.size()
		h.must(s.RecordAct(ctx, event("key", "ca.deliver", c.SerialHex)))
		if h.size() != before+1 {
			h.Error("an act left no leaf")
		}
		h.sound()
	})
}
