// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/tsa"
	"github.com/govseal/govseal/verify"
)

// The same documents get the same reports in a browser's engine and here.
func TestWASMAgreesWithNative(t *testing.T) {
	b := newBrowser(t)
	pki := testpki.New(t)
	genuine, tampered := decisions(t, pki)
	options := map[string]any{"time": testpki.Now.Add(time.Hour), "anchors": string(pki.Root.PEM())}
	b.judge(t, options, []paper{{genuine, verify.Valid}, {tampered, verify.Invalid}, {[]byte("garbage"), ""}})
}

// The demo's papers and their tampered twins, with its root as only anchor.
func TestWASMVerifiesTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the whole program")
	}
	b := newBrowser(t)
	dir := filepath.Join(t.TempDir(), "demo")
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "run", "../govseal", "demo", "--no-serve", "--dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("demo: %v: %.2000s", err, out)
	}
	read := func(name string) []byte {
		raw, err := os.ReadFile(filepath.Join(dir, "out", name))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	options := map[string]any{"time": time.Now(), "anchors": string(read("root.pem"))}
	b.judge(t, options, []paper{
		{read("decision.json"), verify.Valid}, {read("decision.tampered.json"), verify.Invalid},
		{read("decision.pdf"), verify.Valid}, {read("decision.tampered.pdf"), verify.Invalid},
	})
	options["evidence"] = json.RawMessage(read("decision.ofd.evidence.json")) // an OFD cannot carry it
	b.judge(t, options, []paper{{read("decision.ofd"), verify.Valid}, {read("decision.tampered.ofd"), verify.Invalid}})
}

// browser is Node with the program built as it is released.
type browser struct{ node, glue, wasm string }

// built keeps the program between the tests of one run.
var built struct {
	sync.Once
	dir string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir) // best effort: it is in the temporary directory
	}
	os.Exit(code)
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	built.Do(func() {
		if built.dir, err = os.MkdirTemp("", "verify-wasm"); err != nil {
			t.Fatal(err)
		}
		build(t, built.dir)
	})
	return browser{
		node: node, wasm: filepath.Join(built.dir, "verify.wasm"),
		glue: filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"),
	}
}

// paper is a document and the verdict it deserves; none: it cannot be looked at.
type paper struct {
	raw  []byte
	want verify.Verdict
}

func (b browser) judge(t *testing.T, with map[string]any, papers []paper) {
	t.Helper()
	options, err := json.Marshal(with)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"testdata/verify.cjs", b.glue, b.wasm, write(t, dir, "options.json", options)}
	for i, p := range papers {
		args = append(args, write(t, dir, string(rune('a'+i)), p.raw))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, b.node, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v: %s", err, out)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 16<<20)
	for i, p := range papers {
		if !lines.Scan() {
			t.Fatalf("only %d answers: %.500s", i, out)
		}
		compare(t, p.raw, options, lines.Bytes(), p.want)
	}
}

func compare(t *testing.T, document, options, answer []byte, want verify.Verdict) {
	t.Helper()
	native, err := examine(context.Background(), document, options)
	if err != nil {
		var no struct{ Error string }
		if json.Unmarshal(answer, &no) != nil || no.Error != err.Error() || want != "" {
			t.Errorf("got %s, want error %v", answer, err)
		}
		return
	}
	raw, err := json.Marshal(native)
	if err != nil {
		t.Fatal(err)
	}
	if native.Verdict != want || !bytes.Equal(raw, answer) {
		t.Errorf("verdict %s, want %s\nnative %s\nwasm   %s", native.Verdict, want, raw, answer)
	}
}

// build makes the program as it is released, and says how large it is.
func build(t *testing.T, dir string) {
	t.Helper()
	wasm := filepath.Join(dir, "verify.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", wasm, ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	t.Logf("verify.wasm: %d octets", size(wasm))
	if brotli, err := exec.LookPath("brotli"); err == nil && os.Getenv("GOVSEAL_BROTLI") != "" {
		if out, err := exec.Command(brotli, "-q", "11", "-w", "24", "-o", wasm+".br", wasm).CombinedOutput(); err != nil {
			t.Fatalf("brotli: %v: %s", err, out)
		}
		const most = 2_000_000 // design.md 11
		if n := size(wasm + ".br"); n > most {
			t.Errorf("verify.wasm with brotli: %d octets, more than %d", n, most)
		} else {
			t.Logf("verify.wasm with brotli: %d octets", n)
		}
	}
}

func write(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// decisions makes a genuine decision and its tampered twin.
func decisions(t *testing.T, pki *testpki.PKI) (genuine, tampered []byte) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	f := &decision.File{Schema: decision.Schema, Code: "0123456789ABCDEF", Decision: decision.Decision{
		Number: "示审批〔2026〕1号", CaseNumber: "SL-2026-000001", MatterCode: "SL-0117", MatterName: "建设工程规划许可证核发",
		Applicant: decision.Applicant{Name: "示例市某某置业有限公司"}, Outcome: decision.Approved,
		Departments: []decision.Department{{CreditCode: testpki.CreditCode, Name: "示例市行政审批局"}},
		LegalBasis:  []string{"《中华人民共和国城乡规划法》第四十条"}, Date: "2026-03-02",
		Title: "关于准予核发建设工程规划许可证的决定", Text: []string{"经审查，决定准予许可。"},
	}}
	signed, err := f.SignedBytes()
	must(err)
	info, err := ses.SealTemplate{
		Version: 4, Vendor: "govseal", ESID: pki.Seal.Cert.Subject.Get(cert.OIDSerialNumber), Type: 1, Name: "示例市行政审批局",
		Certs: [][]byte{pki.Seal.DER}, Created: testpki.NotBefore, ValidFrom: testpki.NotBefore, ValidTo: testpki.NotAfter,
		Picture: ses.Picture{Type: "png", Width: 42, Height: 42},
	}.TBS()
	must(err)
	seal, err := ses.AssembleSeal(info, pki.SealMaker.DER, pki.SealMaker.Sign(t, info), nil)
	must(err)
	tbs, err := ses.SignatureTemplate{Seal: seal, Time: testpki.Now, DataHash: gm.SM3(signed), PropertyInfo: decision.Schema}.TBS()
	must(err)
	sig := pki.Seal.Sign(t, tbs)
	authority, err := tsa.New(tsa.Config{Signer: pki.TSA.Key, Certificate: pki.TSA.DER, Policy: []int{2, 999, 1}, Now: func() time.Time { return testpki.Now }})
	must(err)
	token, err := authority.Stamp(context.Background(), sig)
	must(err)
	stamp, err := ses.AssembleSignature(tbs, pki.Seal.DER, sig, token)
	must(err)
	f.Stamps = [][]byte{stamp}
	f.Evidence = &decision.Evidence{Certificates: [][]byte{pki.Issuing.DER}, CRLs: [][]byte{pki.IssuingCRL, pki.RootCRL}}
	genuine, err = f.Marshal()
	must(err)
	f.Decision.Text = []string{"经审查，决定不予许可。"}
	tampered, err = f.Marshal()
	must(err)
	return genuine, tampered
}

func TestOptions(t *testing.T) {
	pki := testpki.New(t)
	genuine, _ := decisions(t, pki)
	for name, text := range map[string]string{
		"not JSON":      `{`,
		"unknown field": `{"time":"2026-03-02T03:00:00Z","trust":""}`,
		"no time":       `{}`,
		"not PEM":       `{"time":"2026-03-02T03:00:00Z","anchors":"x"}`,
		"wrong block":   `{"time":"2026-03-02T03:00:00Z","crls":` + quote(string(pki.Root.PEM())) + `}`,
		"arc":           `{"time":"2026-03-02T03:00:00Z","arc":"2.x"}`,
		"digest":        `{"time":"2026-03-02T03:00:00Z","digest":"zz"}`,
	} {
		if r, err := examine(context.Background(), genuine, []byte(text)); err == nil {
			t.Errorf("%s: got %s", name, r.Verdict)
		}
	}
	r, err := examine(context.Background(), genuine, []byte(`{"time":"2026-03-02T03:00:00Z","arc":"2.999.1","evidence":null,"proof":null,"anchors":`+quote(string(pki.Root.PEM()))+`}`))
	if err != nil || r.Verdict != verify.Valid {
		t.Errorf("got %v, %v", r, err)
	}
}

func quote(s string) string {
	raw, _ := json.Marshal(s) // a string can always be encoded
	return string(raw)
}
