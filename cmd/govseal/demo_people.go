// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// department is one of the story's two, with its seal.
type department struct {
	registry.Department
	seal seal.Seal
}

// The area code 990100 belongs to no place (GB/T 2260 ends before it).
const demoArea = "990100"

func (s *story) people(ctx context.Context) error {
	s.chapter("Who exists", "departments and officers have names, codes with check digits, and certificates of their own")
	var err error
	if s.bureau.Department, err = s.city.registry.AddDepartment(ctx, demoActor, registry.Department{
		Name: "示例市行政审批局", CreditCode: "11990100000000001M", AreaCode: demoArea,
	}); err != nil {
		return err
	}
	if s.market.Department, err = s.city.registry.AddDepartment(ctx, demoActor, registry.Department{
		Name: "示例市市场监督管理局", CreditCode: "11990100000000002Q", AreaCode: demoArea,
	}); err != nil {
		return err
	}
	officer, err := s.city.registry.AddOfficer(ctx, demoActor, registry.Officer{Department: s.bureau.ID, Name: "示例经办人", StaffNo: "SL0001"})
	if err != nil {
		return err
	}
	ref, _, err := s.city.keyring.Generate(ctx, ca.ProfileOfficer)
	if err != nil {
		return err
	}
	issued, err := s.city.ca.Issue(ctx, ca.Request{
		Actor: demoActor, Profile: ca.ProfileOfficer, KeyRef: ref, Department: s.bureau.ID, Officer: officer.ID,
		Subject: ca.Subject{CommonName: officer.Name, Organization: s.bureau.Name, SerialNumber: officer.StaffNo},
	})
	if err != nil {
		return err
	}
	s.done("%s (%s)", s.bureau.Name, s.bureau.CreditCode)
	s.done("%s (%s)", s.market.Name, s.market.CreditCode)
	s.officerCert = issued.SerialHex
	s.done("officer %s of %s, certificate %s…", officer.StaffNo, s.bureau.Name, issued.SerialHex[:12])
	return nil
}

func (s *story) seals(ctx context.Context) error {
	s.chapter("Two seals", "a seal is picture, owner and certificate, signed by the seal maker (制章者); a name that cannot be drawn is refused")
	for i, d := range []*department{&s.bureau, &s.market} {
		made, err := s.city.seals.Make(ctx, seal.MakeRequest{Actor: demoActor, Department: d.ID})
		if err != nil {
			return err
		}
		d.seal = made
		name := fmt.Sprintf("seal%d.png", i+1)
		if err := s.keep(name, made.Picture); err != nil {
			return err
		}
		s.done("%s, number %s, picture in out/%s", made.Name, made.ESID, name)
	}
	var refused *seal.Refused
	_, err := s.city.seals.Make(ctx, seal.MakeRequest{Actor: demoActor, Department: s.bureau.ID, Name: "示例市😀局"})
	if !errors.As(err, &refused) {
		return fmt.Errorf("a seal with a character that has no glyph was made: %w", err)
	}
	s.done("refused: a seal whose name holds %s", refused.Detail)
	return nil
}

func (s *story) grants(ctx context.Context) error {
	s.chapter("Who may seal what", "everything is denied that is not granted")
	app, token, err := s.city.registry.AddApplication(ctx, demoActor, "示例市审批平台")
	if err != nil {
		return err
	}
	s.token = token
	if s.client, err = newClient(s.base, token); err != nil {
		return err
	}
	_, err = s.client.stampDigest(ctx, newIdempotencyKey(), api.DigestRequest{StampRequest: s.request(s.bureau), Digest: sm3Hex([]byte("no grant yet"))})
	if err := s.expectProblem(err, 403); err != nil {
		return fmt.Errorf("a stamp without a grant: %w", err)
	}
	s.done("denied before the grant: %v", err)
	now := time.Now()
	for _, d := range []department{s.bureau, s.market} {
		if _, err := s.city.registry.AddGrant(ctx, demoActor, registry.Grant{
			Application: app.ID, Seal: d.seal.ESID, Matters: []string{demoMatter},
			Kinds:     []string{registry.KindPDF, registry.KindDecision, registry.KindDigest},
			NotBefore: now.Add(-time.Minute), NotAfter: now.AddDate(1, 0, 0),
		}); err != nil {
			return err
		}
		s.done("%s may use the seal of %s for matter %s", app.Name, d.Name, demoMatter)
	}
	return nil
}

// request is what the story's approval system asks with.
func (s *story) request(d department) api.StampRequest {
	return api.StampRequest{Seal: d.seal.ESID, Matter: demoMatter, CaseRef: "SL-2026-000123"}
}

func (s *story) expectProblem(err error, status int) error {
	var e *apiError
	if !errors.As(err, &e) {
		return fmt.Errorf("got %w, want status %d", err, status)
	}
	if e.problem.Status != status {
		return fmt.Errorf("got status %d (%w), want %d", e.problem.Status, err, status)
	}
	return nil
}
