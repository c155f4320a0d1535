// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"

	"github.com/govseal/govseal/verify"
)

// slip is the smallest package that can be sealed.
func slip() parcel {
	return parcel{
		{"OFD.xml", `<ofd:OFD ` + xmlns + ` DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>D/D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`},
		{"D/D.xml", `<ofd:Document ` + xmlns + `><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>`},
		{"D/P.xml", `<ofd:Page ` + xmlns + `><ofd:Content><ofd:Layer ID="2"/></ofd:Content></ofd:Page>`},
	}
}

// Octets of a record that say nothing of the content: readers show none of
// them, so a change may go unnoticed. Offsets in the local header and in the
// directory record (PKWARE APPNOTE 4.3, as archive/zip has them).
var (
	// Version needed; flags, of which those that matter are checked; time, date.
	looseLocal = []int{4, 5, 6, 7, 10, 11, 12, 13}
	// Version made by, version needed, flags, time, date, attributes.
	looseCentral = []int{4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 36, 37, 38, 39, 40, 41}
)

// metadata are the octets of the container that no digest can cover and that
// show nowhere: those above, and those of compressed data, in which a few
// padding bits mean nothing (RFC 1951 3.2.4). That all content is the same is
// checked apart.
func metadata(raw []byte) map[int]bool {
	loose := map[int]bool{}
	for at := 0; ; at++ {
		i := bytes.Index(raw[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return loose
		}
		at += i
		le := binary.LittleEndian
		local := int(le.Uint32(raw[at+42:]))
		for _, o := range looseCentral {
			loose[at+o] = true
		}
		for _, o := range looseLocal {
			loose[local+o] = true
		}
		data := local + 30 + int(le.Uint16(raw[local+26:])) + int(le.Uint16(raw[local+28:]))
		for o := range int(le.Uint32(raw[at+20:])) {
			loose[data+o] = true
		}
	}
}

// contents inflates what a lenient reader shows.
func contents(raw []byte) (map[string]string, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all[f.Name] = string(data)
	}
	return all, nil
}

// Every octet of a sealed package: a changed one is noticed, or it is metadata
// of the container, or it stands in the open list of signatures and changes
// nothing that shows.
func TestEveryOctetOfAnOFD(t *testing.T) {
	h := newHouse(t)
	raw := h.stampOFD(slip().pack(t), ofdSpec{stampSpec: stampSpec{noToken: true, sealSpec: sealSpec{size: 2}}})
	want(t, examine(t, document(raw), h.ownAnchors()), verify.Valid)
	before, err := contents(raw)
	if err != nil {
		t.Fatal(err)
	}
	loose := metadata(raw)
	const list = "D/Signs/Signatures.xml"
	check := func(at int, with byte) {
		b := bytes.Clone(raw)
		b[at] ^= with
		r, err := verify.Verify(context.Background(), document(b), h.ownAnchors())
		if err != nil || r.Verdict == verify.Invalid || r.Verdict == verify.Indeterminate {
			return
		}
		if r.Verdict != verify.Valid || len(r.Stamps) != 1 {
			t.Errorf("octet %d: %s with %d stamps", at, r.Verdict, len(r.Stamps))
		}
		after, err := contents(b)
		if err != nil {
			t.Errorf("octet %d: valid, and cannot be read: %v", at, err)
			return
		}
		same := len(after) == len(before)
		for name, data := range before {
			same = same && (after[name] == data || name == list)
		}
		if !same || (after[list] == before[list] && !loose[at]) {
			t.Errorf("octet %d of %d: valid with %x flipped", at, len(raw), with)
		}
	}
	parallel(len(raw), stride(1, 11), func(at int) {
		check(at, 1<<(at%8))
		check(at, 0xff)
	})
	parallel(len(raw), stride(1, 11), func(n int) {
		if r, err := verify.Verify(context.Background(), document(raw[:n]), h.ownAnchors()); err == nil && r.Verdict != verify.Invalid && r.Verdict != verify.Indeterminate {
			t.Errorf("the first %d octets: %s", n, r.Verdict)
		}
	})
}

func FuzzVerifyOFD(f *testing.F) {
	h := newHouse(f)
	small := ofdSpec{stampSpec: stampSpec{noToken: true, sealSpec: sealSpec{size: 2}}}
	one := h.stampOFD(slip().pack(f), small)
	f.Add(one)
	f.Add(h.stampOFD(one, small))
	f.Add(h.stampOFD(slip().pack(f), plain(h.detachedCMS(h.Officer))))
	f.Add(paper(1).pack(f))
	p := h.withMaterial()
	p.Limits.Inflated = 1 << 20
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < 4 || string(raw[:4]) != "PK\x03\x04" {
			return
		}
		r, err := verify.Verify(context.Background(), document(raw), p)
		if err == nil && r.Verdict == "" {
			t.Error("no verdict")
		}
	})
}

// FuzzVerifyOFDFiles changes the files that nothing protects from outside, and
// the signed value: whatever they say, a valid report has one seal, the right one.
func FuzzVerifyOFDFiles(f *testing.F) {
	h := newHouse(f)
	sealed := unpack(f, h.stampOFD(slip().pack(f), ofdSpec{stampSpec: stampSpec{noToken: true, sealSpec: sealSpec{size: 2}}}))
	get := func(name string) []byte { return []byte(sealed.get(f, name)) }
	const list, sig, value = "D/Signs/Signatures.xml", "D/Signs/Sign_0/Signature.xml", "D/Signs/Sign_0/SignedValue.dat"
	rootWas, sigWas, valueWas := get("OFD.xml"), get(sig), get(value)
	f.Add(rootWas, get(list), sigWas, valueWas)
	p := h.ownAnchors()
	f.Fuzz(func(t *testing.T, root, listXML, sigXML, signed []byte) {
		raw := sealed.with("OFD.xml", string(root)).with(list, string(listXML)).with(sig, string(sigXML)).with(value, string(signed)).pack(t)
		r, err := verify.Verify(context.Background(), document(raw), p)
		if err != nil {
			return
		}
		changed := !bytes.Equal(root, rootWas) || !bytes.Equal(sigXML, sigWas) || !bytes.Equal(signed, valueWas)
		if r.Verdict == "" || (r.Verdict == verify.Valid && changed) {
			t.Errorf("verdict %q of a changed package", r.Verdict)
		}
	})
}
