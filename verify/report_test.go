// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/verify"
)

// The report is a contract: scripts, pages and the API's description name
// these members.
func TestReportMembers(t *testing.T) {
	h := newHouse(t)
	raw, err := json.Marshal(examine(t, document(encode(t, h.joint())), h.policy()))
	if err != nil {
		t.Fatal(err)
	}
	var report map[string]json.RawMessage
	var stamps []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(report["stamps"], &stamps); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		got  map[string]json.RawMessage
		want string
	}{
		"report": {report, "checkedAt decision document issuers kind policy size sm3 stamps summary verdict version"},
		"stamp":  {stamps[0], "changes coverage form index intact issuer ledger level revocation seal signature signer sm3 time verdict"},
		"seal": {members(t, stamps[0]["seal"]), "created esID inForce listsSigner maker makerOffice makerPath makerSignature name " +
			"ownerCreditCode ownerName picture status validFrom validTo version"},
		"signer":      {members(t, stamps[0]["signer"]), "certificate path status"},
		"certificate": {members(t, members(t, stamps[0]["signer"])["certificate"]), "creditCode issuer name notAfter notBefore serial sm3 subject"},
		"time":        {members(t, stamps[0]["time"]), "authority by checkTime claimed findings proven status"},
		"revocation":  {members(t, stamps[0]["revocation"]), "answers status"},
		"issuers":     {members(t, report["issuers"]), "departments status"},
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(c.got)), " "); got != c.want {
			t.Errorf("%s has %s, want %s", what, got, c.want)
		}
	}
}

func members(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// The digest of a policy follows its rules and anchors, not its material.
func TestPolicyDigest(t *testing.T) {
	h := newHouse(t)
	digest := func(change func(*verify.Policy)) string {
		p := h.policy()
		change(&p)
		d, err := p.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	base := digest(func(*verify.Policy) {})
	for name, c := range map[string]struct {
		change func(*verify.Policy)
		same   bool
	}{
		"defaults written out": {func(p *verify.Policy) { p.Name, p.Revocation, p.Arc = "default", "required", []int{2, 999, 1} }, true},
		"time and material": {func(p *verify.Policy) {
			p.Time, p.CRLs, p.Untrusted = now.Add(year), [][]byte{h.RootCRL}, [][]byte{h.Issuing.DER}
		}, true},
		"anchors":       {func(p *verify.Policy) { p.Anchors = nil }, false},
		"maker anchors": {func(p *verify.Policy) { p.MakerAnchors = p.Anchors }, false},
		"name":          {func(p *verify.Policy) { p.Name = verify.PolicyGBT38540 }, false},
		"revocation":    {func(p *verify.Policy) { p.Revocation = verify.RevocationOptional }, false},
		"seal required": {func(p *verify.Policy) { p.RequireSeal = true }, false},
		"freshness":     {func(p *verify.Policy) { p.FreshFor = time.Hour }, false},
		"arc":           {func(p *verify.Policy) { p.Arc = []int{2, 999, 2} }, false},
	} {
		if got := digest(c.change); (got == base) != c.same {
			t.Errorf("%s: digest same %v, want %v", name, got == base, c.same)
		}
	}
}

// A decision that nobody has stamped is sound, but proves nothing.
func ExampleVerify() {
	raw, err := file(planning).Marshal()
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := verify.Verify(context.Background(),
		verify.Document{ReaderAt: bytes.NewReader(raw), Size: int64(len(raw))},
		verify.Policy{Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict, report.Decision.Number)
	fmt.Println(report.Summary.Zh)
	// Output:
	// unsealed 示审批〔2026〕1号
	// 未签章：文件可以读取，但没有任何电子印章或签名。
}
