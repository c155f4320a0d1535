// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"context"
	"slices"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/seal"
)

func (m *memory) RecordSeal(ctx context.Context, s seal.Seal, e ledger.Event, also ...seal.Change) error {
	return m.made(ctx, "RecordSeal", s, seal.Step{
		ESID: s.ESID, Act: seal.ActMake, To: s.State, Actor: e.Actor, Reason: s.Reason, Reference: s.Predecessor, At: s.Changed,
	}, e, also)
}

func (m *memory) RecordMade(ctx context.Context, s seal.Seal, d seal.Draft, st seal.Step, e ledger.Event) error {
	m.mu.Lock()
	now := m.drafts[d.ESID]
	m.mu.Unlock()
	if now.Steps != d.Steps || !now.Open() {
		return seal.ErrConflict
	}
	st.From, s.Steps = now.State, now.Steps
	if err := m.made(ctx, "RecordMade", s, st, e, nil); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now.State = seal.Made
	m.drafts[d.ESID] = now
	return nil
}

func (m *memory) made(ctx context.Context, method string, s seal.Seal, st seal.Step, e ledger.Event, also []seal.Change) error {
	end, err := m.begin(ctx, method)
	if err != nil {
		return err
	}
	defer end()
	if _, ok := m.seals[s.ESID]; ok {
		return seal.ErrExists
	}
	s.Steps++
	st.Number = s.Steps
	m.seals[s.ESID] = s
	m.steps[s.ESID] = append(m.steps[s.ESID], st)
	return m.change(also, e)
}

func (m *memory) RecordSealSteps(ctx context.Context, changes ...seal.Change) error {
	end, err := m.begin(ctx, "RecordSealSteps")
	if err != nil {
		return err
	}
	defer end()
	return m.change(changes)
}

func (m *memory) change(changes []seal.Change, events ...ledger.Event) error {
	for _, c := range changes {
		s, ok := m.seals[c.Step.ESID]
		switch {
		case !ok:
			return seal.ErrNotFound
		case !slices.Contains(c.From, s.State):
			return seal.ErrState
		case c.Steps >= 0 && c.Steps != s.Steps:
			return seal.ErrConflict
		}
		c.Step.From = s.State
		s.Steps++
		c.Step.Number = s.Steps
		if c.Step.To != s.State {
			s.Changed = c.Step.At
		}
		s.State, s.Reason = c.Step.To, c.Step.Reason
		switch c.Step.Act {
		case seal.ActFile:
			s.Filing = c.Step.Reference
		case seal.ActSupersede:
			s.Successor = c.Step.Reference
		case seal.ActCancel, seal.ActLost, seal.ActCompromise:
			s.Effective = c.Step.Effective
		}
		m.seals[s.ESID] = s
		m.steps[s.ESID] = append(m.steps[s.ESID], c.Step)
		delete(m.asked, s.ESID)
		events = append(events, c.Event)
	}
	for _, e := range events {
		if err := m.event(e); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) RecordDraft(ctx context.Context, d seal.Draft, st seal.Step, e ledger.Event) error {
	end, err := m.begin(ctx, "RecordDraft")
	if err != nil {
		return err
	}
	defer end()
	if m.drafts[d.ESID].Steps != d.Steps {
		return seal.ErrConflict
	}
	d.Steps++
	st.Number = d.Steps
	m.drafts[d.ESID] = d
	m.steps[d.ESID] = append(m.steps[d.ESID], st)
	return m.event(e)
}

func (m *memory) Draft(ctx context.Context, esID string) (seal.Draft, error) {
	end, err := m.begin(ctx, "Draft")
	if err != nil {
		return seal.Draft{}, err
	}
	defer end()
	d, ok := m.drafts[esID]
	if !ok {
		return d, seal.ErrNotFound
	}
	return d, nil
}

func (m *memory) Drafts(context.Context, string) ([]seal.Draft, error) { return nil, nil }

func (m *memory) RecordProposal(ctx context.Context, p seal.Proposal, e ledger.Event) error {
	end, err := m.begin(ctx, "RecordProposal")
	if err != nil {
		return err
	}
	defer end()
	if m.seals[p.ESID].Steps != p.Steps {
		return seal.ErrConflict
	}
	m.asked[p.ESID] = p
	return m.event(e)
}

func (m *memory) Proposal(ctx context.Context, esID string) (seal.Proposal, error) {
	end, err := m.begin(ctx, "Proposal")
	if err != nil {
		return seal.Proposal{}, err
	}
	defer end()
	p, ok := m.asked[esID]
	if !ok {
		return p, seal.ErrNotFound
	}
	return p, nil
}

func (m *memory) Unsettled(ctx context.Context) (open []string, err error) {
	end, err := m.begin(ctx, "Unsettled")
	if err != nil {
		return nil, err
	}
	defer end()
	for id, s := range m.seals {
		if s.State == seal.Superseded && m.office.statusOf(s.CertSerial) != "revoked" {
			open = append(open, id)
		}
	}
	slices.Sort(open)
	return open, nil
}

func (m *memory) SealHistory(_ context.Context, esID string) ([]seal.Step, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.steps[esID]), nil
}
