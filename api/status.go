// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/web"
)

// CodeStatus is what the public learns from a verification code: enough to
// compare with the paper in hand, nothing that identifies the applicant.
type CodeStatus struct {
	Code         string             `json:"code"`
	Kind         seal.Kind          `json:"kind"`
	State        string             `json:"state" enum:"in-force,withdrawn,incomplete,expired" doc:"incomplete: a listed department has not stamped yet; expired: the decision's own validity has ended"`
	WithdrawnAt  *time.Time         `json:"withdrawnAt,omitempty"`
	WithdrawnWhy string             `json:"withdrawnWhy,omitempty"`
	Number       string             `json:"number,omitempty" doc:"decision number"`
	Title        string             `json:"title,omitempty"`
	Matter       string             `json:"matter,omitempty"`
	Date         string             `json:"date,omitempty"`
	ValidTo      string             `json:"validTo,omitempty"`
	Applicant    string             `json:"applicant,omitempty" doc:"masked"`
	Departments  []StatusDepartment `json:"departments"`
	Digests      []string           `json:"digests" doc:"SM3 of the files that were given back; a file with another digest is another file"`
}

// StatusDepartment is one department that stamped, or still has to.
type StatusDepartment struct {
	Name      string     `json:"name"`
	Stamped   bool       `json:"stamped"`
	StampedAt *time.Time `json:"stampedAt,omitempty"`
	Level     string     `json:"level,omitempty" doc:"T: the time is proven by a time-stamp; B: it is only claimed"`
	Seal      string     `json:"seal,omitempty"`
	SealID    string     `json:"sealId,omitempty" doc:"its number: GET /v1/seals/{esID}"`
	SealState string     `json:"sealState,omitempty" enum:"made,filed,active,suspended,cancelled,lost,superseded,expired" doc:"now"`
}

// statusOf collects what a code stands for; a code that cannot be one is
// answered like one that is unknown.
func (s *Server) statusOf(ctx context.Context, typed string) (*CodeStatus, error) {
	code, err := decision.ParseCode(typed)
	if err != nil {
		return nil, seal.ErrNotFound
	}
	stamps, err := s.c.Seals.Store().StampsByCode(ctx, code)
	if err != nil {
		return nil, err
	}
	if len(stamps) == 0 {
		return nil, seal.ErrNotFound
	}
	out := &CodeStatus{Code: decision.FormatCode(code), Kind: stamps[0].Kind, State: "in-force"}
	if err := s.addStamps(ctx, out, stamps); err != nil {
		return nil, err
	}
	record, err := s.c.Seals.Store().DecisionByCode(ctx, code)
	if errors.Is(err, seal.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	return out, s.addDecision(out, record)
}

func (s *Server) addStamps(ctx context.Context, out *CodeStatus, stamps []seal.Stamp) error {
	for _, st := range stamps {
		d, err := s.c.Registry.Store().Department(ctx, st.Department)
		if err != nil {
			return err
		}
		sl, err := s.c.Seals.Store().Seal(ctx, st.Seal)
		if err != nil {
			return err
		}
		at := st.Time
		state, _ := sl.StateAt(s.c.Now())
		out.Departments = append(out.Departments, StatusDepartment{
			Name: d.Name, Stamped: true, StampedAt: &at, Level: st.Level, Seal: sl.Name, SealID: sl.ESID, SealState: string(state),
		})
		for _, digest := range [][32]byte{st.Output, st.Rendered, st.RenderedOFD} {
			if digest != [32]byte{} {
				out.Digests = append(out.Digests, hex.EncodeToString(digest[:]))
			}
		}
		if !st.Withdrawn.IsZero() {
			withdrawn := st.Withdrawn
			out.State, out.WithdrawnAt, out.WithdrawnWhy = "withdrawn", &withdrawn, st.WithdrawnWhy
		}
	}
	return nil
}

// addDecision adds what the decision says, its applicant masked, and lists
// the departments in the decision's own order.
func (s *Server) addDecision(out *CodeStatus, record seal.DecisionRecord) error {
	f, err := decision.Parse(record.Signed)
	if err != nil {
		return err
	}
	d := f.Decision
	out.Number, out.Title, out.Matter, out.Date, out.ValidTo = d.Number, d.Title, d.MatterName, d.Date, d.ValidTo
	out.Applicant = decision.MaskApplicant(d.Applicant.Name)
	if over(d.ValidTo, s.c.Now()) && out.State == "in-force" {
		out.State = "expired"
	}
	stamped := map[string]bool{}
	for _, one := range out.Departments {
		stamped[one.Name] = true
	}
	for _, listed := range d.Departments {
		if stamped[listed.Name] {
			continue
		}
		out.Departments = append(out.Departments, StatusDepartment{Name: listed.Name})
		if out.State == "in-force" {
			out.State = "incomplete"
		}
	}
	if !record.Withdrawn.IsZero() && out.State != "withdrawn" {
		withdrawn := record.Withdrawn
		out.State, out.WithdrawnAt, out.WithdrawnWhy = "withdrawn", &withdrawn, record.WithdrawnWhy
	}
	return nil
}

// over reports whether a day has ended in Beijing, whose days decisions count.
func over(day string, now time.Time) bool {
	last, err := time.ParseInLocation(time.DateOnly, day, web.Beijing)
	return err == nil && !now.Before(last.AddDate(0, 0, 1))
}
