// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/verify"
)

// parallel runs check for every number below n, on all cores.
func parallel(n, step int, check func(int)) {
	var wait sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for c := range cores {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := c * step; i < n; i += cores * step {
				check(i)
			}
		}()
	}
	wait.Wait()
}

// stride thins exhaustive tests out under -short.
func stride(full, short int) int {
	if testing.Short() {
		return short
	}
	return full
}

// ownAnchors trusts the very certificates of seal and maker: the shortest
// chains there are, so that every bit can be tried.
func (h *house) ownAnchors() verify.Policy {
	p := h.policy()
	p.Anchors, p.MakerAnchors = [][]byte{h.Seal.DER}, [][]byte{h.SealMaker.DER}
	p.Revocation = verify.RevocationOptional
	return p
}

// neverValid tries every bit and every truncation of a bare object.
func neverValid(t *testing.T, raw, digest []byte, p verify.Policy) {
	t.Helper()
	look := func(b []byte) (*verify.Report, error) {
		d := document(b)
		d.Digest = digest
		return verify.Verify(context.Background(), d, p)
	}
	if r, err := look(raw); err != nil || r.Verdict != verify.Valid {
		t.Fatalf("as it is: %v, %v", r, err)
	}
	check := func(what string, b []byte) {
		if r, err := look(b); err == nil && r.Verdict != verify.Invalid && r.Verdict != verify.Indeterminate {
			t.Errorf("%s: %s", what, r.Verdict)
		}
	}
	parallel(8*len(raw), stride(1, 13), func(bit int) {
		b := bytes.Clone(raw)
		b[bit/8] ^= 1 << (bit % 8)
		check(fmt.Sprintf("bit %d of octet %d", bit%8, bit/8), b)
	})
	parallel(len(raw), stride(1, 13), func(n int) { check(fmt.Sprintf("the first %d octets", n), raw[:n]) })
}

// Every flipped bit and every truncation of a seal and of a seal signature of
// each version is noticed.
func TestEveryBitOfASeal(t *testing.T) {
	h := newHouse(t)
	for _, version := range []int{4, 5} { // version 1: TestVersion1
		spec := sealSpec{size: 2, template: func(s *ses.SealTemplate) { s.Version = version }}
		t.Run(fmt.Sprintf("seal of version %d", version), func(t *testing.T) { neverValid(t, h.seal(spec), nil, h.ownAnchors()) })
		t.Run(fmt.Sprintf("signature of version %d", version), func(t *testing.T) {
			sum := gm.SM3(content)
			neverValid(t, h.stamp(sum, stampSpec{sealSpec: spec, noToken: true}), sum[:], h.ownAnchors())
		})
	}
}

// A time-stamp is not covered by the stamp's signature: a changed one proves
// nothing, and the stamp is as good as without it. It must never prove another
// time.
func TestEveryBitOfAToken(t *testing.T) {
	h := newHouse(t)
	sum := gm.SM3(content)
	spec := stampSpec{sealSpec: sealSpec{size: 2}}
	raw := h.stamp(sum, spec)
	sig, err := ses.ParseSignature(raw)
	if err != nil {
		t.Fatal(err)
	}
	p := h.ownAnchors()
	p.Anchors = append(p.Anchors, h.TSA.DER)
	d := func(b []byte) verify.Document { d := document(b); d.Digest = sum[:]; return d }
	want(t, examine(t, d(raw), p), verify.Valid)
	from := bytes.Index(raw, sig.TimeStamp)
	parallel(8*len(sig.TimeStamp), stride(5, 31), func(bit int) {
		b := bytes.Clone(raw)
		b[from+bit/8] ^= 1 << (bit % 8)
		r, err := verify.Verify(context.Background(), d(b), p)
		if err != nil || r.Verdict != verify.Valid {
			return
		}
		if s := r.Stamps[0]; s.Level == "T" && !s.Time.Proven.Equal(h.clock) {
			t.Errorf("bit %d of octet %d: proven %v", bit%8, bit/8, s.Time.Proven)
		}
	})
}
