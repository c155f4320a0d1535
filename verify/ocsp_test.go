// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

// answers has the responder speak about the seal and its maker, an hour before
// the verification; reason below 0 means good.
func (h *house) answers(about *testpki.Entity, reason int) []byte {
	h.t.Helper()
	id, err := ocsp.NewCertID(gm.OIDSM3, h.Issuing.Cert.RawSubject, h.Issuing.Cert.RawSPKI, about.Cert.Serial)
	if err != nil {
		h.t.Fatal(err)
	}
	one := ocsp.Single{ID: id, ThisUpdate: now, NextUpdate: now.Add(24 * time.Hour)}
	if reason >= 0 {
		one.Status, one.RevokedAt, one.Reason = ocsp.Revoked, now.AddDate(0, 0, -3), &reason
	}
	a := ocsp.Answer{Responder: ocsp.ByName(h.OCSP.Cert), ProducedAt: now, Singles: []ocsp.Single{one}, Certificates: [][]byte{h.OCSP.DER}}
	der, err := a.Sign(h.OCSP.Key)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

func TestOCSPInPlaceOfTheIssuersList(t *testing.T) {
	h := newHouse(t)
	sum := gm.SM3(content)
	raw := h.stamp(sum, stampSpec{})
	good := [][]byte{h.answers(h.Seal, -1), h.answers(h.SealMaker, -1), h.answers(h.TSA, -1)}
	bare := func(t *testing.T, evidence []byte, p verify.Policy) *verify.Report {
		p.CRLs = [][]byte{h.RootCRL}
		d := document(raw)
		d.Digest, d.Evidence = sum[:], evidence
		return examine(t, d, p)
	}
	t.Run("without", func(t *testing.T) {
		want(t, bare(t, nil, h.withMaterial()), verify.Indeterminate, verify.CodeRevocationUnknown, verify.CodeTimestampUntrusted)
	})
	t.Run("by the policy", func(t *testing.T) {
		p := h.withMaterial()
		p.OCSP = good
		r := bare(t, nil, p)
		want(t, r, verify.Valid)
		if by := r.Stamps[0].Revocation.Answers[0].By; by != "ocsp" {
			t.Errorf("answered by %q", by)
		}
	})
	t.Run("by the side file", func(t *testing.T) {
		side, err := json.Marshal(map[string]any{"ocsp": good})
		if err != nil {
			t.Fatal(err)
		}
		want(t, bare(t, side, h.withMaterial()), verify.Valid)
	})
	t.Run("revoked beside a good list", func(t *testing.T) {
		p := h.withMaterial()
		p.OCSP = [][]byte{h.answers(h.Seal, cert.ReasonSuperseded)}
		d := document(raw)
		d.Digest = sum[:]
		want(t, examine(t, d, p), verify.Invalid, verify.CodeRevoked)
	})
	t.Run("broken in the policy", func(t *testing.T) {
		p := h.withMaterial()
		p.OCSP = [][]byte{ocsp.MarshalError(ocsp.TryLater)}
		if _, err := verify.Verify(t.Context(), document(raw), p); err == nil {
			t.Error("an answer that answers nothing was taken")
		}
	})
}

func TestOCSPWithinADecision(t *testing.T) {
	h := newHouse(t)
	f := h.stamped(file(planning), stampSpec{})
	f.Evidence = &decision.Evidence{Certificates: [][]byte{h.Issuing.DER}, CRLs: [][]byte{h.RootCRL},
		OCSP: [][]byte{h.answers(h.Seal, -1), h.answers(h.SealMaker, -1), h.answers(h.TSA, -1)}}
	want(t, examine(t, document(encode(t, f)), h.policy()), verify.Valid)
	f.Evidence.OCSP[0] = h.answers(h.Seal, cert.ReasonCertificateHold)
	want(t, examine(t, document(encode(t, f)), h.policy()), verify.Invalid, verify.CodeSealSuspended)
}
