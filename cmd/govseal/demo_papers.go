// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/verify"
)

// permitPDF is an ordinary PDF as an approval system would hand it in; how it
// was made stands in permit/README.md.
//
//go:embed permit/permit.pdf
var permitPDF []byte

const demoMatter = "SL-XK-001"

// demoZone is where the fictional city lies.
var demoZone = time.FixedZone("UTC+8", 8*60*60)

// demoPlace is where the permit names its issuer, millimetres.
var demoPlace = api.Placement{{Page: 1, X: 122, Y: 214}}

// demoDecision is what the approval system decided: a fictional permit.
func (s *story) demoDecision() ([]byte, error) {
	department := func(d department) map[string]string {
		return map[string]string{"creditCode": d.CreditCode, "name": d.Name}
	}
	now := time.Now().In(demoZone)
	return json.Marshal(map[string]any{
		"number": "示审批〔2026〕123号", "caseNumber": "SL-2026-000123", "matterCode": demoMatter, "matterName": "食品经营许可（示例）",
		"applicant":   map[string]string{"name": "示例市虚构食品有限公司", "creditCode": "11990100000000003U"},
		"outcome":     "approved",
		"departments": []any{department(s.bureau), department(s.market)},
		"legalBasis":  []string{"《示例市食品经营许可管理办法（虚构）》第十二条"},
		"date":        now.Format(time.DateOnly), "validFrom": now.Format(time.DateOnly), "validTo": now.AddDate(5, 0, -1).Format(time.DateOnly),
		"title": "准予行政许可决定书",
		"text": []string{
			"经审查，你单位的申请符合法定条件、标准，决定准予许可。本决定书由两个部门共同作出，须同时加盖两个部门的电子印章方为完整。",
		},
	})
}

func (s *story) jointDecision(ctx context.Context) error {
	s.chapter("A decision that both departments stamp", "a joint decision can neither lose nor gain a party")
	raw, err := s.demoDecision()
	if err != nil {
		return err
	}
	first, err := s.client.stampDecision(ctx, newIdempotencyKey(), s.request(s.bureau), raw)
	if err != nil {
		return err
	}
	s.decision, s.firstStamp = first.Decision.ID, first.ID
	half, err := s.client.document(ctx, first.ID, "")
	if err != nil {
		return err
	}
	if err := s.expect(ctx, "stamped by one of two departments", verify.Document{}, half, verify.Indeterminate, "STAMP_MISSING"); err != nil {
		return err
	}
	second, err := s.client.addDecisionStamp(ctx, newIdempotencyKey(), s.decision, s.request(s.market))
	if err != nil {
		return err
	}
	s.say("    verification code %s, level %s", second.Code, second.Level)
	// JSON and PDF carry their evidence; beside an OFD it lies in a file.
	if s.evidence, err = s.client.evidence(ctx, second.ID); err != nil {
		return err
	}
	for _, paper := range []struct{ name, form string }{{"decision.json", ""}, {"decision.pdf", "pdf"}, {"decision.ofd", "ofd"}} {
		content, err := s.client.document(ctx, second.ID, paper.form)
		if err != nil {
			return err
		}
		if err := s.keep(paper.name, content); err != nil {
			return err
		}
		if err := s.expect(ctx, "out/"+paper.name, s.beside(paper.name), content, verify.Valid, ""); err != nil {
			return err
		}
	}
	return errors.Join(s.keep("decision.ofd.evidence.json", s.evidence), s.keep("decision.tampered.ofd.evidence.json", s.evidence))
}

// beside is what lies beside a document of out/.
func (s *story) beside(name string) verify.Document {
	if strings.HasSuffix(name, ".ofd") {
		return verify.Document{Evidence: s.evidence}
	}
	return verify.Document{}
}

func (s *story) permit(ctx context.Context) error {
	s.chapter("A PDF handed in", "every octet of the original is preserved; the seal is a signed update behind it")
	request := s.request(s.bureau)
	request.Place = demoPlace
	a, err := s.client.stampPDF(ctx, newIdempotencyKey(), request, permitPDF)
	if err != nil {
		return err
	}
	s.permitStamp = a
	sealed, err := s.client.document(ctx, a.ID, "")
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(sealed, permitPDF) {
		return errors.New("the sealed PDF does not begin with the original")
	}
	s.done("%d octets kept, %d added", len(permitPDF), len(sealed)-len(permitPDF))
	if err := errors.Join(s.keep("permit.pdf", permitPDF), s.keep("permit.sealed.pdf", sealed)); err != nil {
		return err
	}
	if err := s.expect(ctx, "out/permit.sealed.pdf", verify.Document{}, sealed, verify.Valid, ""); err != nil {
		return err
	}
	return s.expect(ctx, "out/permit.pdf, before it was sealed", verify.Document{}, permitPDF, verify.Unsealed, "")
}

func (s *story) digest(ctx context.Context) error {
	s.chapter("A bare digest", "a document that must not leave its system is stamped all the same, and the record says it was not seen")
	content := []byte("内部材料，不出系统（示例）\n")
	a, err := s.client.stampDigest(ctx, newIdempotencyKey(), api.DigestRequest{StampRequest: s.request(s.market), Digest: sm3Hex(content)})
	if err != nil {
		return err
	}
	evidence, err := s.client.evidence(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := errors.Join(s.keep("internal.txt", content), s.keep("internal.txt.seal", a.Signature), s.keep("internal.txt.seal.evidence.json", evidence)); err != nil {
		return err
	}
	if a.ContentSeen {
		return errors.New("the record of a digest stamp claims that the content was seen")
	}
	beside := verify.Document{Content: bytes.NewReader(content), Evidence: evidence}
	if err := s.expect(ctx, "out/internal.txt.seal with its content", beside, a.Signature, verify.Valid, ""); err != nil {
		return err
	}
	other := verify.Document{Content: bytes.NewReader(append(content, '!')), Evidence: evidence}
	return s.expect(ctx, "the same with other content", other, a.Signature, verify.Invalid, "")
}

func (s *story) twice(ctx context.Context) error {
	s.chapter("The same request twice", "after a lost connection one may simply ask again: nothing is stamped twice")
	key, request := newIdempotencyKey(), api.DigestRequest{StampRequest: s.request(s.bureau), Digest: sm3Hex([]byte("once"))}
	first, err := s.client.stampDigest(ctx, key, request)
	if err != nil {
		return err
	}
	again, err := s.client.stampDigest(ctx, key, request)
	if err != nil {
		return err
	}
	if first.ID != again.ID || !bytes.Equal(first.Signature, again.Signature) {
		return errors.New("a repeated request was stamped twice")
	}
	s.done("same key, same request: the first answer again (%s)", again.ID)
	request.Digest = sm3Hex([]byte("other"))
	_, err = s.client.stampDigest(ctx, key, request)
	if err := s.expectProblem(err, 422); err != nil {
		return err
	}
	s.done("same key, other request: refused")
	return nil
}

// expect verifies with the root as the only anchor and holds the result to a
// verdict, and to a code when one is given.
func (s *story) expect(ctx context.Context, what string, beside verify.Document, content []byte, want verify.Verdict, code verify.Code) error {
	beside.ReaderAt, beside.Size = bytes.NewReader(content), int64(len(content))
	r, err := verify.Verify(ctx, beside, verify.Policy{Time: time.Now(), Anchors: [][]byte{s.city.ca.Root()}})
	if err != nil {
		return fmt.Errorf("verify %s: %w", what, err)
	}
	if r.Verdict != want || code != "" && !slices.Contains(r.Codes(), code) {
		return fmt.Errorf("%s: got %s %v, want %s %s", what, r.Verdict, r.Codes(), want, code)
	}
	line := fmt.Sprintf("%-13s %s", r.Verdict, what)
	if codes := r.Codes(); len(codes) > 0 {
		line += fmt.Sprintf("  %v", codes[:min(3, len(codes))])
	}
	s.done("%s", line)
	return nil
}

func sm3Hex(content []byte) string { return fmt.Sprintf("%x", gm.SM3(content)) }
