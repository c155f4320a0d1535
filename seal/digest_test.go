// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/seal"
)

// verifySES checks an SES_Signature by its parts, as a verifier would.
func verifySES(t testing.TB, der []byte, s seal.Seal, dataHash [32]byte) *ses.Signature {
	t.Helper()
	sig, err := ses.ParseSignature(der)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(sig.Cert)
	if err != nil {
		t.Fatal(err)
	}
	pub, ok := gm.AsPublicKey(c.PublicKey)
	if !ok || !gm.VerifyMessage(pub, sig.TBS, sig.Signature) {
		t.Fatal("the signature does not verify under its certificate")
	}
	if !bytes.Equal(sig.Seal.Raw, s.DER) || !sig.Seal.HasCertificate(sig.Cert) {
		t.Fatal("another seal, or a certificate that it does not list")
	}
	if !bytes.Equal(sig.DataHash, dataHash[:]) {
		t.Fatalf("dataHash %x, want %x", sig.DataHash, dataHash)
	}
	return sig
}

func TestStampDigest(t *testing.T) {
	h := newHouse(t)
	digest := gm.SM3([]byte("anything"))
	st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), digest)
	if err != nil {
		t.Fatal(err)
	}
	sig := verifySES(t, st.Signature, h.seals[0], digest)
	if sig.PropertyInfo != seal.PropertyDigest || sig.Version != 4 {
		t.Errorf("propertyInfo %q, version %d", sig.PropertyInfo, sig.Version)
	}
	token, err := tsp.ParseToken(sig.TimeStamp)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(sig.Signature, nil); err != nil {
		t.Error(err)
	}
	if token.Info.Time.Before(sig.Time) {
		t.Errorf("claimed time %v lies after the proven %v", sig.Time, token.Info.Time)
	}
	if st.ContentSeen || st.Level != seal.LevelT || st.Document != digest || st.Output != gm.SM3(st.Signature) || st.Attempt != 1 {
		t.Errorf("record %+v", st)
	}
	if len(st.Chain) != 2 || len(st.CRLs) != 2 {
		t.Errorf("evidence of %d certificates and %d CRLs", len(st.Chain), len(st.CRLs))
	}
	a := readAnswer(t, st)
	if a.ID != st.ID || a.Code != decision.FormatCode(st.Code) || a.ContentSeen || !bytes.Equal(a.Signature, st.Signature) ||
		a.Department.CreditCode != departments[0].CreditCode || a.Links["verify"] != "https://seal.example/s/"+st.Code {
		t.Errorf("answer %s", st.Answer)
	}
	kept, err := h.File(ctx, st.Output)
	if err != nil {
		t.Fatal(err)
	}
	if octets, _ := io.ReadAll(kept); !bytes.Equal(octets, st.Signature) {
		t.Error("File gave something else than the SES_Signature")
	}
	if _, err := h.File(ctx, gm.SM3([]byte("unknown"))); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("unknown file: %v", err)
	}
}

func TestStampEventCommitsToTheFacts(t *testing.T) {
	h := newHouse(t)
	st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	e := h.store.events[len(h.store.events)-1]
	if e.Kind != "stamp" || e.Act != "stamp.digest" || e.Object != st.ID || e.Actor != "app:app-1" {
		t.Errorf("event %+v", e)
	}
	facts := map[string]string{}
	for _, f := range e.Facts {
		facts[f.Name] = string(f.Value)
	}
	want := map[string]string{
		"document": string(st.Document[:]), "output": string(st.Output[:]), "seal": h.seals[0].ESID, "signature": string(st.Output[:]),
		"certificate": h.seals[0].CertSerial, "department": "dept-a", "code": st.Code, "time": "2026-11-22T09:00:00Z",
	}
	for name, value := range want {
		if facts[name] != value {
			t.Errorf("fact %s is %q, want %q", name, facts[name], value)
		}
	}
	if len(facts) != len(want) {
		t.Errorf("facts %v", facts)
	}
}

func TestLevelB(t *testing.T) {
	cases := map[string]struct {
		tsa    seal.TimeStamper
		reason string
	}{
		"none":    {nil, seal.LevelNoTSA},
		"failing": {stamper(func() ([]byte, error) { return nil, errors.New("away") }), seal.LevelTSAOut},
		"garbage": {stamper(func() ([]byte, error) { return []byte("token"), nil }), seal.LevelTSAOut},
		"hanging": {stamper(func() ([]byte, error) { time.Sleep(3 * time.Second); return nil, nil }), seal.LevelTSAOut},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(conf *seal.Config) { conf.TSA, conf.TSAWait = c.tsa, 50*time.Millisecond })
			begun := time.Now()
			st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{7})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); took > 2*time.Second {
				t.Errorf("waited %v", took)
			}
			a := readAnswer(t, st)
			if st.Level != seal.LevelB || a.Level != seal.LevelB || a.LevelReason != c.reason {
				t.Errorf("level %s, answered %s (%s)", st.Level, a.Level, a.LevelReason)
			}
			if sig := verifySES(t, st.Signature, h.seals[0], [32]byte{7}); sig.TimeStamp != nil {
				t.Error("a token all the same")
			}
		})
	}
}

// A token whose time lies before the claimed one would be held against the
// stamp: it is not taken.
func TestLevelBWhenTheAuthorityIsBehind(t *testing.T) {
	h := newHouse(t)
	slow := &clock{t: h.clock.now().Add(-time.Minute)}
	now := h.office.now
	h.office.now = slow.now
	behind := h.office.timeStamper(t)
	h.office.now = now
	s := h.start(func(c *seal.Config) { c.TSA = behind })
	st, err := s.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	if st.Level != seal.LevelB {
		t.Errorf("level %s", st.Level)
	}
}
