// SPDX-License-Identifier: Apache-2.0

package tsp_test

import (
	"bytes"
	"math/big"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/tsp"
)

func info() *tsp.Info {
	return &tsp.Info{
		Policy: []int{2, 999, 1}, HashAlgorithm: gm.OIDSM3, Imprint: make([]byte, 32), Serial: big.NewInt(99),
		Time: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC), Accuracy: 1500*time.Millisecond + 7*time.Microsecond, Ordering: true, Nonce: big.NewInt(-5),
	}
}

func TestInfoComesBackTheSame(t *testing.T) {
	for _, fraction := range []time.Duration{0, 250 * time.Millisecond, 10 * time.Second, 7 * time.Millisecond} {
		i := info()
		i.Time = i.Time.Add(fraction)
		der, err := i.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		back, err := tsp.ParseInfo(der)
		if err != nil {
			t.Fatal(err)
		}
		if !back.Time.Equal(i.Time) || back.Accuracy != i.Accuracy || !back.Ordering || back.Nonce.Cmp(i.Nonce) != 0 || back.Serial.Cmp(i.Serial) != 0 {
			t.Errorf("got %+v, want %+v", back, i)
		}
	}
}

func TestResponseComesBackTheSame(t *testing.T) {
	for _, failure := range []int{tsp.FailBadAlg, tsp.FailTimeNotAvailable, tsp.FailSystemFailure} {
		der, err := tsp.MarshalResponse(tsp.StatusRejection, "no", failure, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tsp.ParseResponse(der)
		r, ok := err.(*tsp.Rejected)
		if !ok || r.Failure != failure || r.Text != "no" {
			t.Errorf("failure %d: got %v", failure, err)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	der, err := (&tsp.Request{HashAlgorithm: gm.OIDSM3, Imprint: make([]byte, 32), Nonce: big.NewInt(7), CertReq: true, Policy: []int{2, 999, 1}}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := tsp.ParseRequest(raw)
		if err != nil {
			return
		}
		again, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		// NULL parameters and an explicit FALSE are read but not written.
		if len(again) == len(raw) && !bytes.Equal(again, raw) {
			t.Errorf("%x became %x", raw, again)
		}
	})
}

func FuzzParseInfo(f *testing.F) {
	der, err := info().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, raw []byte) {
		i, err := tsp.ParseInfo(raw)
		if err != nil {
			return
		}
		if _, err := i.Marshal(); err != nil && i.Time.Year() > 0 {
			t.Errorf("%x cannot be written again: %v", raw, err)
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if token, err := tsp.ParseToken(raw); err == nil {
			token.Verify(nil, nil)
		}
		tsp.ParseResponse(raw)
	})
}
