// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/store"
)

func TestRegistryRoundTrip(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		r := h.db.Registry()
		d, err := r.Department(ctx, "dep1")
		h.must(err)
		o, err := r.Officer(ctx, "off1")
		h.must(err)
		a, err := r.Application(ctx, "app1")
		h.must(err)
		byToken, err := r.ApplicationByToken(ctx, application.TokenDigest)
		h.must(err)
		g, err := r.Grant(ctx, "grt1")
		h.must(err)
		if diff := cmp.Diff(department, d) + cmp.Diff(officer, o) + cmp.Diff(application, a) +
			cmp.Diff(application, byToken) + cmp.Diff(grant, g); diff != "" {
			h.Error(diff)
		}
		h.sound()
	})
}

func TestRegistryLists(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		r := h.db.Registry()
		ds, err := r.Departments(ctx)
		h.must(err)
		os, err := r.Officers(ctx, "dep1")
		h.must(err)
		none, err := r.Officers(ctx, "dep2")
		h.must(err)
		as, err := r.Applications(ctx)
		h.must(err)
		gs, err := r.Grants(ctx, "")
		h.must(err)
		of, err := r.Grants(ctx, testSeal.ESID)
		h.must(err)
		if len(ds) != 1 || len(os) != 1 || len(none) != 0 || len(as) != 1 || len(gs) != 1 || len(of) != 1 {
			h.Errorf("got %d %d %d %d %d %d rows", len(ds), len(os), len(none), len(as), len(gs), len(of))
		}
	})
}

func TestRegistryRefusesDoubles(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		size := h.size()
		r := h.db.Registry()
		sameID, sameCode := department, department
		sameCode.ID = "dep2"
		sameID.CreditCode = "other"
		sameStaff := officer
		sameStaff.ID = "off2"
		sameToken := application
		sameToken.ID = "app2"
		h.is(r.AddDepartment(ctx, sameID, event("department", "x", "x")), registry.ErrExists)
		h.is(r.AddDepartment(ctx, sameCode, event("department", "x", "x")), registry.ErrExists)
		h.is(r.AddOfficer(ctx, sameStaff, event("officer", "x", "x")), registry.ErrExists)
		h.is(r.AddApplication(ctx, sameToken, event("application", "x", "x")), registry.ErrExists)
		h.is(r.AddGrant(ctx, grant, event("grant", "x", "x")), registry.ErrExists)
		if h.size() != size {
			h.Error("a refused record left a leaf")
		}
	})
}

func TestRegistryUnknown(t *testing.T) {
	onBoth(t, func(h *house) {
		r := h.db.Registry()
		_, err := r.Department(ctx, "x")
		h.is(err, registry.ErrNotFound)
		_, err = r.Officer(ctx, "x")
		h.is(err, registry.ErrNotFound)
		_, err = r.Application(ctx, "x")
		h.is(err, registry.ErrNotFound)
		_, err = r.ApplicationByToken(ctx, [32]byte{9})
		h.is(err, registry.ErrNotFound)
		_, err = r.Grant(ctx, "x")
		h.is(err, registry.ErrNotFound)
		e := event("grant", "x", "x")
		h.is(r.SetGrantState(ctx, "x", registry.Ended, e), registry.ErrNotFound)
		h.is(r.SetOfficerState(ctx, "x", registry.Ended, e), registry.ErrNotFound)
		h.is(r.SetApplicationState(ctx, "x", registry.Ended, e), registry.ErrNotFound)
		h.is(r.AddGrant(ctx, grant, e), registry.ErrNotFound)
		h.is(r.AddOfficer(ctx, officer, e), registry.ErrNotFound)
		if h.size() != 0 {
			h.Error("a refused act left a leaf")
		}
	})
}

func TestRegistryStates(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		r := h.db.Registry()
		h.must(r.SetGrantState(ctx, "grt1", registry.Ended, event("grant", "grant.revoke", "grt1")))
		h.must(r.SetOfficerState(ctx, "off1", registry.Suspended, event("officer", "officer.suspend", "off1")))
		h.must(r.SetApplicationState(ctx, "app1", registry.Suspended, event("application", "application.suspend", "app1")))
		g, err := r.Grant(ctx, "grt1")
		h.must(err)
		o, err := r.Officer(ctx, "off1")
		h.must(err)
		a, err := r.Application(ctx, "app1")
		h.must(err)
		if g.State != registry.Ended || o.State != registry.Suspended || a.State != registry.Suspended {
			h.Errorf("got states %s %s %s", g.State, o.State, a.State)
		}
	})
}

// Whoever writes to the database cannot write himself a grant: each column of
// each authenticated table is covered.
func TestEditedRowsAreTampered(t *testing.T) {
	edits := []string{
		`UPDATE grants SET application = 'app1', officer = 'off1'`,
		`UPDATE grants SET seal = '99000000000002'`,
		`UPDATE grants SET matters = '["*"]'`,
		`UPDATE grants SET matters = 'nonsense'`,
		`UPDATE grants SET kinds = '["digest"]'`,
		`UPDATE grants SET not_before = 0`,
		`UPDATE grants SET not_after = not_after + 1`,
		`UPDATE grants SET created = created + 1`,
		`UPDATE applications SET token_digest = (SELECT mac FROM applications)`,
		`UPDATE applications SET name = 'x'`,
		`UPDATE officers SET name = 'x'`,
		`UPDATE officers SET staff_no = 'x'`,
		`UPDATE departments SET name = 'x'`,
		`UPDATE departments SET credit_code = 'x'`,
		`UPDATE departments SET area_code = 'x'`,
		`UPDATE departments SET mac = (SELECT mac FROM officers)`,
		`UPDATE seal_states SET state = 'suspended'`,
		`UPDATE seal_states SET changed = changed + 1`,
		`UPDATE seal_states SET reason = 'x'`,
		`UPDATE seals SET key_ref = 'soft:other'`,
		`UPDATE seals SET cert_serial = 'ff'`,
		`UPDATE seals SET picture = der`,
		`UPDATE seals SET valid_to = valid_to + 1`,
		`UPDATE seals SET predecessor = 'x'`,
		`UPDATE seals SET design = '{}'`,
		`UPDATE seals SET design = ''`,
		`UPDATE seal_states SET effective = effective + 1`,
		`UPDATE seal_states SET successor = 'x'`,
		`UPDATE seal_states SET filing = 'x'`,
		`UPDATE seal_states SET steps = 0`,
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			for _, edit := range edits {
				t.Run(edit, func(t *testing.T) {
					if engine == "postgres" && testing.Short() {
						t.Skip("short")
					}
					h := newHouse(t, engine)
					h.furnish()
					h.sql(edit)
					_, err := h.db.Seals().RecordIntent(ctx, intent(1))
					if edit == edits[1] { // the grant is no longer the seal's: nothing allows the use
						_, err = h.db.Registry().Grant(ctx, "grt1")
					}
					h.is(err, registry.ErrTampered)
				})
			}
		})
	}
}

// A forged row cannot be made authentic by changing its state.
func TestForgedRowStaysForged(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		h.sql(`UPDATE grants SET matters = '["*"]'`)
		err := h.db.Registry().SetGrantState(ctx, "grt1", registry.Active, event("grant", "x", "grt1"))
		h.is(err, registry.ErrTampered)
		_, err = h.db.Registry().Grants(ctx, "")
		h.is(err, registry.ErrTampered)
	})
}

func TestNoMACKeyNoRecords(t *testing.T) {
	onBoth(t, func(h *house) {
		h.furnish()
		db, err := store.Open(ctx, store.Config{DSN: h.dsn})
		h.must(err)
		defer db.Close()
		_, err = db.Registry().Grant(ctx, "grt1")
		h.is(err, store.ErrNoMACKey)
		_, err = db.Seals().Seal(ctx, testSeal.ESID)
		h.is(err, store.ErrNoMACKey)
		h.is(db.Registry().AddGrant(ctx, grant, event("grant", "x", "x")), store.ErrNoMACKey)
		db.SetMACKey([32]byte{8})
		_, err = db.Registry().Grant(ctx, "grt1")
		h.is(err, registry.ErrTampered)
	})
}
