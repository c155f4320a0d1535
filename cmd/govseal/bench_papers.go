// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

// decision is the verification of a stamped decision, as the service does it.
func (s *site) decision(ctx context.Context) (contest, error) {
	raw, err := json.Marshal(map[string]any{
		"number": "示审批〔2026〕123号", "caseNumber": "SL-2026-000123", "matterCode": demoMatter, "matterName": "食品经营许可（示例）",
		"applicant": map[string]string{"name": "示例市虚构食品有限公司", "creditCode": "11990100000000003U"}, "outcome": "approved",
		"departments": []any{map[string]string{"creditCode": s.dept.CreditCode, "name": s.dept.Name}},
		"legalBasis":  []string{"《示例市食品经营许可管理办法（虚构）》第十二条"}, "date": time.Now().Format(time.DateOnly),
		"title": "准予行政许可决定书", "text": []string{"经审查，你单位的申请符合法定条件、标准，决定准予许可。"},
	})
	if err != nil {
		return contest{}, err
	}
	st, err := s.seals.StampDecision(ctx, s.request(rand.Text()), raw)
	if err != nil {
		return contest{}, err
	}
	f, err := s.seals.File(ctx, st.Output)
	if err != nil {
		return contest{}, err
	}
	defer f.Close()
	stamped, err := io.ReadAll(f)
	policy, err2 := s.policy(ctx)
	return contest{name: "verify a decision", workers: cores(), unit: "/s", of: "SM2 verify", do: func(ctx context.Context, _ int) error {
		return valid(ctx, bytes.NewReader(stamped), int64(len(stamped)), policy)
	}}, errors.Join(err, err2)
}

func valid(ctx context.Context, content io.ReaderAt, size int64, policy verify.Policy) error {
	policy.Time = time.Now()
	r, err := verify.Verify(ctx, verify.Document{ReaderAt: content, Size: size}, policy)
	if err == nil && r.Verdict != verify.Valid {
		err = fmt.Errorf("a document just sealed is %s %v", r.Verdict, r.Codes())
	}
	return err
}

// paperSort is one sort of paper that is sealed and verified.
type paperSort struct {
	name    string
	file    string                               // its ending
	content func(octets int) (whole, raw []byte) // as a file, and what SM3 is taken of
	put     func(*site) func(context.Context, seal.Request, []byte) (*seal.Stamp, error)
	targets bool // at 20 MB, those of design.md 11
}

var sorts = []paperSort{
	{"PDF", "pdf", func(octets int) ([]byte, []byte) { p := benchPDF(octets); return p, p },
		func(s *site) func(context.Context, seal.Request, []byte) (*seal.Stamp, error) {
			return s.seals.StampPDF
		}, true},
	{"OFD", "ofd", benchOFD,
		func(s *site) func(context.Context, seal.Request, []byte) (*seal.Stamp, error) {
			return s.seals.StampOFD
		}, false},
}

// papers are PDFs and OFDs of an ordinary and of a large size.
func (b *bench) papers(ctx context.Context, s *site) error {
	for _, kind := range sorts {
		for _, p := range []struct {
			name   string
			octets int
		}{{kind.name + " of 0.2 MB", 200_000}, {kind.name + " of 20 MB", 20_000_000}} {
			b.progress(p.name)
			large := p.octets > 1_000_000
			if err := b.paper(ctx, paperRun{site: s, paperSort: kind, name: p.name, targets: kind.targets && large}, p.octets); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	return nil
}

// paperRun is one sort of paper of one size in a city.
type paperRun struct {
	*site
	paperSort
	name    string
	in, out string
	trust   verify.Policy
	targets bool
}

// paper seals and verifies one paper, each time beside one SM3 pass over it;
// of an OFD, over its inflated octets.
func (b *bench) paper(ctx context.Context, r paperRun, octets int) error {
	content, raw := r.content(octets)
	// Sealing keeps the file durably, so that the disk is a second reference.
	r.in, r.out = filepath.Join(r.dir, "bench."+r.file), filepath.Join(r.dir, "bench.sealed."+r.file)
	if err := os.WriteFile(r.in, content, 0o600); err != nil {
		return err
	}
	var err error
	if r.trust, err = r.policy(ctx); err != nil {
		return err
	}
	var hash, write, seal, check laps
	for range b.rounds {
		var digest [32]byte
		if err := errors.Join(
			hash.add(func() error { gm.SM3(raw); return nil }),
			write.add(func() error { return writeSynced(r.out, content) }),
			seal.add(func() (err error) { digest, err = r.sealFile(ctx); return err }),
		); err != nil {
			return err
		}
		if err := r.takeOut(ctx, digest, r.out); err != nil {
			return err
		}
		if err := check.add(func() error { return r.verifyFile(ctx) }); err != nil {
			return err
		}
	}
	pass := "SM3 of " + r.name
	beside := func(what string, l laps, target float64) figure {
		return figure{Name: what + " " + r.name, Value: 1e3 * median(l.seconds), Unit: "ms", CPU: median(l.cpu),
			Ratio: median(each(l.seconds, hash.seconds)), Work: median(each(l.cpu, hash.cpu)), Of: pass, Target: target, AtMost: true}
	}
	figures := []figure{
		{Name: pass, Value: 1e3 * median(hash.seconds), Unit: "ms", CPU: median(hash.cpu)},
		beside("write and fsync of", write, 0), beside("seal", seal, 1.5), beside("verify", check, 1.5),
	}
	memory, err := r.memory(ctx, float64(len(content)))
	runtime.KeepAlive(content) // freed meanwhile it would hide as much of the growth
	runtime.KeepAlive(raw)
	for _, f := range append(figures, memory...) {
		if !r.targets {
			f.Target = 0
		}
		b.figures = append(b.figures, f)
	}
	return err
}

// memory does it once more and looks at the heap.
func (r paperRun) memory(ctx context.Context, octets float64) ([]figure, error) {
	sealing, err := peak(func() error { _, err := r.sealFile(ctx); return err })
	if err != nil {
		return nil, err
	}
	checking, err := peak(func() error { return r.verifyFile(ctx) })
	memory := func(what string, growth float64) figure {
		return figure{Name: what + " " + r.name + ", peak memory", Value: growth / 1e6, Unit: "MB", Ratio: growth / octets, Of: "size of the file", Target: 2, AtMost: true}
	}
	return []figure{memory("seal", sealing), memory("verify", checking)}, err
}

// sealFile reads a file, seals it durably, and returns the SM3 of what came
// out of it.
func (r paperRun) sealFile(ctx context.Context) ([32]byte, error) {
	document, err := os.ReadFile(r.in)
	if err != nil {
		return [32]byte{}, err
	}
	st, err := r.put(r.site)(ctx, r.request(rand.Text()), document)
	if err != nil {
		return [32]byte{}, err
	}
	return st.Output, nil
}

// takeOut copies a sealed file out of the city.
func (s *site) takeOut(ctx context.Context, digest [32]byte, path string) error {
	f, err := s.seals.File(ctx, digest)
	if err != nil {
		return err
	}
	defer f.Close()
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return errors.Join(err, out.Close())
}

// verifyFile is the verifier alone: where its trust comes from is not measured.
func (r paperRun) verifyFile(ctx context.Context) error {
	f, size, err := openRegular(r.out)
	if err != nil {
		return err
	}
	defer f.Close()
	return valid(ctx, f, size, r.trust)
}

func writeSynced(path string, content []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// laps are the times of one operation, in seconds and in microseconds of the
// processor.
type laps struct{ seconds, cpu []float64 }

func (l *laps) add(work func() error) error {
	used := processorTime()
	s, err := clock(work)
	l.seconds, l.cpu = append(l.seconds, s), append(l.cpu, float64((processorTime()-used).Microseconds()))
	return err
}

// each is a over b, turn by turn.
func each(a, b []float64) []float64 {
	out := make([]float64, 0, len(a))
	for i := range a {
		if b[i] > 0 {
			out = append(out, a[i]/b[i])
		}
	}
	return out
}

// clock returns the seconds that work took.
func clock(work func() error) (float64, error) {
	start := time.Now()
	err := work()
	return time.Since(start).Seconds(), err
}
