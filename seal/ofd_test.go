// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/render"
	"github.com/govseal/govseal/seal"
)

// plainOFD is an unsealed package of two pages or more.
func plainOFD(t *testing.T) []byte {
	t.Helper()
	f := &decision.File{Schema: decision.Schema, Code: "0123456789ABCDEF", Decision: decision.Decision{
		Number: "示例〔2026〕1号", CaseNumber: "SL-1", MatterCode: "SL-1", MatterName: "示例事项",
		Applicant: decision.Applicant{Name: "示例市虚构食品有限公司"}, Outcome: decision.Approved,
		Departments: []decision.Department{{CreditCode: "11990100000000001M", Name: "示例市行政审批局"}},
		LegalBasis:  []string{"《示例办法》"}, Date: "2026-01-05", Title: "示例决定书",
		Text: slices.Repeat([]string{"这是一段足够长的示例文字，用来让文件超过一页，好在页边加盖骑缝章。盖章处在此。"}, 20),
	}}
	r, err := render.OFD(f, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.File
}

func openOFD(t *testing.T, octets []byte) (*ofd.Package, []ofd.Signature) {
	t.Helper()
	p, err := ofd.Open(bytes.NewReader(octets), int64(len(octets)), ofd.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.Signatures()
	if err != nil {
		t.Fatal(err)
	}
	return p, all
}

// stampedOFD stamps and returns what is kept.
func stampedOFD(t *testing.T, h *house, key string, document []byte, change func(*seal.Request)) []byte {
	t.Helper()
	r := h.request(h.seals[0], key)
	if change != nil {
		change(&r)
	}
	st, err := h.StampOFD(ctx, r, document)
	if err != nil {
		t.Fatal(err)
	}
	if st.Kind != seal.KindOFD || st.OutputType != seal.TypeOFD || st.Level != seal.LevelT {
		t.Errorf("record %s %s %s", st.Kind, st.OutputType, st.Level)
	}
	f, err := h.File(ctx, st.Output)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if _, err := out.ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestStampOFD(t *testing.T) {
	h := newHouse(t)
	plain := plainOFD(t)
	for _, tt := range []struct {
		name   string
		place  string
		stamps int // StampAnnots
	}{
		{"by default on the last page", ``, 1},
		{"at a position", `{"page":1,"x":100,"y":200}`, 1},
		{"on every page", `{"pages":"all","x":10,"y":10}`, 0},
		{"on a keyword", `{"keyword":"盖章处","occurrence":2}`, 1},
		{"across the edge", `{"edge":"right"}`, 0},
		{"in two ways at once", `[{"page":1,"x":20,"y":20},{"edge":"right"}]`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			signed := stampedOFD(t, h, "ofd "+tt.name, plain, func(r *seal.Request) {
				if tt.place != "" {
					r.Place = placement(t, tt.place)
				}
			})
			p, all := openOFD(t, signed)
			if len(all) != 1 || len(all[0].Law) > 0 || len(all[0].Stamps) < max(1, tt.stamps) {
				t.Fatalf("signatures %+v", all)
			}
			if faults, err := p.CheckStamps(&all[0]); err != nil || len(faults) > 0 {
				t.Errorf("places: %v, %v", faults, err)
			}
			doc, err := p.Document(0)
			if err != nil {
				t.Fatal(err)
			}
			if tt.stamps == 0 && len(all[0].Stamps) < len(doc.Pages) {
				t.Errorf("%d places on %d pages", len(all[0].Stamps), len(doc.Pages))
			}
		})
	}
}

// Departments sign one after another; the one that locks is the last.
func TestStampOFDInSequenceAndLock(t *testing.T) {
	h := newHouse(t)
	once := stampedOFD(t, h, "first", plainOFD(t), nil)
	twice := stampedOFD(t, h, "second", once, func(r *seal.Request) { r.Lock = true })
	_, all := openOFD(t, twice)
	if len(all) != 2 || all[0].Locks() || !all[1].Locks() {
		t.Fatalf("signatures %+v", all)
	}
	_, err := h.StampOFD(ctx, h.request(h.seals[0], "third"), twice)
	wantRefused(t, err, seal.ReasonCertified)
}

func TestStampOFDRefuses(t *testing.T) {
	h := newHouse(t)
	plain := plainOFD(t)
	for name, tt := range map[string]struct {
		document []byte
		place    string
		reason   string
	}{
		"empty":              {nil, ``, seal.ReasonBroken},
		"truncated":          {plain[:len(plain)/2], ``, seal.ReasonBroken},
		"not a package":      {[]byte("PK\x03\x04 not really"), ``, seal.ReasonBroken},
		"no such page":       {plain, `{"page":99,"x":1,"y":1}`, seal.ReasonPlace},
		"no such keyword":    {plain, `{"keyword":"没有这句话"}`, seal.ReasonPlace},
		"a field of a PDF":   {plain, `{"field":"Sig1"}`, seal.ReasonPlace},
		"pages out of range": {plain, `{"pages":"50-60","x":1,"y":1}`, seal.ReasonPlace},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.request(h.seals[0], "refuse "+name)
			if tt.place != "" {
				r.Place = placement(t, tt.place)
			}
			_, err := h.StampOFD(ctx, r, tt.document)
			wantRefused(t, err, tt.reason)
		})
	}
	broken := stampedOFD(t, h, "sound", plain, nil)
	_, err := h.StampOFD(ctx, h.request(h.seals[0], "broken"), changeEntry(t, broken, "Doc_0/Pages/Page_0/Content.xml", "示例", "虚构"))
	wantRefused(t, err, seal.ReasonBroken)
}

// changeEntry writes a package anew with one entry's text changed.
func changeEntry(t *testing.T, octets []byte, name, from, to string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(octets), int64(len(octets)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if f.Name != name {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := w.Create(name)
		if err == nil {
			_, err = changed.Write(bytes.Replace(content, []byte(from), []byte(to), 1))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
