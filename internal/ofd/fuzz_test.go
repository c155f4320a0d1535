// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

// FuzzOpen asks a package everything there is to ask, and signs it if it
// can be signed: then it opens, and every reference agrees.
func FuzzOpen(f *testing.F) {
	plain := simple(2).bytes(f)
	spec := sealSpec()
	spec.Riding = []ofd.Riding{{Width: 40, Height: 40}}
	f.Add(plain)
	f.Add(sign(f, plain, spec))
	f.Add(with(func(r *raw) { r.gap[0] = "stub" }))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ofd.Open(bytes.NewReader(b), int64(len(b)), ofd.Limits{Inflated: 4 << 20})
		if err != nil {
			return
		}
		ask(t, p)
		pr, err := p.Prepare(context.Background(), spec)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if _, err := pr.Write(&out, []byte("value"), nil); err != nil {
			return // an entry that does not inflate is copied, but a lying size is not
		}
		q, err := open(out.Bytes())
		if err != nil {
			t.Fatalf("we wrote what we do not read: %v", err)
		}
		all, err := q.Signatures()
		if err != nil {
			t.Fatalf("we signed and cannot read it: %v", err)
		}
		s := &all[len(all)-1]
		for i := range all {
			if all[i].ID == pr.ID() {
				s = &all[i]
			}
		}
		if got := states(t, q, s); got[ofd.StateMatch] != len(s.References) || !s.PathMatches(pr.Path()) {
			t.Fatalf("what we signed does not agree: %v", got)
		}
	})
}

func ask(t *testing.T, p *ofd.Package) {
	ctx := context.Background()
	_ = p.Tolerated()
	for i := range p.Bodies() {
		if d, err := p.Document(i); err == nil {
			for j := range d.Pages {
				_, _ = p.PageBox(i, j)
			}
		}
		_, _ = p.Find(ctx, i, "第1页", 3)
	}
	_, _ = p.Findings(ctx)
	_, _ = p.WholeList()
	all, err := p.Signatures()
	if err != nil {
		return
	}
	for i := range all {
		s := &all[i]
		_, _ = p.Coverage(ctx, s)
		_, _ = p.CheckReferences(ctx, s)
		_, _ = p.CheckStamps(s)
		_, _ = p.Changes(ctx, s)
		_, _ = p.SignedValue(s)
		_, _ = p.SealFile(s)
		_, _ = p.SignatureXML(s)
		_ = ofd.Base(all, s)
	}
	for _, e := range p.Entries() {
		_ = p.Copy(ctx, io.Discard, e.Name)
	}
}

// FuzzXML holds our reader against encoding/xml: what we take, it takes, with
// the same meaning.
func FuzzXML(f *testing.F) {
	for _, x := range soundXML {
		f.Add([]byte(x))
	}
	f.Add([]byte(simple(1).data["OFD.xml"]))
	f.Fuzz(func(t *testing.T, b []byte) { compare(t, b, false) })
}

// FuzzSignature puts anything in place of the files of a signature.
func FuzzSignature(f *testing.F) {
	c := unpack(f, sign(f, simple(2).bytes(f), sealSpec()))
	const list, file = "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml"
	f.Add(c.data[list], c.data[file], c.data["Doc_0/Document.xml"])
	f.Fuzz(func(t *testing.T, a, b, d string) {
		c.set(list, a).set(file, b).set("Doc_0/Document.xml", d)
		p, err := open(c.bytes(t))
		if err != nil {
			return // refused, without a panic: all that is asked of it
		}
		ask(t, p)
	})
}

// FuzzResolve: whatever a location says, the name lies in the package, and is
// its own spelling.
func FuzzResolve(f *testing.F) {
	for _, s := range [][2]string{{"Doc_0/Document.xml", "Pages/Page_0/Content.xml"}, {"a/b/c", "../../x"}, {"", "/OFD.xml"},
		{"a/b", "./..//x"}, {"x", `..\y`}, {"x", "%2e%2e/y"}, {"x", "C:/y"}, {"a/b", "../../../etc/passwd"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, from, loc string) {
		name, _, err := ofd.Resolve(from, loc)
		if err != nil {
			return
		}
		again, plain, err := ofd.Resolve("", "/"+name)
		if strings.HasPrefix(loc, "/") && (err != nil || again != name || !plain) {
			t.Errorf("%q from %q is %q, then %q: %v", loc, from, name, again, err)
		}
		for seg := range strings.SplitSeq(name, "/") {
			if strings.HasPrefix(loc, "/") && (seg == "" || seg == "." || seg == "..") {
				t.Errorf("%q from %q is %q", loc, from, name)
			}
		}
	})
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ from, loc, want string }{
		{"OFD.xml", "Doc_0/Document.xml", "Doc_0/Document.xml"},
		{"OFD.xml", "/Doc_0/Document.xml", "Doc_0/Document.xml"},
		{"Doc_0/Document.xml", "Pages/P.xml", "Doc_0/Pages/P.xml"},
		{"Doc_0/Pages/P.xml", "../Res/x.png", "Doc_0/Res/x.png"},
		{"Doc_0/Pages/P.xml", "./x//y.png", "Doc_0/Pages/x/y.png"},
		{"Doc_0/P.xml", "../../x", "error"}, {"Doc_0/P.xml", "", "error"}, {"Doc_0/P.xml", "/", "error"}, {"Doc_0/P.xml", "..", "error"},
		{"Doc_0/P.xml", `a\b`, "error"}, {"Doc_0/P.xml", "http://x/y", "error"}, {"Doc_0/P.xml", "c:x", "error"},
		{"Doc_0/P.xml", "%2E%2e/x", "error"}, {"Doc_0/P.xml", "100%.png", "Doc_0/100%.png"}, {"Doc_0/P.xml", "a\x00b", "error"},
		{"Doc_0/P.xml", strings.Repeat("a", 2000), "error"}, {"Doc_0/P.xml", "\xff", "error"},
	} {
		got, _, err := ofd.Resolve(c.from, c.loc)
		if err != nil {
			got = "error"
		}
		if got != c.want {
			t.Errorf("%q from %q: got %q, want %q", c.loc, c.from, got, c.want)
		}
	}
}
