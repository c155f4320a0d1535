// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
)

// recordCA enters an authority as the last step of its ceremony does.
func recordCA(s ca.Store, c ca.CA) error {
	return s.RecordCeremony(ctx, nil, &ca.Made{CA: &c}, []ledger.Event{event("admin", "ca.create", c.ID)})
}

func TestAuthorities(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		root := ca.CA{ID: "root", Certificate: []byte("root"), Created: day}
		issuing := ca.CA{ID: "issuing", Parent: "root", KeyRef: "soft:k", Certificate: []byte("issuing"), Created: day}
		h.must(recordCA(s, root))
		h.must(recordCA(s, issuing))
		h.is(recordCA(s, root), ca.ErrState)
		got, err := s.CAs(ctx)
		h.must(err)
		if d := cmp.Diff([]ca.CA{root, issuing}, got); d != "" {
			h.Error(d)
		}
	})
}

func TestLifeOfACertificate(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		h.must(s.RecordPlanned(ctx, certificate))
		h.is(s.RecordPlanned(ctx, certificate), ca.ErrState)
		if h.size() != 0 {
			h.Error("a planned certificate is in the ledger")
		}
		e := event("certificate", "ca.issue", certificate.SerialHex)
		h.must(s.RecordCertificate(ctx, certificate.SerialHex, []byte("der"), e))
		h.is(s.RecordCertificate(ctx, certificate.SerialHex, []byte("other"), e), ca.ErrState)
		h.is(s.RecordCertificate(ctx, "ffff", []byte("der"), e), ca.ErrNotFound)
		want := certificate
		want.DER, want.Status = []byte("der"), ca.Good
		same := func() {
			h.Helper()
			got, err := s.Certificate(ctx, certificate.SerialHex)
			h.must(err)
			if d := cmp.Diff(want, got); d != "" {
				h.Error(d)
			}
			brief, err := s.Standing(ctx, certificate.SerialHex)
			h.must(err)
			if d := cmp.Diff(ca.Standing{CA: want.CA, Shard: want.Shard, Status: want.Status, RevokedAt: want.RevokedAt, Reason: want.Reason, Invalidity: want.Invalidity}, brief); d != "" {
				h.Error(d)
			}
		}
		byKey, err := s.CertificatesByKey(ctx, certificate.KeyDigest)
		h.must(err)
		if d := cmp.Diff([]ca.Certificate{want}, byKey); d != "" {
			h.Error(d)
		}
		if none, err := s.CertificatesByKey(ctx, [32]byte{1}); err != nil || len(none) != 0 {
			h.Errorf("certificates of an unknown key: %v, %v", none, err)
		}
		_, err = s.Standing(ctx, "ffff")
		blocked := func(want string) {
			h.Helper()
			if got, err := s.CompromisedKey(ctx, certificate.KeyDigest); err != nil || got != want {
				h.Errorf("compromised key: got %q, %v; want %q", got, err, want)
			}
		}
		h.is(err, ca.ErrNotFound)
		same()
		blocked("")

		want.Status, want.RevokedAt, want.Reason = ca.Hold, day, 6
		e = event("revocation", "ca.suspend", certificate.SerialHex)
		h.must(s.RecordStatus(ctx, want, []ca.Status{ca.Good}, e))
		h.is(s.RecordStatus(ctx, want, []ca.Status{ca.Good}, e), ca.ErrState)
		same()
		want.Status, want.Reason, want.Invalidity = ca.Revoked, 1, day.AddDate(0, 0, -1)
		h.must(s.RecordStatus(ctx, want, []ca.Status{ca.Good, ca.Hold}, e))
		h.is(s.RecordStatus(ctx, want, nil, e), ca.ErrState)
		same()
		blocked(certificate.SerialHex)
		late := certificate // planned before the compromise was recorded
		late.SerialHex, late.Batch = "0fff", ""
		h.must(s.RecordPlanned(ctx, late))
		h.is(s.RecordCertificate(ctx, late.SerialHex, []byte("der"), e), ca.ErrState)
		if h.size() != 3 {
			h.Errorf("ledger has %d leaves, want 3", h.size())
		}
		h.sound()
	})
}

func TestFindCertificates(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		for i := range 5 {
			c := certificate
			c.SerialHex, c.KeyRef = fmt.Sprintf("0%d", i), "soft:k"
			c.Subject = fmt.Sprintf("CN=Office_%d 100%%,O=示例", i)
			c.NotAfter = day.AddDate(i, 0, 0)
			c.KeyDigest = [32]byte{9, byte(i % 2)}
			if i > 0 {
				c.Replaces = fmt.Sprintf("0%d", i-1)
			}
			h.must(s.RecordPlanned(ctx, c))
			if i > 1 {
				h.must(s.RecordCertificate(ctx, c.SerialHex, []byte("der"), event("certificate", "ca.issue", c.SerialHex)))
			}
		}
		tests := []struct {
			name string
			q    ca.Query
			want []string
		}{
			{"all, newest first", ca.Query{}, []string{"04", "03", "02", "01", "00"}},
			{"page", ca.Query{Limit: 2, After: "03"}, []string{"02", "01"}},
			{"status", ca.Query{Status: ca.Planned}, []string{"01", "00"}},
			{"expiring", ca.Query{ExpiresBefore: day.AddDate(2, 0, 0)}, []string{"01", "00"}},
			{"text", ca.Query{Text: "office_3"}, []string{"03"}},
			{"Chinese text", ca.Query{Text: "示例", Limit: 1}, []string{"04"}},
			{"wildcards are text", ca.Query{Text: "0%"}, []string{"04", "03", "02", "01", "00"}},
			{"wildcards match nothing else", ca.Query{Text: "c%f"}, nil},
			{"department", ca.Query{Department: "dep1", Profile: "seal", Limit: 1}, []string{"04"}},
			{"other department", ca.Query{Department: "dep2"}, nil},
			{"officer", ca.Query{Officer: "off1"}, nil},
			{"authority", ca.Query{CA: "issuing", Limit: 1}, []string{"04"}},
			{"other authority", ca.Query{CA: "root"}, nil},
			{"key", ca.Query{KeyDigest: [32]byte{9, 1}}, []string{"03", "01"}},
			{"ending on a day or later", ca.Query{ExpiresAfter: day.AddDate(3, 0, 0)}, []string{"04", "03"}},
			{"successor", ca.Query{Replaces: "02"}, []string{"03"}},
			{"not followed by a good one", ca.Query{NotFollowed: true}, []string{"04", "00"}},
		}
		for _, test := range tests {
			found, err := s.Certificates(ctx, test.q)
			h.must(err)
			var got []string
			for _, c := range found {
				got = append(got, c.SerialHex)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				h.Errorf("%s: %s", test.name, d)
			}
		}
		_, err := s.Certificates(ctx, ca.Query{After: "none"})
		h.is(err, ca.ErrNotFound)
		c, err := s.CertificateByKey(ctx, "soft:k")
		h.must(err)
		if c.SerialHex != "04" {
			h.Errorf("newest certificate of the key is %s", c.SerialHex)
		}
		_, err = s.CertificateByKey(ctx, "")
		h.is(err, ca.ErrNotFound)
	})
}

// TestOneCertificateARow: of two runs of one file only one issues for a row,
// and a row whose attempt died is issued for again.
func TestOneCertificateARow(t *testing.T) {
	onBoth(t, func(h *house) {
		s := h.db.CA()
		for _, serial := range []string{"01", "02", "03"} {
			c := certificate
			c.SerialHex, c.Batch = serial, "digest:7"
			h.must(s.RecordPlanned(ctx, c))
		}
		complete := func(serial string) error {
			return s.RecordCertificate(ctx, serial, []byte("der"), event("certificate", "ca.issue", serial))
		}
		h.must(complete("02")) // 01 died
		h.is(complete("03"), ca.ErrState)
		revoked := certificate
		revoked.SerialHex, revoked.Status = "02", ca.Revoked
		h.must(s.RecordStatus(ctx, revoked, []ca.Status{ca.Good}, event("revocation", "ca.revoke", "02")))
		h.is(complete("01"), ca.ErrState) // revoked is issued for all the same
		got, err := s.Certificates(ctx, ca.Query{Batch: "digest:7", Status: ca.Revoked})
		h.must(err)
		if len(got) != 1 || got[0].SerialHex != "02" || got[0].Batch != "digest:7" {
			h.Errorf("got %v", got)
		}
		if none, err := s.Certificates(ctx, ca.Query{Batch: "digest:8"}); err != nil || len(none) != 0 {
			h.Errorf("another row: %v, %v", none, err)
		}
		h.sound()
	})
}

// TestTwoRunsOfOneFile at the same moment, in two processes: each row has one
// certificate, and the slower one is told so.
func TestTwoRunsOfOneFile(t *testing.T) {
	onBoth(t, func(h *house) {
		stores := []ca.Store{h.db.CA(), h.again(store.Config{}).CA()}
		const rows = 12
		for row := range rows {
			for i, s := range stores {
				c := certificate
				c.SerialHex, c.Batch = fmt.Sprintf("%d%02d", i+1, row), fmt.Sprintf("digest:%d", row)
				h.must(s.RecordPlanned(ctx, c))
			}
		}
		var runs sync.WaitGroup
		var errs [2][rows]error
		for i, s := range stores {
			runs.Go(func() {
				for row := range rows {
					serial := fmt.Sprintf("%d%02d", i+1, row)
					errs[i][row] = s.RecordCertificate(ctx, serial, []byte("der"), event("certificate", "ca.issue", serial))
				}
			})
		}
		runs.Wait()
		for row := range rows {
			first, second := errs[0][row], errs[1][row]
			if (first == nil) == (second == nil) {
				h.Fatalf("row %d: %v, %v; want one certificate", row, first, second)
			}
			h.is(errors.Join(first, second), ca.ErrState)
		}
		h.sound()
	})
}
