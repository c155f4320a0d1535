// SPDX-License-Identifier: Apache-2.0

package tsa_test

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"sync/atomic"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/tsa"
)

func TestRemote(t *testing.T) {
	p := testpki.New(t)
	good := authority(t, p, fixed)
	respond := func(_ context.Context, q []byte) ([]byte, error) { return good.Respond(ctx, q), nil }
	old := good.Respond(ctx, request(t, nil))
	for name, c := range map[string]struct {
		exchange func(context.Context, []byte) ([]byte, error)
		ok       bool
	}{
		"granted":    {respond, true},
		"down":       {func(context.Context, []byte) ([]byte, error) { return nil, errors.New("refused") }, false},
		"garbage":    {func(context.Context, []byte) ([]byte, error) { return []byte("<html>"), nil }, false},
		"an old one": {func(context.Context, []byte) ([]byte, error) { return old, nil }, false},
		"rejected":   {func(context.Context, []byte) ([]byte, error) { return good.Respond(ctx, nil), nil }, false},
		"changed": {func(ctx context.Context, q []byte) ([]byte, error) {
			der, err := respond(ctx, q)
			return testpki.Flip(der, -1), err
		}, false},
		"another imprint": {func(ctx context.Context, q []byte) ([]byte, error) {
			r, err := tsp.ParseRequest(q)
			if err != nil {
				return nil, err
			}
			r.Imprint = bytes.Repeat([]byte{1}, 32)
			if q, err = r.Marshal(); err != nil {
				return nil, err
			}
			return respond(ctx, q)
		}, false},
		"another nonce": {func(ctx context.Context, q []byte) ([]byte, error) {
			r, err := tsp.ParseRequest(q)
			if err != nil {
				return nil, err
			}
			r.Nonce = big.NewInt(7)
			if q, err = r.Marshal(); err != nil {
				return nil, err
			}
			return respond(ctx, q)
		}, false},
	} {
		for _, sha256 := range []bool{false, true} {
			r := &tsa.Remote{Name: name, Exchange: c.exchange, SHA256: sha256}
			token, err := r.Stamp(ctx, []byte("data"))
			if (err == nil) != c.ok {
				t.Errorf("%s (SHA-256 %v): got %v", name, sha256, err)
			}
			if c.ok {
				parsed, err := tsp.ParseToken(token)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := parsed.Verify([]byte("data"), nil); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// fake counts its calls and does what it is told.
type fake struct {
	calls atomic.Int32
	do    func(context.Context) ([]byte, error)
}

func (f *fake) Stamp(ctx context.Context, _ []byte) ([]byte, error) {
	f.calls.Add(1)
	return f.do(ctx)
}

func says(text string) *fake {
	return &fake{do: func(context.Context) ([]byte, error) { return []byte(text), nil }}
}

func TestSeveral(t *testing.T) {
	now := testpki.Now
	down := &fake{do: func(context.Context) ([]byte, error) { return nil, errors.New("down") }}
	slow := &fake{do: func(context.Context) ([]byte, error) {
		time.Sleep(500 * time.Millisecond)
		return nil, errors.New("too late")
	}} // heeds no context
	up := says("token")
	s := tsa.NewSeveral(20*time.Millisecond, func() time.Time { return now }, down, slow, up)
	start := time.Now()
	for range 5 {
		if token, err := s.Stamp(ctx, nil); err != nil || string(token) != "token" {
			t.Fatalf("got %q, %v", token, err)
		}
	}
	if took := time.Since(start); took > 400*time.Millisecond {
		t.Errorf("five stamps took %v", took)
	}
	if down.calls.Load() != 3 || slow.calls.Load() != 3 || up.calls.Load() != 5 {
		t.Errorf("asked %d, %d, %d times", down.calls.Load(), slow.calls.Load(), up.calls.Load())
	}
	now = now.Add(31 * time.Second)
	for range 2 {
		if _, err := s.Stamp(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	if down.calls.Load() != 4 {
		t.Errorf("after its rest it was tried %d times, want once", down.calls.Load()-3)
	}
	now = now.Add(31 * time.Second)
	down.do = func(context.Context) ([]byte, error) { return []byte("back"), nil }
	for range 2 {
		if token, err := s.Stamp(ctx, nil); err != nil || string(token) != "back" {
			t.Errorf("recovered: got %q, %v", token, err)
		}
	}
}

func TestSeveralGivesUp(t *testing.T) {
	down := &fake{do: func(context.Context) ([]byte, error) { return nil, errors.New("down") }}
	s := tsa.NewSeveral(0, time.Now, down)
	for range 5 {
		if _, err := s.Stamp(ctx, nil); !errors.Is(err, tsa.ErrNoStamp) {
			t.Errorf("got %v", err)
		}
	}
	wait := &fake{do: func(ctx context.Context) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }}
	s = tsa.NewSeveral(time.Minute, time.Now, wait)
	for range 5 { // callers that go away say nothing about the authority
		gone, cancel := context.WithCancel(ctx)
		time.AfterFunc(5*time.Millisecond, cancel)
		if _, err := s.Stamp(gone, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if wait.calls.Load() != 5 {
		t.Errorf("asked %d times", wait.calls.Load())
	}
}
