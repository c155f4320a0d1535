// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
	"github.com/govseal/govseal/tsa"
	"github.com/govseal/govseal/verify"
)

func init() { keyfile.CheapForTests() } // every test here opens key stores

// city is a house of real parts: SQLite, key store, CA, time-stamp authority.
type city struct {
	*seal.Service
	t       testing.TB
	clock   *clock
	db      *store.DB
	ca      *ca.Authority
	keyring *keys.Keyring
	app     registry.Application
	seals   []seal.Seal
	config  func(seal.Store) seal.Config
}

// authority shows the CA to the service as its contract asks.
type authority struct{ *ca.Authority }

func (a authority) IssueSealCertificate(ctx context.Context, actor string, d registry.Department, esID, keyRef string, _ []byte, validity time.Duration) ([]byte, string, error) {
	c, err := a.Issue(ctx, ca.Request{
		Actor: actor, Profile: ca.ProfileSeal, KeyRef: keyRef, Department: d.ID, Validity: validity,
		Subject: ca.Subject{Organization: d.Name, CreditCode: d.CreditCode, SerialNumber: esID},
	})
	return c.DER, c.SerialHex, err
}

func newCity(t testing.TB) *city {
	t.Helper()
	dir := t.TempDir()
	c := &city{t: t, clock: &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 123e6, time.UTC)}}
	c.db = must(store.Create(ctx, store.Config{DSN: filepath.Join(dir, "govseal.db")}))
	t.Cleanup(func() { c.db.Close() })
	c.keyring = must(keys.Create(ctx, c.db.Keys(), []byte("a passphrase of this test"), keys.Options{Now: c.clock.now}))
	c.db.SetMACKey(c.keyring.Derive("test"))
	root := must(gm.GenerateKey())
	c.ca = must(ca.Create(ctx, ca.Config{Store: c.db.CA(), Keys: c.keyring, Now: c.clock.now}, "operator:test", "示例市", root))

	maker, stamper := c.office(ca.ProfileSealMaker), c.office(ca.ProfileTSA)
	time_ := must(tsa.New(tsa.Config{
		Signer: must(c.keyring.Signer(ctx, stamper.KeyRef, "tsa")), Certificate: stamper.DER, Chain: [][]byte{c.ca.Issuing()},
		Policy: []int{2, 999, 1, 3, 1}, Now: c.clock.now,
	}))
	files := must(store.NewFolder(filepath.Join(dir, "files")))
	c.config = func(rows seal.Store) seal.Config {
		return seal.Config{
			Store: rows, Registry: c.db.Registry(), Blobs: files, Keys: c.keyring, Authority: authority{c.ca}, TSA: time_,
			MakerKey: maker.KeyRef, MakerCert: maker.DER, VerifyURL: "https://seal.example", Now: c.clock.now,
		}
	}
	c.Service = must(seal.New(c.config(c.db.Seals())))
	c.furnish()
	return c
}

// office makes key and certificate of one of the city's own offices.
func (c *city) office(profile string) ca.Certificate {
	ref, _, err := c.keyring.Generate(ctx, profile)
	if err != nil {
		c.t.Fatal(err)
	}
	return must(c.ca.Issue(ctx, ca.Request{
		Actor: "operator:test", Profile: profile, KeyRef: ref,
		Subject: ca.Subject{Organization: "示例市政务服务中心", CommonName: "示例市" + profile},
	}))
}

// furnish registers two departments, makes a seal for each, and grants both.
func (c *city) furnish() {
	c.t.Helper()
	people := registry.New(c.db.Registry(), c.clock.now)
	app, _, err := people.AddApplication(ctx, "operator:test", "示例审批系统")
	if err != nil {
		c.t.Fatal(err)
	}
	c.app = app
	for _, d := range departments[:2] {
		d = must(people.AddDepartment(ctx, "operator:test", registry.Department{Name: d.Name, CreditCode: d.CreditCode, AreaCode: d.AreaCode}))
		s := must(c.Make(ctx, seal.MakeRequest{Actor: "operator:test", Department: d.ID}))
		c.seals = append(c.seals, s)
		must(people.AddGrant(ctx, "operator:test", registry.Grant{
			Application: app.ID, Seal: s.ESID, Matters: []string{"*"}, Kinds: []string{"pdf", "decision", "digest"},
			NotBefore: c.clock.now().Add(-time.Minute), NotAfter: c.clock.now().AddDate(1, 0, 0),
		}))
	}
}

func (c *city) request(n int, key string) seal.Request {
	return seal.Request{Application: c.app, Seal: c.seals[n].ESID, Matter: "M-1", CaseRef: "C-1", IdempotencyKey: key}
}

func (c *city) done(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// verdict verifies with nothing but the root as anchor.
func (c *city) verdict(digest [32]byte, content *[32]byte) *verify.Report {
	c.t.Helper()
	f, err := c.File(ctx, digest)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	var octets bytes.Buffer
	if _, err := octets.ReadFrom(f); err != nil {
		c.t.Fatal(err)
	}
	d := verify.Document{ReaderAt: bytes.NewReader(octets.Bytes()), Size: int64(octets.Len())}
	policy := verify.Policy{Time: c.clock.now().Add(time.Minute), Anchors: [][]byte{c.ca.Root()}}
	if content != nil {
		d.Digest = content[:]
		chain, crls, err := c.ca.Evidence(ctx, c.seals[0].Certificate)
		if err != nil {
			c.t.Fatal(err)
		}
		policy.Untrusted, policy.CRLs = chain, crls
	}
	return must(verify.Verify(ctx, d, policy))
}

func (c *city) wantVerdict(want verify.Verdict, r *verify.Report, stamps int) {
	c.t.Helper()
	if r.Verdict == want && len(r.Stamps) == stamps {
		return
	}
	c.t.Errorf("%s: %s with %d stamps, want %s with %d", r.Kind, r.Verdict, len(r.Stamps), want, stamps)
	for _, s := range r.Stamps {
		for _, f := range []verify.Fact{s.Intact, s.Signature, s.Seal.Fact, s.Signer.Fact, s.Issuer, s.Revocation.Fact, s.Time.Fact, s.Changes.Fact, s.Coverage.Fact} {
			for _, x := range f.Findings {
				if x.Status != verify.OK {
					c.t.Logf("stamp %d: %s %s: %s", s.Index, x.Status, x.Code, x.Detail)
				}
			}
		}
	}
}

// The whole story on real parts: everything that leaves the house verifies
// with the root as the only anchor, and the ledger knows it.
func TestCity(t *testing.T) {
	c := newCity(t)
	digest := gm.SM3([]byte("anything"))
	d := must(c.StampDigest(ctx, c.request(0, "digest"), digest))
	c.wantVerdict("valid", c.verdict(d.Output, &digest), 1)

	p := must(c.StampPDF(ctx, c.request(0, "pdf"), blankPDF(t, 2, nil)))
	c.wantVerdict("valid", c.verdict(p.Output, nil), 1)

	first := must(c.StampDecision(ctx, c.request(0, "first"), rawDecision(t, 2)))
	c.wantVerdict("indeterminate", c.verdict(first.Output, nil), 1) // one party is missing
	second := must(c.AddDecisionStamp(ctx, c.request(1, "second"), first.Decision))
	c.wantVerdict("valid", c.verdict(second.Output, nil), 2)
	c.wantVerdict("valid", c.verdict(second.Rendered, nil), 2)

	again := must(c.AddDecisionStamp(ctx, c.request(1, "second"), first.Decision))
	if !bytes.Equal(again.Answer, second.Answer) {
		t.Error("the second answer differs from the first")
	}
	for _, st := range []*seal.Stamp{d, p, first, second} {
		if st.Level != seal.LevelT {
			t.Errorf("%s: level %s", st.Kind, st.Level)
		}
		e, err := c.db.Ledger().EntryOf(ctx, "stamp", st.ID)
		if err != nil || e.CheckLeaf() != nil {
			t.Errorf("ledger entry of %s: %v", st.ID, err)
		}
	}
	if left := must(c.Unfinished(ctx)); len(left) != 0 {
		t.Errorf("unfinished: %v", left)
	}
	c.done(c.Withdraw(ctx, "operator:test", second.ID, "issued in error"))
	if rec := must(c.Store().Decision(ctx, first.Decision)); rec.Withdrawn.IsZero() {
		t.Error("the decision still stands")
	}
}

func TestCityLifecycle(t *testing.T) {
	c := newCity(t)
	st := must(c.StampPDF(ctx, c.request(0, "before"), blankPDF(t, 1, nil)))
	c.clock.move(time.Minute)
	c.done(c.Suspend(ctx, "operator:test", c.seals[0].ESID, "lost"))
	_, err := c.StampPDF(ctx, c.request(0, "during"), blankPDF(t, 1, nil))
	wantDenied(t, err, "seal-state")
	c.done(c.Resume(ctx, "operator:test", c.seals[0].ESID, "found"))
	must(c.StampPDF(ctx, c.request(0, "after"), blankPDF(t, 1, nil)))
	c.clock.move(time.Minute)
	c.done(c.Cancel(ctx, "operator:test", c.seals[0].ESID, "merged", time.Time{}))
	_, err = c.StampPDF(ctx, c.request(0, "end"), blankPDF(t, 1, nil))
	wantDenied(t, err, "seal-state")
	if got := must(c.ca.Show(ctx, c.seals[0].CertSerial)); got.Status != ca.Revoked || got.Reason != 5 {
		t.Errorf("certificate %s, reason %d", got.Status, got.Reason)
	}
	// What a time-stamp proves older than the revocation survives it.
	c.wantVerdict("valid", c.verdict(st.Output, nil), 1)
}

// A seal that has ended turns out to have been in wrong hands before: what a
// time-stamp proves older stays valid, what came after that day does not.
func TestCityVoidedAfterItsEnd(t *testing.T) {
	for name, end := range map[string]func(c *city, id string) error{
		"cancelled": func(c *city, id string) error { return c.Cancel(ctx, zhang, id, "撤销", time.Time{}) },
		"superseded": func(c *city, id string) error {
			_, err := c.Remake(ctx, seal.RemakeRequest{Actor: zhang, ESID: id, Reason: "换发"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			c.grantOFD()
			early := must(c.StampOFD(ctx, c.request(0, "early"), plainOFD(t)))
			c.clock.move(time.Hour)
			stolen := c.clock.now()
			c.clock.move(time.Hour)
			late := must(c.StampPDF(ctx, c.request(0, "late"), blankPDF(t, 1, nil)))
			c.clock.move(time.Hour)
			c.done(end(c, c.seals[0].ESID))
			judged := func(st *seal.Stamp) *verify.Report {
				chain, crls, err := c.ca.Evidence(ctx, c.seals[0].Certificate)
				c.done(err)
				fresh := *st
				fresh.Chain, fresh.CRLs = chain, crls
				return c.judged(c.kept(st.Output), &fresh)
			}
			c.wantVerdict(verify.Valid, judged(early), 1)
			c.wantVerdict(verify.Valid, judged(late), 1)
			c.clock.move(time.Hour)
			c.done(c.Cancel(ctx, zhang, c.seals[0].ESID, "查明泄露", stolen))
			c.wantVerdict(verify.Valid, judged(early), 1)
			c.wantVerdict(verify.Invalid, judged(late), 1)
			c.clock.move(time.Hour)
			c.done(c.ReportLost(ctx, zhang, c.seals[0].ESID, "早已遗失", stolen.Add(-2*time.Hour)))
			c.wantVerdict(verify.Invalid, judged(early), 1)
		})
	}
}

func TestCityManyAtOnce(t *testing.T) {
	c := newCity(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	for n := range 40 {
		wg.Go(func() {
			// Every key is used twice.
			st, err := c.StampDigest(ctx, c.request(n%2, fmt.Sprint("k", n/2%10, n%2)), [32]byte{byte(n / 2 % 10), byte(n % 2)})
			if errors.Is(err, seal.ErrRunning) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[st.ID] = true
		})
	}
	wg.Wait()
	if len(ids) != 20 {
		t.Errorf("%d stamps, want 20", len(ids))
	}
	log := must(ledger.New(ledger.Config{
		Store: c.db.Ledger(), Signer: must(gm.GenerateKey()), Certificate: c.ca.Root(), Origin: "seal.example/sm3", Now: c.clock.now,
	}))
	if findings, err := log.Verify(ctx, "", nil); err != nil || len(findings) != 0 {
		t.Errorf("ledger: %v, %v", findings, err)
	}
}

// dying is a store whose process ends before the result is written.
type dying struct{ seal.Store }

var errKilled = errors.New("killed")

func (dying) RecordStamp(context.Context, seal.Stamp, *seal.DecisionRecord, ledger.Event) error {
	return errKilled
}

func (dying) RecordFailure(context.Context, string, int, string, ledger.Event) error {
	return errKilled
}

func TestCityKilledBetweenIntentAndResult(t *testing.T) {
	c := newCity(t)
	dead := must(seal.New(c.config(dying{c.db.Seals()})))
	raw := rawDecision(t, 1)
	if _, err := dead.StampDecision(ctx, c.request(0, "k1"), raw); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if _, err := c.StampDecision(ctx, c.request(0, "k1"), raw); !errors.Is(err, seal.ErrRunning) {
		t.Errorf("within the lease: %v", err)
	}
	c.clock.move(2 * time.Minute)
	left := must(c.Unfinished(ctx))
	if len(left) != 1 || left[0].Kind != seal.KindDecision {
		t.Fatalf("unfinished: %+v", left)
	}
	st := must(c.StampDecision(ctx, c.request(0, "k1"), raw))
	if st.Attempt != 2 || st.ID != left[0].Stamp {
		t.Errorf("attempt %d of %s, want 2 of %s", st.Attempt, st.ID, left[0].Stamp)
	}
	c.wantVerdict("valid", c.verdict(st.Output, nil), 1)
	if stamps := must(c.Store().DecisionStamps(ctx, st.Decision)); len(stamps) != 1 {
		t.Errorf("%d stamps", len(stamps))
	}
}
