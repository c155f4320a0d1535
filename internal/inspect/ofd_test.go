// SPDX-License-Identifier: Apache-2.0

package inspect_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/inspect"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/internal/testpki"
)

var update = flag.Bool("update", false, "write the golden files anew")

const xmlns = `xmlns:ofd="http://www.ofdspec.org/2016"`

// entry is one file of a package that is built for a test.
type entry struct{ name, data string }

// paper is a sound OFD of two pages, one with a size of its own.
func paper() []entry {
	return []entry{
		{"OFD.xml", `<ofd:OFD ` + xmlns + ` DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:DocID>7</ofd:DocID><ofd:Title>关于准予许可的决定</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`},
		{"Doc_0/Document.xml", `<ofd:Document ` + xmlns + `><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages></ofd:Document>`},
		{"Doc_0/Pages/Page_0/Content.xml", `<ofd:Page ` + xmlns + `><ofd:Content/></ofd:Page>`},
		{"Doc_0/Pages/Page_1/Content.xml", `<ofd:Page ` + xmlns + `><ofd:Area><ofd:PhysicalBox>0 0 420 297</ofd:PhysicalBox></ofd:Area><ofd:Content/></ofd:Page>`},
	}
}

func pack(t testing.TB, files []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = io.WriteString(w, f.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpack reads a package back, so that a test may tamper with it.
func unpack(t testing.TB, raw []byte) []entry {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var out []entry
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, entry{f.Name, string(data)})
	}
	return out
}

func sealDER(t testing.TB, p *testpki.PKI) []byte {
	t.Helper()
	info, err := ses.SealTemplate{Version: 4, Vendor: "govseal", ESID: "99010100000001", Type: 1, Name: "示例市行政审批局审批专用章",
		Certs: [][]byte{p.Seal.DER}, Created: testpki.NotBefore, ValidFrom: testpki.NotBefore, ValidTo: testpki.NotAfter,
		Picture: ses.Picture{Type: "png", Width: 42, Height: 42}}.TBS()
	if err != nil {
		t.Fatal(err)
	}
	seal, err := ses.AssembleSeal(info, p.SealMaker.DER, p.SealMaker.Sign(t, info), nil)
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

// stampOFD puts a seal on a package; edit changes what is asked for.
func stampOFD(t testing.TB, p *testpki.PKI, raw []byte, edit func(*ofd.Spec)) []byte {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	seal := sealDER(t, p)
	pkg, err := ofd.Open(bytes.NewReader(raw), int64(len(raw)), ofd.Limits{})
	must(err)
	spec := ofd.Spec{Type: ofd.TypeSeal, Places: []ofd.Place{{Page: 1, X: 120, Y: 200, Width: 42, Height: 42}},
		Provider: ofd.Provider{Name: "govseal"}, Time: testpki.Now, Seal: seal}
	if edit != nil {
		edit(&spec)
	}
	pr, err := pkg.Prepare(context.Background(), spec)
	must(err)
	tbs, err := ses.SignatureTemplate{Seal: seal, Time: testpki.Now, DataHash: pr.Digest(), PropertyInfo: pr.Path()}.TBS()
	must(err)
	value, err := ses.AssembleSignature(tbs, p.Seal.DER, p.Seal.Sign(t, tbs), nil)
	must(err)
	var out bytes.Buffer
	_, err = pr.Write(&out, value, nil)
	must(err)
	return out.Bytes()
}

// stable takes out what differs from run to run: digests and what depends on
// the length of a signature.
func stable(text string) string {
	text = regexp.MustCompile(`[0-9a-f]{64}…?`).ReplaceAllString(text, "<hash>")
	text = regexp.MustCompile(`(OFD|PDF): \d+ octets`).ReplaceAllString(text, "$1: <n> octets")
	text = regexp.MustCompile(`(SignedValue\.dat|Seal\.esl): \d+ octets`).ReplaceAllString(text, "$1: <n> octets")
	return regexp.MustCompile(`SM2 with SM3, \d+ octets`).ReplaceAllString(text, "SM2 with SM3, <n> octets")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestOFDGolden(t *testing.T) {
	p := testpki.New(t)
	once := stampOFD(t, p, pack(t, paper()), nil)
	golden(t, "ofd.txt", stable(show(t, once)))
	golden(t, "seal.txt", stable(show(t, sealDER(t, p))))
	golden(t, "unsigned.txt", stable(show(t, pack(t, paper()))))
}

// What an attacker does must be seen by who looks.
func TestOFDOddities(t *testing.T) {
	p := testpki.New(t)
	once := stampOFD(t, p, pack(t, paper()), nil)
	locked := stampOFD(t, p, once, func(s *ofd.Spec) { s.Lock = true })
	swap := func(raw []byte, name, old, repl string) []byte {
		files := unpack(t, raw)
		for i := range files {
			if files[i].name == name {
				if !strings.Contains(files[i].data, old) {
					t.Fatalf("no %q in %s", old, name)
				}
				files[i].data = strings.Replace(files[i].data, old, repl, 1)
			}
		}
		return pack(t, files)
	}
	add := func(raw []byte, name, data string) []byte { return pack(t, append(unpack(t, raw), entry{name, data})) }
	const page, first = "Doc_0/Pages/Page_0/Content.xml", "Doc_0/Signs/Sign_0/"
	for name, c := range map[string]struct {
		raw  []byte
		want []string
	}{
		"two, the last locks": {locked, []string{"signatures: 2", "signature 2: electronic seal", "locks: yes", "since then: signature: signature", page + ": 75 octets, page, listed by signature 1, 2"}},
		"changed page":        {swap(once, page, "<ofd:Content/>", "<ofd:Content></ofd:Content>"), []string{"4 agree", "/" + page + ": mismatch", "since then: file"}},
		"removed page":        {pack(t, without(unpack(t, once), page)), []string{"/" + page + ": missing", "odd: dangling", "since then: file-removed"}},
		"added file":          {add(once, "Doc_0/evil.xml", "<a/>"), []string{"odd: hidden", "Doc_0/evil.xml: 4 octets, hidden: nothing leads to it, listed by no signature"}},
		"stripped signature":  {add(pack(t, paper()), first+"SignedValue.dat", "x"), []string{"signatures: 0", "odd: unlisted-signature"}},
		"other seal file":     {swap(once, first+"Seal.esl", "govseal", "gOvseal"), []string{"not the seal within the signature", "seal in that file"}},
		"touched signature":   {swap(once, first+"Signature.xml", `ProviderName="govseal"`, `ProviderName="Govseal"`), []string{"hash of its file agrees: no"}},
		"broken signature":    {swap(once, first+"Signature.xml", `<ofd:SignedInfo>`, `<ofd:SignedInf>`), []string{"broken law: signature-xml", "unreadable: "}},
		"octets before it":    {append([]byte("vendor"), once...), []string{"remark: prefix: ", "signature 1: electronic seal"}},
		"list of entries":     {add(once, "OFDEntries.xml", `<ofd:DocEntries `+xmlns+`><ofd:FileList><ofd:File FileLoc="/gone.xml"/></ofd:FileList></ofd:DocEntries>`), []string{"list of all entries", "listed, not there: gone.xml", "there, not listed: OFD.xml", "the list is not signed"}},
	} {
		text := show(t, c.raw)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
	}
}

func without(files []entry, name string) []entry {
	var out []entry
	for _, f := range files {
		if f.name != name {
			out = append(out, f)
		}
	}
	return out
}

func TestOFDIsBounded(t *testing.T) {
	many := paper()
	for i := range 1000 {
		many = append(many, entry{fmt.Sprintf("Doc_0/x%d", i), ""})
	}
	text := show(t, pack(t, many))
	if !strings.Contains(text, "804 further entries") || strings.Count(text, "\n") > 700 {
		t.Errorf("%d lines:\n%.2000s", strings.Count(text, "\n"), text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	raw := stampOFD(t, testpki.New(t), pack(t, paper()), nil)
	if _, err := inspect.File(ctx, bytes.NewReader(raw), int64(len(raw))); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	for name, raw := range map[string][]byte{"no OFD.xml": pack(t, []entry{{"a.txt", "a"}}), "cut short": raw[:len(raw)/2], "twice": pack(t, append(paper(), paper()...))} {
		if n, err := inspect.File(t.Context(), bytes.NewReader(raw), int64(len(raw))); err == nil {
			t.Errorf("%s: %s", name, flat(n))
		}
	}
}

// Seals of all three generations, as others made them.
func TestSealGenerations(t *testing.T) {
	for name, want := range map[string][]string{
		"ofd/UserV1.esl":                               {"1, the layout of GM/T 0031-2014", "list of certificates: 1 entry", "size on paper: "},
		"ofd/UserV4.esl":                               {"4, the layout of GB/T 38540-2020"},
		"ofd/UserV5_ts.esl":                            {"5, the layout of GM/T 0031-2025", "time-stamp: "},
		"ofd/SignedValueV4.dat":                        {"seal signature: ", "signer in seal's list: yes", "time: 20"},
		"ofd/SignedValueV5.dat":                        {"seal signature: ", "5, the layout of GM/T 0031-2025"},
		"ofd/05_ofdrw_plain_sign_rawsm2.ofd":           {"signature 1: digital signature"},
		"ofd/02_ofdrw_v4_wholeprotected.ofd":           {"locks: yes"},
		"ofd/03_ofdrw_v4_riding_seal.ofd":              {"of it "},
		"ofd/gmt0099_integrity_ofdentries.ofd":         {"list of all entries: OFDEntries.xml", "signed value"},
		"ofd/12_taxtest_v4_ofdxml_unprotected.ofd":     {"does not cover", "OFD.xml"},
		"ofd/USER.p12":                                 {"PKCS#12", "integrity: by password, SHA-1, 102400 iterations", "part 1: open", "private key: PKCS#8, encrypted", "part 2: encrypted, RC2-40"},
		"pdf/ph__minimal-two-fields-signed-twice.pdf":  {"revisions: ", "subfilter: ", "changes since: ", "further signature"},
		"pdf/ph__pades-lta-dss-indirect-arrs-test.pdf": {"document time-stamp", "security store (DSS): ", "entry of its own (VRI): signature 1"},
	} {
		raw, err := os.ReadFile(filepath.Join(samples(t), name))
		if err != nil {
			t.Fatal(err)
		}
		text := show(t, raw)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", name, w, text)
			}
		}
	}
}

// samples is the folder of other people's files; without it the test is skipped.
func samples(t *testing.T) string {
	t.Helper()
	root := os.Getenv("GOVSEAL_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "samples")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skip("the samples are not here: set GOVSEAL_SAMPLES")
	}
	return root
}

// The digest that is shown is over the stored octets.
func TestOFDShowsTheSignedDigest(t *testing.T) {
	raw := stampOFD(t, testpki.New(t), pack(t, paper()), nil)
	for _, f := range unpack(t, raw) {
		if strings.HasSuffix(f.name, "Signature.xml") {
			if want := fmt.Sprintf("digest of the document: %x", gm.SM3([]byte(f.data))); !strings.Contains(show(t, raw), want) {
				t.Errorf("no %s", want)
			}
		}
	}
}

// A package with one octet flipped is shown or refused, with a reason.
func TestOFDFlipped(t *testing.T) {
	raw := stampOFD(t, testpki.New(t), pack(t, paper()), nil)
	shown := 0
	for i := 0; i < len(raw); i += 11 {
		bad := testpki.Flip(raw, i)
		n, err := inspect.File(t.Context(), bytes.NewReader(bad), int64(len(bad)))
		switch {
		case err == nil && n.Name == "":
			t.Errorf("octet %d: shown without a name", i)
		case err != nil && !strings.HasPrefix(err.Error(), "inspect: "):
			t.Errorf("octet %d: %v", i, err)
		case err == nil:
			shown++
		}
	}
	if shown == 0 {
		t.Error("nothing was shown")
	}
}
