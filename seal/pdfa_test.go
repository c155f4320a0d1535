// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/interop"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/seal"
)

// archives are files that say they are PDF/A-2b, sealed in every way there is.
func archives(t *testing.T) map[string][]byte {
	t.Helper()
	c := newCity(t)
	read := func(digest [32]byte) []byte { return c.file(&seal.Stamp{Output: digest}) }
	one := must(c.StampDecision(ctx, c.request(0, "d1"), rawDecision(t, 1)))
	two := must(c.StampDecision(ctx, c.request(0, "d2"), rawDecision(t, 2)))
	two = must(c.AddDecisionStamp(ctx, c.request(1, "d3"), two.Decision))
	out := map[string][]byte{"one department": read(one.Rendered), "two departments": read(two.Rendered)}
	base := unsealed(t, out["one department"])
	offset := 100.0
	for name, change := range map[string]func(*seal.Request){
		"caption":   func(r *seal.Request) { r.Caption = seal.Caption{Date: true, QR: true} },
		"edge":      func(r *seal.Request) { r.Place = seal.Placement{{Edge: "right", Offset: &offset}} },
		"certified": func(r *seal.Request) { r.Certify, r.Lock, r.Reason = 2, true, "审批" },
	} {
		r := c.request(0, name)
		change(&r)
		document := base
		if name == "edge" {
			document = unsealed(t, read(must(c.StampDecision(ctx, c.request(0, "d4"), longDecision(t))).Rendered))
		}
		out[name] = c.file(must(c.StampPDF(ctx, r, document)))
	}
	out["LTA"] = must(c.Extend(ctx, c.app, out["caption"], seal.LevelLTA)).PDF
	out["LTA, renewed"] = must(c.Extend(ctx, c.app, out["LTA"], seal.LevelLTA)).PDF
	return out
}

// longDecision takes more than one page.
func longDecision(t *testing.T) []byte {
	t.Helper()
	var d decision.Decision
	if err := json.Unmarshal(rawDecision(t, 1), &d); err != nil {
		t.Fatal(err)
	}
	for len(d.Text) < 60 {
		d.Text = append(d.Text, "经审查，申请材料齐全，符合法定条件。")
	}
	return must(json.Marshal(d))
}

// unsealed is the file as it was before its first signature.
func unsealed(t *testing.T, file []byte) []byte {
	t.Helper()
	end := bytes.Index(file, []byte("%%EOF\n"))
	if end < 0 {
		t.Fatal("no end of the first revision")
	}
	return file[:end+len("%%EOF\n")]
}

// What says that it is PDF/A-2b is so after sealing and extending, too: by
// veraPDF's rules, if GOVSEAL_VERAPDF names it, and by the few of our own that
// sealing could break.
func TestSealedArchivesStayArchives(t *testing.T) {
	paths := []string{}
	for name, file := range archives(t) {
		doc := must(pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Limits{}))
		if part := must(doc.Archive()); part != 2 {
			t.Errorf("%s claims part %d", name, part)
		}
		sigs := must(doc.Signatures())
		interop.JudgeByPDFium(t, file, len(sigs))
		for _, s := range sigs {
			if len(s.Contents) > pdf.MaxArchiveString {
				t.Errorf("%s: Contents of %d octets", name, len(s.Contents))
			}
		}
		path := filepath.Join(t.TempDir(), name+".pdf")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	program := os.Getenv("GOVSEAL_VERAPDF")
	if program == "" {
		t.Skip("GOVSEAL_VERAPDF names no verapdf")
	}
	out, err := exec.Command(program, append([]string{"--flavour", "2b", "--format", "text", "--verbose"}, paths...)...).CombinedOutput()
	if got := bytes.Count(append([]byte{'\n'}, out...), []byte("\nPASS")); err != nil || got != len(paths) {
		t.Errorf("%d of %d files pass: %v\n%s", got, len(paths), err, out)
	}
}

// A signature that would break the archive, because it is too long or no
// PKCS#7, is refused by name unless the deployment puts up with it.
func TestSignaturesThatArchivesDoNotTake(t *testing.T) {
	for _, allow := range [][]string{nil, {pdf.HazardPDFA}} {
		h := newHouse(t, func(c *seal.Config) { c.Allow = allow })
		base := archive(t, h)
		var more [][]byte
		for range 60 {
			more = append(more, h.office.certify(t, &h.office.ca, name("填充")).der)
		}
		long := h.start(func(c *seal.Config) { c.Allow, c.TSA = allow, h.office.timeStamperWith(t, more) })
		ses := h.request(h.seals[0], "ses")
		ses.Profile = seal.ProfileSES
		_, err1 := long.StampPDF(ctx, h.request(h.seals[0], "long"), base)
		_, err2 := h.StampPDF(ctx, ses, base)
		for what, err := range map[string]error{"a long token": err1, "ses": err2} {
			if allow != nil {
				if err != nil {
					t.Errorf("%s, allowed: %v", what, err)
				}
				continue
			}
			if no := wantRefused(t, err, seal.ReasonActiveContent); !strings.HasPrefix(no.Detail, pdf.HazardPDFA) {
				t.Errorf("%s: %v", what, no)
			}
		}
	}
}

// archive is an unsealed file that is PDF/A-2b.
func archive(t *testing.T, h *house) []byte {
	t.Helper()
	return unsealed(t, h.output(must(h.StampDecision(ctx, h.request(h.seals[0], "archive"), rawDecision(t, 1))).Rendered))
}

// Revocation lists that have grown long keep nobody from sealing an archive:
// they stay outside the signature. A decision is stamped with its lists, and
// claims nothing that is not so.
func TestLongListsAndArchives(t *testing.T) {
	h := newHouse(t)
	base := archive(t, h)
	h.office.listed = 1500
	file := h.output(must(h.StampPDF(ctx, h.request(h.seals[0], "long"), base)).Output)
	doc, sig := newestSignature(t, file)
	d := must(cms.Parse(must(cms.Trim(sig.Contents))))
	_, found, err := cms.Find(d.Signers[0].Signed, cms.OIDRevocationInfo)
	if part := must(doc.Archive()); part != 2 || len(sig.Contents) > pdf.MaxArchiveString || found || err != nil {
		t.Errorf("part %d, Contents of %d octets, lists within %v, %v", part, len(sig.Contents), found, err)
	}
	st := must(h.StampDecision(ctx, h.request(h.seals[0], "d2"), rawDecision(t, 1)))
	if bytes.Contains(h.output(st.Rendered), []byte("<pdfaid:")) {
		t.Error("a decision claims to be an archive, with too long a signature")
	}
}
