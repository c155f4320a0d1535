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

// papers are PDFs of an ordinary and of a large size.
func (b *bench) papers(ctx context.Context, s *site) error {
	for _, p := range []struct {
		name    string
		octets  int
		targets bool
	}{{"PDF of 0.2 MB", 200_000, false}, {"PDF of 20 MB", 20_000_000, true}} {
		b.progress(p.name)
		if err := b.paper(ctx, s, p.name, p.octets, p.targets); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// paper seals and verifies one PDF, each time beside one SM3 pass over it.
func (b *bench) paper(ctx context.Context, s *site, name string, octets int, targets bool) error {
	content := benchPDF(octets)
	// Sealing keeps the file durably, so that the disk is a second reference.
	in, out := filepath.Join(s.dir, "bench.pdf"), filepath.Join(s.dir, "bench.sealed.pdf")
	if err := os.WriteFile(in, content, 0o600); err != nil {
		return err
	}
	var hash, written, sealing, checking, wrote, sealed, checked []float64
	for range b.rounds {
		h, err := clock(func() error { gm.SM3(content); return nil })
		if err != nil {
			return err
		}
		w, err := clock(func() error { return writeSynced(out, content) })
		if err != nil {
			return err
		}
		var digest [32]byte
		t, err := clock(func() (err error) { digest, err = s.sealFile(ctx, in); return err })
		if err != nil {
			return err
		}
		if err := s.takeOut(ctx, digest, out); err != nil {
			return err
		}
		v, err := clock(func() error { return s.verifyFile(ctx, out) })
		if err != nil {
			return err
		}
		hash, written, sealing, checking = append(hash, h), append(written, w), append(sealing, t), append(checking, v)
		wrote, sealed, checked = append(wrote, w/h), append(sealed, t/h), append(checked, v/h)
	}
	pass := "SM3 of " + name
	figures := []figure{
		{Name: pass, Value: 1e3 * median(hash), Unit: "ms"},
		{Name: "write and fsync of " + name, Value: 1e3 * median(written), Unit: "ms", Ratio: median(wrote), Of: pass},
		{Name: "seal " + name, Value: 1e3 * median(sealing), Unit: "ms", Ratio: median(sealed), Of: pass, Target: 1.5, AtMost: true},
		{Name: "verify " + name, Value: 1e3 * median(checking), Unit: "ms", Ratio: median(checked), Of: pass, Target: 1.5, AtMost: true},
	}
	memory, err := b.paperMemory(ctx, s, name, in, out, float64(octets))
	runtime.KeepAlive(content) // freed meanwhile it would hide as much of the growth
	for _, f := range append(figures, memory...) {
		if !targets {
			f.Target = 0
		}
		b.figures = append(b.figures, f)
	}
	return err
}

// paperMemory does it once more and looks at the heap.
func (b *bench) paperMemory(ctx context.Context, s *site, name, in, out string, octets float64) ([]figure, error) {
	sealing, err := peak(func() error { _, err := s.sealFile(ctx, in); return err })
	if err != nil {
		return nil, err
	}
	checking, err := peak(func() error { return s.verifyFile(ctx, out) })
	memory := func(what string, growth float64) figure {
		return figure{Name: what + " " + name + ", peak memory", Value: growth / 1e6, Unit: "MB", Ratio: growth / octets, Of: "size of the file", Target: 2, AtMost: true}
	}
	return []figure{memory("seal", sealing), memory("verify", checking)}, err
}

// sealFile reads a file, seals it durably, and returns the SM3 of what came
// out of it.
func (s *site) sealFile(ctx context.Context, path string) ([32]byte, error) {
	document, err := os.ReadFile(path)
	if err != nil {
		return [32]byte{}, err
	}
	st, err := s.seals.StampPDF(ctx, s.request(rand.Text()), document)
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

func (s *site) verifyFile(ctx context.Context, path string) error {
	policy, err := s.policy(ctx)
	if err != nil {
		return err
	}
	f, size, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return valid(ctx, f, size, policy)
}

func writeSynced(path string, content []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// clock returns the seconds that work took.
func clock(work func() error) (float64, error) {
	start := time.Now()
	err := work()
	return time.Since(start).Seconds(), err
}

// benchPDF is one page with an image of noise, as scans are: nothing that
// compresses, so that octets are what costs.
func benchPDF(octets int) []byte {
	const width = 1000
	rows := octets / width
	noise := make([]byte, rows*width)
	_, _ = rand.Read(noise)
	page := "q 400 0 0 600 97 120 cm /I Do Q"
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	object := func(dict string, stream []byte) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\n", len(offsets), dict)
		if stream != nil {
			b.WriteString("stream\n")
			b.Write(stream)
			b.WriteString("\nendstream\n")
		}
		b.WriteString("endobj\n")
	}
	object("<< /Type /Catalog /Pages 2 0 R >>", nil)
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", nil)
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>", nil)
	object(fmt.Sprintf("<< /Length %d >>", len(page)), []byte(page))
	object(fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Length %d >>",
		width, rows, len(noise)), noise)
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return b.Bytes()
}
