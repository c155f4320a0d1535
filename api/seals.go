// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/govseal/govseal/seal"
)

// SealStatus is what the public may know of a seal. Who did what, and why, is
// for the auditors.
type SealStatus struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Owner        string      `json:"owner" doc:"official name of the department"`
	State        string      `json:"state" enum:"made,filed,active,suspended,cancelled,lost,superseded,expired" doc:"only an active seal stamps"`
	Since        time.Time   `json:"since" doc:"of the state"`
	ValidFrom    time.Time   `json:"validFrom"`
	ValidTo      time.Time   `json:"validTo"`
	VoidSince    *time.Time  `json:"voidSince,omitempty" doc:"of a lost or compromised seal: stamps that no time-stamp proves older do not count"`
	Supersedes   string      `json:"supersedes,omitempty" doc:"number of the seal that this one replaced"`
	SupersededBy string      `json:"supersededBy,omitempty" doc:"number of the seal that replaced this one"`
	History      []SealState `json:"history,omitempty" doc:"states since the seal was made, the oldest first"`
}

// SealState is one state in a seal's history.
type SealState struct {
	State string    `json:"state"`
	Since time.Time `json:"since"`
}

// sealStatus knows made seals only: a draft is not a seal.
func (s *Server) sealStatus(ctx context.Context, in *struct {
	ESID string `path:"esID" pattern:"^[0-9A-Za-z-]{1,40}$"`
}) (*struct{ Body SealStatus }, error) {
	st, err := s.publicSeal(ctx, in.ESID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body SealStatus }{*st}, nil
}

// publicSeal is what route and page tell of a seal.
func (s *Server) publicSeal(ctx context.Context, esID string) (*SealStatus, error) {
	sl, err := s.c.Seals.Store().Seal(ctx, esID)
	if err != nil {
		return nil, err
	}
	d, err := s.c.Registry.Store().Department(ctx, sl.Department)
	if err != nil {
		return nil, err
	}
	steps, err := s.c.Seals.Store().SealHistory(ctx, esID)
	if err != nil {
		return nil, err
	}
	state, since := sl.StateAt(s.c.Now())
	st := &SealStatus{
		ID: sl.ESID, Name: sl.Name, Owner: d.Name, State: string(state), Since: since,
		ValidFrom: sl.ValidFrom, ValidTo: sl.ValidTo, Supersedes: sl.Predecessor, SupersededBy: sl.Successor,
		History: publicHistory(steps, state, since),
	}
	if !sl.Effective.IsZero() {
		st.VoidSince = &sl.Effective
	}
	return st, nil
}

// publicHistory leaves out the plans, and who and why.
func publicHistory(steps []seal.Step, state seal.State, since time.Time) []SealState {
	var out []SealState
	for _, st := range steps {
		switch st.To {
		case seal.Drafted, seal.Awaiting, seal.Approved, st.From: // plans, and what left the state as it was
			continue
		}
		out = append(out, SealState{string(st.To), st.At})
	}
	if state == seal.Expired {
		out = append(out, SealState{string(state), since})
	}
	return out
}
