// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

type ledgerFact = ledger.Fact

const operator = "operator:test"

func (o *office) list(t *testing.T, id string) (*cert.CRL, ca.CRL) {
	t.Helper()
	c, err := o.CRL(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	l, err := cert.ParseCRL(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	der := o.Issuing()
	if id == ca.RootID {
		der = o.Root()
	}
	if err := l.CheckSignature(parse(t, der).PublicKey); err != nil {
		t.Fatal(err)
	}
	return l, c
}

func entry(l *cert.CRL, serialHex string) *cert.Revoked {
	n, _ := new(big.Int).SetString(serialHex, 16)
	return l.Find(n)
}

func TestRevoke(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "seal")
	_, first := o.list(t, ca.IssuingID)
	o.now = start.Add(time.Hour)
	when := start.Add(time.Minute)
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, when, "UKey 遗失"); err != nil {
		t.Fatal(err)
	}
	l, second := o.list(t, ca.IssuingID)
	r := entry(l, c.SerialHex)
	if r == nil || r.Reason != ca.ReasonKeyCompromise || !r.Date.Equal(o.now) || !r.Invalidity.Equal(when) {
		t.Errorf("entry: got %+v", r)
	}
	if second.Number != first.Number+1 || l.Number.Int64() != second.Number {
		t.Errorf("numbers: %d after %d", second.Number, first.Number)
	}
	got, _ := o.Show(ctx, c.SerialHex)
	if got.Status != ca.Revoked || got.Reason != ca.ReasonKeyCompromise {
		t.Errorf("record: got %+v", got)
	}
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonSuperseded, time.Time{}, ""); !errors.Is(err, ca.ErrState) {
		t.Errorf("revoking twice: got %v, want ErrState", err)
	}
	// Found to be earlier: the reason stays, the day of the listing too.
	listed := o.now
	o.now = start.Add(2 * time.Hour)
	for _, again := range []time.Time{when, when.Add(time.Second), {}} {
		if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, again, ""); !errors.Is(err, ca.ErrState) {
			t.Errorf("compromised since %v, which is not earlier: %v", again, err)
		}
	}
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, when.Add(-time.Second), "查明"); err != nil {
		t.Fatal(err)
	}
	l, third := o.list(t, ca.IssuingID)
	if r := entry(l, c.SerialHex); !r.Date.Equal(listed) || !r.Invalidity.Equal(when.Add(-time.Second)) || third.Number != second.Number+1 {
		t.Errorf("entry: got %+v in list %d", r, third.Number)
	}
	// The compromised key is never certified again.
	var bad *ca.RequestError
	if _, err := o.Issue(ctx, request("seal", c.KeyRef)); !errors.As(err, &bad) {
		t.Errorf("compromised key: got %v", err)
	}
}

// What ended for another reason can turn out to have been compromised before.
func TestCompromiseFoundLater(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "seal")
	o.now = start.Add(time.Hour)
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonSuperseded, time.Time{}, "换发"); err != nil {
		t.Fatal(err)
	}
	listed := o.now
	o.now = start.Add(2 * time.Hour)
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, listed.Add(time.Second), ""); !errors.Is(err, ca.ErrState) {
		t.Errorf("compromised after its end: %v", err)
	}
	// Before the certificate began is as good as its beginning.
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, start.AddDate(-1, 0, 0), "密钥早已泄露"); err != nil {
		t.Fatal(err)
	}
	l, _ := o.list(t, ca.IssuingID)
	got, _ := o.Show(ctx, c.SerialHex)
	if r := entry(l, c.SerialHex); r.Reason != ca.ReasonKeyCompromise || !r.Date.Equal(listed) || !r.Invalidity.Equal(got.NotBefore) {
		t.Errorf("entry: got %+v", r)
	}
	if got.Aggravates(ca.ReasonKeyCompromise, start.AddDate(-2, 0, 0)) || got.Aggravates(ca.ReasonSuperseded, start.AddDate(-2, 0, 0)) {
		t.Error("it can still get worse")
	}
}

func TestHold(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "seal")
	o.now = start.Add(time.Hour)
	if err := o.Suspend(ctx, operator, c.SerialHex, "年检"); err != nil {
		t.Fatal(err)
	}
	held := o.now
	l, _ := o.list(t, ca.IssuingID)
	if r := entry(l, c.SerialHex); r == nil || r.Reason != ca.ReasonCertificateHold {
		t.Errorf("held: got %+v", r)
	}
	if err := o.Suspend(ctx, operator, c.SerialHex, ""); !errors.Is(err, ca.ErrState) {
		t.Errorf("suspending twice: got %v", err)
	}
	if err := o.Resume(ctx, operator, c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
	if l, _ := o.list(t, ca.IssuingID); entry(l, c.SerialHex) != nil {
		t.Error("still listed after resuming")
	}
	if err := o.Resume(ctx, operator, c.SerialHex, ""); !errors.Is(err, ca.ErrState) {
		t.Errorf("resuming twice: got %v", err)
	}
	if err := o.Suspend(ctx, operator, c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
	o.now = start.Add(2 * time.Hour)
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonCessationOfOperation, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	l, _ = o.list(t, ca.IssuingID)
	if r := entry(l, c.SerialHex); r == nil || r.Reason != ca.ReasonCessationOfOperation || !r.Date.Equal(held) {
		t.Errorf("revoked after hold: got %+v, want the hold's date", r)
	}
}

func TestRefusedStatusChanges(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "officer")
	issuing := parse(t, o.Issuing()).Serial.Text(16)
	root := parse(t, o.Root()).Serial.Text(16)
	var bad *ca.RequestError
	for name, err := range map[string]error{
		"hold as reason":           o.Revoke(ctx, operator, c.SerialHex, ca.ReasonCertificateHold, time.Time{}, ""),
		"reason 7":                 o.Revoke(ctx, operator, c.SerialHex, 7, time.Time{}, ""),
		"invalidity in the future": o.Revoke(ctx, operator, c.SerialHex, 1, start.Add(time.Hour), ""),
		"bidi in the note":         o.Revoke(ctx, operator, c.SerialHex, 1, time.Time{}, "\u202e"),
		"no actor":                 o.Suspend(ctx, "", c.SerialHex, ""),
		"not a serial":             o.Suspend(ctx, operator, "zz", ""),
	} {
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want a RequestError", name, err)
		}
	}
	for name, err := range map[string]error{
		"hold the issuing CA":   o.Suspend(ctx, operator, issuing, ""),
		"hold the root":         o.Suspend(ctx, operator, root, ""),
		"revoke the issuing CA": o.Revoke(ctx, operator, issuing, 1, time.Time{}, ""),
		"revoke the root":       o.Revoke(ctx, operator, root, 1, time.Time{}, ""),
		"resume a good one":     o.Resume(ctx, operator, c.SerialHex, ""),
	} {
		if !errors.Is(err, ca.ErrState) {
			t.Errorf("%s: got %v, want ErrState", name, err)
		}
	}
	if err := o.Suspend(ctx, operator, "0badc0de", ""); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("unknown serial: got %v", err)
	}
	if _, err := o.Show(ctx, "0x00:"+c.SerialHex); err != nil {
		t.Errorf("a serial as people copy it: %v", err)
	}
}

// A key that was lost before its certificate began was never good.
func TestInvalidityBeforeTheCertificate(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "officer")
	if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonKeyCompromise, start.AddDate(-1, 0, 0), ""); err != nil {
		t.Fatal(err)
	}
	if l, _ := o.list(t, ca.IssuingID); !entry(l, c.SerialHex).Invalidity.Equal(c.NotBefore) {
		t.Errorf("invalidity date: got %v, want %v", entry(l, c.SerialHex).Invalidity, c.NotBefore)
	}
}

func TestRevokeCA(t *testing.T) {
	ctx, o := context.Background(), found(t)
	other, _ := gm.GenerateKey()
	if _, err := o.RevokeCA(ctx, operator, ca.IssuingID, ca.ReasonCACompromise, time.Time{}, "", other); err == nil {
		t.Error("a foreign root key: want an error")
	}
	if _, err := o.RevokeCA(ctx, operator, ca.IssuingID, ca.ReasonCACompromise, time.Time{}, "演练", o.root); err != nil {
		t.Fatal(err)
	}
	l, _ := o.list(t, ca.RootID)
	if r := l.Find(parse(t, o.Issuing()).Serial); r == nil || r.Reason != ca.ReasonCACompromise {
		t.Errorf("root CRL: got %+v", r)
	}
	if _, err := o.Issue(ctx, request("seal", o.key(t, "seal"))); !errors.Is(err, ca.ErrState) {
		t.Errorf("issuing afterwards: got %v, want ErrState", err)
	}
}

func TestCRLLifetimes(t *testing.T) {
	o := found(t)
	_, root := o.list(t, ca.RootID)
	if got := root.NextUpdate.Sub(root.ThisUpdate); got != 365*24*time.Hour {
		t.Errorf("root CRL lives %v", got)
	}
	_, first := o.list(t, ca.IssuingID)
	if got := first.NextUpdate.Sub(first.ThisUpdate); got != 7*24*time.Hour {
		t.Errorf("issuing CRL lives %v", got)
	}
	o.now = start.Add(23 * time.Hour)
	if _, c := o.list(t, ca.IssuingID); c.Number != first.Number {
		t.Error("re-issued before it was due")
	}
	o.now = start.Add(24 * time.Hour)
	if _, c := o.list(t, ca.IssuingID); c.Number != first.Number+1 || !c.ThisUpdate.Equal(o.now) {
		t.Errorf("after a day: got number %d", c.Number)
	}
	o.now = start.Add(22 * time.Hour)
	if err := o.Suspend(context.Background(), operator, o.issue(t, "seal").SerialHex, ""); err == nil {
		t.Error("a CRL with a clock gone back two hours: want an error")
	}
	if _, err := o.CRL(context.Background(), "other"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("unknown CA: got %v", err)
	}
}

func TestCRLCatchesUp(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "seal")
	o.store.fail["RecordCRL"] = errors.New("disk full")
	if err := o.Suspend(ctx, operator, c.SerialHex, ""); err == nil {
		t.Error("the CRL could not be issued: want an error")
	}
	delete(o.store.fail, "RecordCRL")
	if l, _ := o.list(t, ca.IssuingID); entry(l, c.SerialHex) == nil {
		t.Error("the next CRL does not list what was recorded")
	}
	// The same after a crash: a new process finds out by itself.
	d := o.issue(t, "seal")
	o.store.fail["RecordCRL"] = errors.New("killed")
	_ = o.Suspend(ctx, operator, d.SerialHex, "")
	delete(o.store.fail, "RecordCRL")
	again, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	o.Authority = again
	if l, _ := o.list(t, ca.IssuingID); entry(l, d.SerialHex) == nil {
		t.Error("after a restart the CRL does not list what was recorded")
	}
}

func TestCRLRaces(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "seal")
	o.store.stale = 2 // another process is faster twice
	if err := o.Revoke(ctx, operator, c.SerialHex, 0, time.Time{}, ""); err != nil {
		t.Error(err)
	}
	o.store.stale = 99
	if _, err := o.IssueRootCRL(ctx, operator, o.root); !errors.Is(err, ca.ErrStaleCRL) {
		t.Errorf("got %v, want ErrStaleCRL", err)
	}
	o.store.stale = 0
	if l, _ := o.list(t, ca.IssuingID); entry(l, c.SerialHex) == nil || entry(l, c.SerialHex).Reason != 0 {
		t.Error("not listed")
	}
}

func TestConcurrentUse(t *testing.T) {
	ctx, o := context.Background(), found(t)
	refs := make([]string, 16)
	for i := range refs {
		refs[i] = o.key(t, "seal")
	}
	var wg sync.WaitGroup
	for _, ref := range refs {
		wg.Go(func() {
			c, err := o.Issue(ctx, request("seal", ref))
			if err != nil {
				t.Error(err)
				return
			}
			if err := o.Revoke(ctx, operator, c.SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if l, _ := o.list(t, ca.IssuingID); len(l.Revoked) != len(refs) {
		t.Errorf("got %d entries, want %d", len(l.Revoked), len(refs))
	}
}

func TestIssueRootCRLNeedsTheRoot(t *testing.T) {
	ctx, o := context.Background(), found(t)
	other, _ := gm.GenerateKey()
	if _, err := o.IssueRootCRL(ctx, operator, other); err == nil {
		t.Error("foreign key: want an error")
	}
	if _, err := o.IssueRootCRL(ctx, operator, nil); err == nil {
		t.Error("no key: want an error")
	}
}

func TestEvidence(t *testing.T) {
	ctx, o := context.Background(), found(t)
	c := o.issue(t, "seal")
	chain, crls, err := o.Evidence(ctx, c.DER)
	if err != nil || len(chain) != 2 || !bytes.Equal(chain[0], o.Issuing()) || !bytes.Equal(chain[1], o.Root()) || len(crls) != 2 {
		t.Fatalf("got %d certificates, %d CRLs, %v", len(chain), len(crls), err)
	}
	if chain, crls, err := o.Evidence(ctx, o.Issuing()); err != nil || len(chain) != 1 || len(crls) != 1 {
		t.Errorf("issuing CA: got %d certificates, %d CRLs, %v", len(chain), len(crls), err)
	}
	other := found(t)
	if _, _, err := o.Evidence(ctx, other.issue(t, "seal").DER); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("foreign certificate: got %v, want ErrNotFound", err)
	}
	if _, _, err := o.Evidence(ctx, []byte{0x30}); err == nil {
		t.Error("garbage: want an error")
	}
}

func TestReasons(t *testing.T) {
	for _, r := range []int{0, 1, 3, 4, 5, 9} {
		if got, err := ca.ParseReason(ca.ReasonName(r)); err != nil || got != r {
			t.Errorf("%d: got %d, %v", r, got, err)
		}
	}
	for _, name := range []string{"certificateHold", "cACompromise", "", "reason(7)"} {
		if _, err := ca.ParseReason(name); err == nil {
			t.Errorf("%q: want an error", name)
		}
	}
}

// Evidence is kept for a second: an own list replaces it at once, another
// process's within that time.
func TestEvidenceIsFresh(t *testing.T) {
	o := found(t)
	ctx := context.Background()
	seal := o.issue(t, "seal")
	number := func() string {
		t.Helper()
		_, crls, err := o.Evidence(ctx, seal.DER)
		if err != nil {
			t.Fatal(err)
		}
		list, err := cert.ParseCRL(crls[0])
		if err != nil {
			t.Fatal(err)
		}
		return list.Number.String()
	}
	first := number()
	reads := o.store.reads
	if number(); o.store.reads != reads {
		t.Errorf("%d reads of the store for evidence that was just found", o.store.reads-reads)
	}
	o.now = o.now.Add(time.Hour)
	if err := o.Revoke(ctx, operator, o.issue(t, "officer").SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	second := number()
	if second == first {
		t.Error("the list issued here is not in the evidence")
	}
	beside, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	if err := beside.Revoke(ctx, operator, o.issue(t, "officer").SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(time.Second)
	if number() == second {
		t.Error("another process's list is not in the evidence after a second")
	}
}
