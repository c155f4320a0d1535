// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"testing"
	"time"

	"github.com/govseal/govseal/seal"
)

// What hangs on a certificate is found by what the seals themselves say, by
// certificate and by digest, and not in seals that have ended.
func TestAffectedSeals(t *testing.T) {
	c := newCity(t)
	all, err := c.db.Seals().Seals(ctx, "")
	if err != nil || len(all) == 0 {
		t.Fatalf("no seals: %v", err)
	}
	plain := all[0]
	byDigest, err := c.Service.Make(ctx, seal.MakeRequest{Actor: "op", Department: plain.Department, Name: plain.Name, Horizontal: "专用章二", Reason: "test", Design: seal.Design{ListDigests: true}})
	c.done(err)
	for _, s := range []seal.Seal{plain, byDigest} {
		found, err := seal.SealsNaming(ctx, c.db.Seals(), s.Certificate)
		c.done(err)
		if len(found) != 1 || found[0].ESID != s.ESID {
			t.Errorf("the certificate of %s is named by %d seals", s.ESID, len(found))
		}
	}
	maker := c.config(nil).MakerCert
	made, err := seal.SealsMadeUnder(ctx, c.db.Seals(), maker, time.Time{})
	c.done(err)
	if len(made) != len(all)+1 {
		t.Errorf("%d seals made under the maker, want %d", len(made), len(all)+1)
	}
	if later, err := seal.SealsMadeUnder(ctx, c.db.Seals(), maker, c.clock.now().Add(time.Hour)); err != nil || len(later) != 0 {
		t.Errorf("%d seals made in the future: %v", len(later), err)
	}
	c.done(c.Service.Cancel(ctx, "op", byDigest.ESID, "test", time.Time{}))
	if ended, err := seal.SealsNaming(ctx, c.db.Seals(), byDigest.Certificate); err != nil || len(ended) != 0 {
		t.Errorf("an ended seal is still to be made anew: %v", err)
	}
}
