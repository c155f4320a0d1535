// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"
)

// SealStatus is what the public may know of a seal.
type SealStatus struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Owner     string    `json:"owner" doc:"official name of the department"`
	State     string    `json:"state" enum:"active,suspended,cancelled,expired"`
	Since     time.Time `json:"since" doc:"of the state"`
	ValidFrom time.Time `json:"validFrom"`
	ValidTo   time.Time `json:"validTo"`
}

func (s *Server) sealStatus(ctx context.Context, in *struct {
	ESID string `path:"esID" pattern:"^[0-9A-Za-z-]{1,40}$"`
}) (*struct{ Body SealStatus }, error) {
	sl, err := s.c.Seals.Store().Seal(ctx, in.ESID)
	if err != nil {
		return nil, err
	}
	d, err := s.c.Registry.Store().Department(ctx, sl.Department)
	if err != nil {
		return nil, err
	}
	st := SealStatus{
		ID: sl.ESID, Name: sl.Name, Owner: d.Name, State: string(sl.State), Since: sl.Changed,
		ValidFrom: sl.ValidFrom, ValidTo: sl.ValidTo,
	}
	if s.c.Now().After(sl.ValidTo) && st.State == "active" {
		st.State, st.Since = "expired", sl.ValidTo
	}
	return &struct{ Body SealStatus }{st}, nil
}
