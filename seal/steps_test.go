// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

func TestIdempotencyKeyMustBeSound(t *testing.T) {
	h := newHouse(t)
	for _, key := range []string{"", strings.Repeat("k", 256), "键", "a\nb"} {
		_, err := h.StampDigest(ctx, h.request(h.seals[0], key), [32]byte{1})
		wantRefused(t, err, seal.ReasonIdempotencyKey)
	}
	if len(h.store.intents) != 0 {
		t.Error("an intent was written")
	}
}

func TestRequestTextsAreBounded(t *testing.T) {
	h := newHouse(t)
	for name, change := range map[string]func(*seal.Request){
		"no seal":     func(r *seal.Request) { r.Seal = "" },
		"long case":   func(r *seal.Request) { r.CaseRef = strings.Repeat("x", 513) },
		"bidi":        func(r *seal.Request) { r.Matter = "M\u202e1" },
		"not UTF-8":   func(r *seal.Request) { r.Officer = "\xff" },
		"place":       func(r *seal.Request) { r.Place = seal.Placement{{Page: 1}} },
		"bad profile": func(r *seal.Request) { r.Profile = "cades" },
	} {
		t.Run(name, func(t *testing.T) {
			r := h.request(h.seals[0], "k")
			change(&r)
			_, err := h.StampDigest(ctx, r, [32]byte{1})
			wantRefused(t, err, seal.ReasonRequest)
		})
	}
}

func TestSameRequestGetsTheFirstAnswer(t *testing.T) {
	h := newHouse(t)
	first, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	h.clock.move(time.Hour)
	// Not even a suspended seal takes back what was answered.
	if err := h.Suspend(ctx, "operator:test", h.seals[0].ESID, "lost"); err != nil {
		t.Fatal(err)
	}
	again, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Answer, again.Answer) || !bytes.Equal(first.Signature, again.Signature) || len(h.store.stamps) != 1 {
		t.Error("the second answer differs from the first")
	}
}

func TestReusedKey(t *testing.T) {
	h := newHouse(t)
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	other := h.request(h.seals[0], "k1")
	other.CaseRef = "C-2"
	if _, err := h.StampDigest(ctx, other, [32]byte{1}); !errors.Is(err, seal.ErrKeyReused) {
		t.Errorf("other request: %v", err)
	}
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{2}); !errors.Is(err, seal.ErrKeyReused) {
		t.Errorf("other document: %v", err)
	}
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k2"), [32]byte{1}); err != nil {
		t.Errorf("other key: %v", err)
	}
}

func TestSealsThatMustNotStamp(t *testing.T) {
	cases := map[string]struct {
		change func(*house)
		reason string
	}{
		"suspended": {func(h *house) { _ = h.Suspend(ctx, "operator:test", h.seals[0].ESID, "lost") }, "seal-state"},
		"cancelled": {func(h *house) { _ = h.Cancel(ctx, "operator:test", h.seals[0].ESID, "merged", time.Time{}) }, "seal-state"},
		// What a crash between certificate and state leaves behind.
		"certificate on hold": {func(h *house) { _ = h.office.Suspend(ctx, "", h.seals[0].CertSerial, "") }, "certificate"},
		"expired":             {func(h *house) { h.clock.move(4 * 365 * 24 * time.Hour) }, "seal-validity"},
		"no grant":            {func(h *house) { h.people.grants = nil }, "no-grant"},
		"application": {func(h *house) {
			a := h.app
			a.State = registry.Suspended
			h.people.applications[a.ID] = a
		}, "application"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			c.change(h)
			_, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
			wantDenied(t, err, c.reason)
			if len(h.store.stamps) != 0 || len(h.store.intents) != 0 {
				t.Error("something was recorded")
			}
		})
	}
}

func TestUnknownSeal(t *testing.T) {
	h := newHouse(t)
	h.seals[0].ESID = "99010099999999"
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestGrantMustNameDigests(t *testing.T) {
	h := newHouse(t)
	h.people.grants[0].Kinds = nil
	_, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	wantDenied(t, err, "grant-kind")
}

func TestHundredWithOneKeyMakeOneStamp(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	var answered, running atomic.Int32
	var answers sync.Map
	for range 100 {
		wg.Go(func() {
			st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
			switch {
			case err == nil:
				answered.Add(1)
				answers.Store(string(st.Answer), true)
			case errors.Is(err, seal.ErrRunning):
				running.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	distinct := 0
	answers.Range(func(any, any) bool { distinct++; return true })
	if len(h.store.stamps) != 1 || distinct != 1 || answered.Load() < 1 || answered.Load()+running.Load() != 100 {
		t.Errorf("%d stamps, %d answers of %d forms, %d still running", len(h.store.stamps), answered.Load(), distinct, running.Load())
	}
}

func TestClockBackwards(t *testing.T) {
	h := newHouse(t)
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	h.clock.move(-time.Minute)
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k2"), [32]byte{1}); !errors.Is(err, seal.ErrClock) {
		t.Errorf("got %v", err)
	}
	if len(h.store.stamps) != 1 {
		t.Error("a stamp was recorded")
	}
}

// keysThat runs something whenever a key is opened: between admission and
// signature.
type keysThat struct {
	seal.Keys
	run func()
}

func (k keysThat) Signer(ctx context.Context, ref, use string) (crypto.Signer, error) {
	k.run()
	return k.Keys.Signer(ctx, ref, use)
}

func TestClockBackwardsAfterTheAdmission(t *testing.T) {
	h := newHouse(t)
	s := h.start(func(c *seal.Config) { c.Keys = keysThat{h.office, func() { h.clock.move(-time.Second) }} })
	if _, err := s.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); !errors.Is(err, seal.ErrClock) {
		t.Errorf("got %v", err)
	}
}

// wrongKeys opens somebody else's key.
type wrongKeys struct{ seal.Keys }

func (k wrongKeys) Signer(ctx context.Context, _, use string) (crypto.Signer, error) {
	return k.Keys.Signer(ctx, "soft:2", use)
}

func TestKeyMustBeTheCertificates(t *testing.T) {
	h := newHouse(t)
	s := h.start(func(c *seal.Config) { c.Keys = wrongKeys{h.office} })
	if _, err := s.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); err == nil || len(h.store.stamps) != 0 {
		t.Errorf("a key that is not the certificate's signed: %v", err)
	}
}

func TestDatabaseThatCannotBeWritten(t *testing.T) {
	full := fmt.Errorf("%w: no space left on device", seal.ErrUnavailable)
	for _, method := range []string{"RecordIntent", "RecordStamp"} {
		t.Run(method, func(t *testing.T) {
			h := newHouse(t)
			h.store.breaks(method, full)
			st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
			if !errors.Is(err, seal.ErrUnavailable) || st != nil {
				t.Fatalf("got %v, %v", st, err)
			}
			h.store.breaks(method, nil)
			if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); err != nil {
				t.Errorf("after the repair: %v", err)
			}
			if len(h.store.stamps) != 1 {
				t.Errorf("%d stamps", len(h.store.stamps))
			}
		})
	}
}

// A process that dies between intent and result leaves a lease; nothing of the
// first attempt was released, and the second is recorded as one.
func TestKillBetweenIntentAndResult(t *testing.T) {
	h := newHouse(t)
	dead := errors.New("killed")
	h.store.breaks("RecordStamp", dead)
	h.store.breaks("RecordFailure", dead)
	if _, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); !errors.Is(err, dead) {
		t.Fatal(err)
	}
	h.store.breaks("RecordStamp", nil)
	h.store.breaks("RecordFailure", nil)
	s := h.start()
	if left, err := s.Unfinished(ctx); err != nil || len(left) != 0 {
		t.Errorf("a live lease was reported: %v, %v", left, err)
	}
	if _, err := s.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1}); !errors.Is(err, seal.ErrRunning) {
		t.Errorf("within the lease: %v", err)
	}
	h.clock.move(2 * time.Minute)
	left, err := s.Unfinished(ctx)
	if err != nil || len(left) != 1 || left[0].IdempotencyKey != "k1" {
		t.Fatalf("unfinished: %v, %v", left, err)
	}
	st, err := s.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if st.Attempt != 2 || st.ID != left[0].Stamp {
		t.Errorf("attempt %d of %s, want 2 of %s", st.Attempt, st.ID, left[0].Stamp)
	}
}

// An attempt that slept through its lease must not release anything.
func TestSleeperLosesItsLease(t *testing.T) {
	h := newHouse(t)
	asleep, wake := make(chan struct{}), make(chan struct{})
	var calls atomic.Int32
	h.store.hook("RecordStamp", func() {
		if calls.Add(1) == 1 {
			close(asleep)
			<-wake
		}
	})
	result := make(chan error)
	go func() {
		_, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
		result <- err
	}()
	<-asleep
	h.clock.move(2 * time.Minute)
	second, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	close(wake)
	if err := <-result; !errors.Is(err, seal.ErrLeaseLost) {
		t.Errorf("the sleeper got %v", err)
	}
	kept := h.store.stamps[second.ID]
	if len(h.store.stamps) != 1 || kept.Attempt != 2 || !bytes.Equal(kept.Signature, second.Signature) {
		t.Errorf("kept attempt %d of %d stamps", kept.Attempt, len(h.store.stamps))
	}
}

// A caller who hangs up while the time-stamp is awaited leaves no half state:
// the failure is recorded, and the key works again at once.
func TestCallerHangsUp(t *testing.T) {
	h := newHouse(t)
	hungUp, cancel := context.WithCancel(ctx)
	s := h.start(func(c *seal.Config) {
		c.TSA = stamper(func() ([]byte, error) { cancel(); time.Sleep(10 * time.Millisecond); return nil, context.Canceled })
	})
	if _, err := s.StampDigest(hungUp, h.request(h.seals[0], "k1"), [32]byte{1}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if len(h.store.stamps) != 0 {
		t.Error("a stamp was recorded")
	}
	if e := h.store.events[len(h.store.events)-1]; e.Act != "stamp.failed" {
		t.Errorf("last event %s", e.Act)
	}
	st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil || st.Attempt != 2 || st.Level != seal.LevelT {
		t.Errorf("again: %+v, %v", st, err)
	}
}

// A caller who hangs up when everything is signed finds the answer later.
func TestCallerHangsUpTooLate(t *testing.T) {
	h := newHouse(t)
	hungUp, cancel := context.WithCancel(ctx)
	h.store.hook("RecordStamp", cancel)
	if _, err := h.StampDigest(hungUp, h.request(h.seals[0], "k1"), [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	st, err := h.StampDigest(ctx, h.request(h.seals[0], "k1"), [32]byte{1})
	if err != nil || st.Attempt != 1 {
		t.Errorf("again: %v, %v", st, err)
	}
}
