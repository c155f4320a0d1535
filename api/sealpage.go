// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"

	"github.com/go-chi/chi/v5"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
	"github.com/govseal/govseal/web"
)

// sealNumber is what a seal's number may look like, as in the JSON route.
var sealNumber = regexp.MustCompile(`^[0-9A-Za-z-]{1,40}$`)

// seal shows the public status of a seal to people.
func (p pages) seal(w http.ResponseWriter, r *http.Request) {
	esID := chi.URLParam(r, "esID")
	if !sealNumber.MatchString(esID) {
		p.web.Seal(w, r, web.SealPage{})
		return
	}
	st, err := p.s.publicSeal(r.Context(), esID)
	if errors.Is(err, seal.ErrNotFound) {
		p.web.Seal(w, r, web.SealPage{})
		return
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := web.SealPage{
		Found: true, ESID: st.ID, Name: st.Name, Owner: st.Owner, State: st.State, Since: st.Since, ValidFrom: st.ValidFrom, ValidTo: st.ValidTo,
		VoidSince: moment(st.VoidSince), Supersedes: st.Supersedes, SupersededBy: st.SupersededBy,
	}
	for _, h := range st.History {
		v.History = append(v.History, web.SealStep{State: h.State, Since: h.Since})
	}
	p.web.Seal(w, r, v)
}

// maxToday bounds the look-ups for one report.
const maxToday = 50

// sealsToday adds to a report how the seals of this service stand today. A
// seal counts as one when the certificate that signed is its own: a number
// alone can be copied.
func (s *Server) sealsToday(ctx context.Context, v *web.Report, r *verify.Report) error {
	for i := range v.Stamps[:min(len(v.Stamps), maxToday)] {
		stamp := &r.Stamps[i]
		if stamp.Signer.Certificate == nil || stamp.Signature.Status != verify.OK || !sealNumber.MatchString(stamp.Seal.ESID) {
			continue
		}
		sl, err := s.c.Seals.Store().Seal(ctx, stamp.Seal.ESID)
		if errors.Is(err, seal.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if sum := gm.SM3(sl.Certificate); stamp.Signer.Certificate.SM3 != hex.EncodeToString(sum[:]) {
			continue
		}
		state, _ := sl.StateAt(s.c.Now())
		v.Stamps[i].Known, v.Stamps[i].Now = true, string(state)
	}
	return nil
}
