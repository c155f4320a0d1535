// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto/md5"  //nolint:gosec // the digest that readers assume when none is named
	"crypto/sha1" //nolint:gosec // likewise weak
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/testpki"
	"github.com/govseal/govseal/verify"
)

const (
	listXML = "Doc_0/Signs/Signatures.xml"
	firstIn = "Doc_0/Signs/Sign_0/"
	nextIn  = "Doc_0/Signs/Sign_1/"
	page0   = "Doc_0/Pages/Page_0/Content.xml"
)

var oneListed = regexp.MustCompile(`<[a-z:]*Signature [^>]*/>`)

// strike takes the signature in a folder out of Signatures.xml.
func (p parcel) strike(t testing.TB, dir string) parcel {
	t.Helper()
	n := 0
	list := oneListed.ReplaceAllStringFunc(p.get(t, listXML), func(s string) string {
		if strings.Contains(s, dir) {
			n++
			return ""
		}
		return s
	})
	if n != 1 {
		t.Fatalf("%d signatures struck out", n)
	}
	return p.with(listXML, list)
}

func (p parcel) folder(dir string) (names []string) {
	for _, e := range p {
		if strings.HasPrefix(e.name, dir) {
			names = append(names, e.name)
		}
	}
	return names
}

// open is a seal that leaves entries beginning with any of these uncovered, as
// real vendors do.
func open(prefixes ...string) ofdSpec {
	return ofdSpec{edit: func(s *ofd.Spec) {
		s.Cover = func(e string) bool {
			return !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(e, p) })
		}
	}}
}

// attack is one package that an outsider made of a sealed one.
type attack struct {
	p     parcel
	want  verify.Verdict
	codes []verify.Code
}

func changed(codes ...verify.Code) []verify.Code { return append(codes, verify.CodeHashFailure) }

// facts/seal-formats.md 7, one by one.
func TestOFDAttacks(t *testing.T) {
	h := newHouse(t)
	doc := paper(2)
	sealed := unpack(t, h.stampOFD(doc.pack(t), ofdSpec{}))
	locked := unpack(t, h.stampOFD(doc.pack(t), ofdSpec{edit: lock}))
	building := ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}}
	two := unpack(t, h.stampOFD(sealed.pack(t), building))
	vendor := unpack(t, h.stampOFD(doc.pack(t), open("OFD.xml")))
	tpl := unpack(t, h.stampOFD(doc.pack(t), open("Doc_0/Tpls/")))
	annots := unpack(t, h.stampOFD(doc.pack(t), open("Doc_0/Annots/")))
	dangling := unpack(t, h.stampOFD(doc.without("Doc_0/Res/logo.png").pack(t), ofdSpec{}))
	uncovered, hidden := []verify.Code{verify.CodeUncoveredContent}, []verify.Code{verify.CodeHiddenEntry}
	secondBody := `<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`
	versions := `<ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="Doc_0/v.xml"/></ofd:Versions></ofd:DocBody>`

	for name, a := range map[string]attack{
		"a page is changed":              {sealed.swap(t, page0, "准予", "不予"), verify.Invalid, changed()},
		"a page is taken away":           {sealed.without(page0), verify.Invalid, changed(verify.CodePlace)},
		"a picture is changed":           {sealed.with("Doc_0/Res/logo.png", "another"), verify.Invalid, changed()},
		"Signature.xml is changed":       {sealed.swap(t, firstIn+"Signature.xml", "govseal", "anybody"), verify.Invalid, changed()},
		"the seal moves on the page":     {sealed.swap(t, firstIn+"Signature.xml", "120 200 42 42", "20 20 42 42"), verify.Invalid, changed()},
		"Seal.esl is another":            {sealed.with(firstIn+"Seal.esl", string(h.seal(sealSpec{size: 32}))), verify.Invalid, changed(verify.CodeSealFile)},
		"a file is smuggled in":          {sealed.with("Doc_0/extra.xml", "<a/>"), verify.Indeterminate, hidden},
		"a missing picture is added":     {dangling.with("Doc_0/Res/logo.png", "a forged seal"), verify.Indeterminate, uncovered},
		"a template is open":             {tpl, verify.Indeterminate, uncovered},
		"an open template is changed":    {tpl.swap(t, "Doc_0/Tpls/Tpl_0/Content.xml", "<ofd:Content/>", "<ofd:Content><ofd:Layer ID=\"7\"/></ofd:Content>"), verify.Indeterminate, uncovered},
		"annotations are open":           {annots, verify.Indeterminate, uncovered},
		"an annotation poses as seal":    {annots.with("Doc_0/Annots/Page_0.xml", `<ofd:PageAnnot `+xmlns+`><ofd:Annot ID="5" Type="Stamp"/></ofd:PageAnnot>`), verify.Indeterminate, uncovered},
		"DocRoot is redirected":          {sealed.with("Doc_1/Document.xml", doc.get(t, "Doc_0/Document.xml")).swap(t, "OFD.xml", "Doc_0/Document.xml", "Doc_1/Document.xml"), verify.Invalid, changed(verify.CodeUncoveredContent, verify.CodePlace)},
		"an open DocRoot":                {vendor, verify.Indeterminate, uncovered},
		"a second DocBody":               {append(sealed, papers("Doc_1", 1)...).swap(t, "OFD.xml", "</ofd:OFD>", secondBody), verify.Invalid, changed(verify.CodeUncoveredContent)},
		"a second DocBody, OFD.xml open": {append(vendor, papers("Doc_1", 1)...).swap(t, "OFD.xml", "</ofd:OFD>", secondBody), verify.Indeterminate, uncovered},
		"a version, OFD.xml open":        {vendor.with("Doc_0/v.xml", "<a/>").swap(t, "OFD.xml", "</ofd:DocBody>", versions), verify.Indeterminate, uncovered},
		"OFD.xml names no signatures":    {sealed.with("OFD.xml", doc.get(t, "OFD.xml")), verify.Indeterminate, []verify.Code{verify.CodeUnlistedSignature}},
		"the only seal is struck out":    {sealed.strike(t, firstIn), verify.Indeterminate, []verify.Code{verify.CodeUnlistedSignature}},
		"the first seal is struck out":   {two.strike(t, firstIn), verify.Indeterminate, []verify.Code{verify.CodeUnlistedSignature}},
		"the first seal is taken away":   {two.strike(t, firstIn).without(two.folder(firstIn)...), verify.Invalid, changed()},
		"the last seal is struck out":    {two.strike(t, nextIn), verify.Indeterminate, []verify.Code{verify.CodeUnlistedSignature, verify.CodeHiddenEntry}},
		// Nothing is left to tell this from the document before the second seal:
		// who must have sealed is for a decision to say, or for a lock.
		"the last seal is taken away":          {two.strike(t, nextIn).without(two.folder(nextIn)...), verify.Valid, nil},
		"a locked list loses its seal":         {locked.strike(t, firstIn), verify.Indeterminate, []verify.Code{verify.CodeUnlistedSignature}},
		"a Sign folder that nobody lists":      {sealed.with("Doc_0/Signs/Sign_7/Signature.xml", sealed.get(t, firstIn+"Signature.xml")), verify.Indeterminate, []verify.Code{verify.CodeUnlistedSignature, verify.CodeHiddenEntry}},
		"a file stands twice":                  {append(slices.Clone(sealed), item{page0, "<ofd:Page/>"}), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"a file stands twice, in another case": {append(slices.Clone(sealed), item{strings.ToUpper(page0), "<ofd:Page/>"}), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"a path that leads upwards":            {sealed.with("../x.xml", "x"), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"an absolute path":                     {sealed.with("/x.xml", "x"), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"a path with a backslash":              {sealed.with(`Doc_0\x.xml`, "x"), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"a path with a drive":                  {sealed.with("C:/x.xml", "x"), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"a package in the package":             {sealed.with("Doc_0/inner.ofd", string(doc.pack(t))), verify.Indeterminate, hidden},
		"parts are encrypted":                  {sealed.with("Encryptions.xml", "<a/>"), verify.Indeterminate, []verify.Code{verify.CodeEncrypted, verify.CodeUncoveredContent}},
		"the stamp of another document":        {h.transplant(t, sealed), verify.Invalid, changed()},
		"the stamp of another place":           {sealed.with(nextIn+"Signature.xml", sealed.get(t, firstIn+"Signature.xml")).swap(t, listXML, "Sign_0/Signature.xml", "Sign_1/Signature.xml"), verify.Invalid, []verify.Code{verify.CodeMisplaced, verify.CodeUnlistedSignature, verify.CodeHiddenEntry}},
		"a seal as a plain signature":          {sealed.swap(t, listXML, `Type="Seal"`, `Type="Sign"`), verify.Invalid, []verify.Code{verify.CodeSigConstraints, verify.CodeFormatFailure}},
		"another type":                         {sealed.swap(t, listXML, `Type="Seal"`, `Type="Other"`), verify.Invalid, []verify.Code{verify.CodeSigConstraints, verify.CodeUnsupported}},
		"a doctype in OFD.xml":                 {vendor.swap(t, "OFD.xml", "<ofd:OFD", `<!DOCTYPE a [<!ENTITY b "c">]><ofd:OFD`), verify.Invalid, []verify.Code{verify.CodeFormatFailure}},
		"an entity in an open template":        {tpl.with("Doc_0/Tpls/Tpl_0/Content.xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]><a>&b;</a>`), verify.Indeterminate, []verify.Code{verify.CodeUncoveredContent, verify.CodeUnreadableFile}},
	} {
		t.Run(name, func(t *testing.T) { want(t, examine(t, document(a.p.pack(t)), h.withMaterial()), a.want, a.codes...) })
	}
}

// transplant puts the signature of one document on another.
func (h *house) transplant(t testing.TB, from parcel) parcel {
	to := unpack(t, h.stampOFD(paper(2).swap(t, page0, "准予", "不予").pack(t), ofdSpec{}))
	for _, name := range from.folder(firstIn) {
		to = to.with(name, from.get(t, name))
	}
	return to
}

// What was put behind a signature by others.
func TestOFDAppendedSignatures(t *testing.T) {
	h := newHouse(t)
	one := h.stampOFD(paper(1).pack(t), ofdSpec{})
	root := h.Issue(t, testpki.Spec{Label: "other root", SelfSigned: true, CA: true})
	stranger := stampSpec{sealSpec: sealSpec{owner: h.Issue(t, testpki.Spec{Label: "stranger", Issuer: root})}}
	garbage := ofdSpec{value: func(string, []byte) []byte { return []byte("garbage") }}
	want(t, examine(t, document(h.stampOFD(one, garbage)), h.withMaterial()), verify.Invalid, verify.CodeFormatFailure, verify.CodeLaterSignature)
	want(t, examine(t, document(h.stampOFD(one, ofdSpec{stampSpec: stranger})), h.withMaterial()), verify.Indeterminate,
		verify.CodeNoChain, verify.CodeRevocationUnknown, verify.CodeLaterSignature)

	// Against a lock: the list is not what was signed, and the later signature
	// counts for nothing even though all its digests agree.
	locked := unpack(t, h.stampOFD(paper(1).pack(t), ofdSpec{edit: lock}))
	twice := unpack(t, h.stampOFD(one, ofdSpec{stampSpec: stampSpec{sealSpec: sealSpec{owner: h.building}}}))
	for _, name := range twice.folder("Doc_0/Signs/Sign_1/") {
		locked = locked.with(name, twice.get(t, name))
	}
	r := examine(t, document(locked.with(listXML, twice.get(t, listXML)).pack(t)), h.withMaterial())
	if r.Verdict != verify.Invalid || !slices.Contains(r.Codes(), verify.CodeLocked) || len(r.Stamps) != 2 ||
		r.Stamps[0].Changes.Status != verify.Failed || r.Stamps[1].Changes.Status != verify.Failed {
		t.Errorf("%s with %v", r.Verdict, r.Codes())
	}
}

var checkMethod = ` CheckMethod="` + ofd.CheckMethodSM3 + `"`

// weaken lists the files by another digest, and signs that.
func (h *house) weaken(p parcel, method string, sum func(string) []byte) parcel {
	dir := firstIn
	xml := strings.Replace(p.get(h.t, dir+"Signature.xml"), checkMethod, method, 1)
	for _, e := range p {
		at := strings.Index(xml, `FileRef="/`+e.name+`"`)
		if at < 0 {
			continue
		}
		from := at + strings.Index(xml[at:], "CheckValue>") + len("CheckValue>")
		to := from + strings.Index(xml[from:], "<")
		xml = xml[:from] + base64.StdEncoding.EncodeToString(sum(e.data)) + xml[to:]
	}
	return h.resign(p.with(dir+"Signature.xml", xml), dir)
}

// What only the signer himself could have made: laws that a signature must keep
// even when every digest agrees.
func TestOFDSignerBreaksTheLaw(t *testing.T) {
	h := newHouse(t)
	sealed := unpack(t, h.stampOFD(paper(1).pack(t), ofdSpec{}))
	edit := func(old, repl string) parcel {
		return h.resign(sealed.swap(t, firstIn+"Signature.xml", old, repl), firstIn)
	}
	viaMD5 := func(s string) []byte { d := md5.Sum([]byte(s)); return d[:] }   //nolint:gosec // see the import
	viaSHA1 := func(s string) []byte { d := sha1.Sum([]byte(s)); return d[:] } //nolint:gosec // see the import
	ref := `FileRef="/Doc_0/Document.xml"`
	for name, a := range map[string]attack{
		"signed anew":                   {h.resign(sealed, firstIn), verify.Valid, nil},
		"no CheckMethod: MD5":           {h.weaken(sealed, "", viaMD5), verify.Indeterminate, []verify.Code{verify.CodeCryptoConstraints}},
		"SHA-1":                         {h.weaken(sealed, ` CheckMethod="SHA1"`, viaSHA1), verify.Indeterminate, []verify.Code{verify.CodeCryptoConstraints}},
		"an unknown digest":             {edit(checkMethod, ` CheckMethod="1.2.3"`), verify.Indeterminate, []verify.Code{verify.CodeCryptoConstraints}},
		"MD5, but SM3 given":            {edit(checkMethod, ""), verify.Invalid, []verify.Code{verify.CodeCryptoConstraints, verify.CodeSigConstraints}},
		"a missing file":                {edit(ref, `FileRef="/Doc_0/Nothing.xml"`), verify.Invalid, changed(verify.CodeUncoveredContent)},
		"a FileRef out of the package":  {edit(ref, `FileRef="/../x"`), verify.Invalid, changed(verify.CodeSigConstraints, verify.CodeUncoveredContent)},
		"another spelling of a FileRef": {edit(ref, `FileRef="/Doc_0/./Document.xml"`), verify.Valid, nil},
		"one file twice":                {edit(`FileRef="/OFD.xml"`, `FileRef="/Doc_0/../Doc_0/Document.xml"`), verify.Invalid, changed(verify.CodeSigConstraints, verify.CodeUncoveredContent)},
		"a seal off the page":           {edit("120 200 42 42", "400 200 42 42"), verify.Indeterminate, []verify.Code{verify.CodePlace}},
		"a seal too small":              {edit("120 200 42 42", "120 200 0.1 0.1"), verify.Indeterminate, []verify.Code{verify.CodePlace}},
		"no such page":                  {edit(`PageRef="1"`, `PageRef="77"`), verify.Indeterminate, []verify.Code{verify.CodePlace}},
		"over the edge":                 {edit("120 200 42 42", "190 200 42 42"), verify.Valid, nil},
		"a clip beyond the seal":        {edit(`Boundary="120 200 42 42"`, `Boundary="120 200 42 42" Clip="0 0 90 90"`), verify.Valid, nil},
		"no place at all":               {h.resign(sealed.with(firstIn+"Signature.xml", regexp.MustCompile(`<[a-z:]*StampAnnot [^>]*/>`).ReplaceAllString(sealed.get(t, firstIn+"Signature.xml"), "")), firstIn), verify.Indeterminate, []verify.Code{verify.CodePlace}},
		"a page with an entity":         {unpack(t, h.stampOFD(paper(1).with(page0, `<!DOCTYPE a [<!ENTITY b SYSTEM "http://x">]><ofd:Page `+xmlns+`>&b;</ofd:Page>`).pack(t), ofdSpec{edit: func(s *ofd.Spec) { s.Type, s.Places, s.Seal = ofd.TypeSign, nil, nil }, value: h.detachedCMS(h.Officer)})), verify.Indeterminate, []verify.Code{verify.CodeUnreadableFile}},
		"another seal in the file":      {unpack(t, h.stampOFD(paper(1).pack(t), ofdSpec{sealFile: h.seal(sealSpec{size: 32})})), verify.Invalid, []verify.Code{verify.CodeSealFile}},
		"another path":                  {unpack(t, h.stampOFD(paper(1).pack(t), ofdSpec{property: "/Doc_0/Signs/Sign_3/Signature.xml"})), verify.Invalid, []verify.Code{verify.CodeMisplaced}},
	} {
		t.Run(name, func(t *testing.T) { want(t, examine(t, document(a.p.pack(t)), h.withMaterial()), a.want, a.codes...) })
	}
}

// A picture of a seal is no seal.
func TestOFDPictureOnly(t *testing.T) {
	h := newHouse(t)
	p := paper(1).with("Doc_0/Annots/Page_0.xml", `<ofd:PageAnnot `+xmlns+`><ofd:Annot ID="5" Type="Stamp"/></ofd:PageAnnot>`)
	r := examine(t, document(p.pack(t)), h.withMaterial())
	want(t, r, verify.Unsealed)
	if !slices.ContainsFunc(r.Document.Findings, func(f verify.Finding) bool { return f.Code == verify.CodeStampAnnotation }) {
		t.Error("the annotation is not reported")
	}
}
