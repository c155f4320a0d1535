// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/seal"
)

// blankPDF is an A4 document of so many pages; catalog adds entries to it.
func blankPDF(t testing.TB, pages int, catalog pdf.Dict) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pdf.NewWriter(&out, "1.7")
	tree := w.Alloc()
	kids := pdf.Array{}
	for range pages {
		kids = append(kids, w.Add(pdf.Dict{
			"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": pdf.Array{0, 0, 595.276, 841.89}, "Resources": pdf.Dict{},
		}))
	}
	w.WriteObject(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": pages})
	root := pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree}
	for k, v := range catalog {
		root[k] = v
	}
	if err := w.Close(w.Add(root), pdf.Ref{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// output reads what a stamp gave back.
func (h *house) output(digest [32]byte) []byte {
	h.t.Helper()
	f, err := h.File(ctx, digest)
	if err != nil {
		h.t.Fatal(err)
	}
	octets, err := io.ReadAll(f)
	if err != nil || gm.SM3(octets) != digest {
		h.t.Fatalf("kept file: %v", err)
	}
	return octets
}

// newestSignature opens a sealed PDF and holds it to its laws.
func newestSignature(t testing.TB, octets []byte) (*pdf.Document, *pdf.Signature) {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(octets), int64(len(octets)), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := doc.Signatures()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d signatures, %v", len(all), err)
	}
	s := &all[len(all)-1]
	if !s.WholeFile || len(s.Law) > 0 {
		t.Fatalf("newest signature: whole file %v, broken laws %v", s.WholeFile, s.Law)
	}
	return doc, s
}

func rangeDigest(t testing.TB, doc *pdf.Document, s *pdf.Signature) [32]byte {
	t.Helper()
	h := gm.NewSM3()
	if err := doc.Digest(ctx, s, h); err != nil {
		t.Fatal(err)
	}
	return h.Digest()
}

// verifyCMS checks profile cms by its parts, as a verifier would.
func verifyCMS(t testing.TB, octets []byte, s seal.Seal, wantToken bool) {
	t.Helper()
	doc, sig := newestSignature(t, octets)
	if sig.Filter != "Adobe.PPKLite" || sig.SubFilter != "adbe.pkcs7.detached" {
		t.Errorf("%s / %s", sig.Filter, sig.SubFilter)
	}
	der, err := cms.Trim(sig.Contents)
	if err != nil {
		t.Fatal(err)
	}
	d, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	si := &d.Signers[0]
	signer := d.Certificate(si)
	if !bytes.Equal(signer, s.Certificate) {
		t.Error("not signed by the seal's certificate")
	}
	c, _ := cert.Parse(signer)
	if err := si.VerifySignature(c.PublicKey, nil); err != nil {
		t.Error(err)
	}
	digest := rangeDigest(t, doc, sig)
	if md, err := si.MessageDigest(); err != nil || !bytes.Equal(md, digest[:]) {
		t.Errorf("messageDigest %x, %v; want %x", md, err, digest)
	}
	if ok, err := si.MatchESS(signer); !ok || err != nil {
		t.Errorf("ESS: %v, %v", ok, err)
	}
	attribute, ok, err := cms.Find(si.Signed, cert.DefaultArc.SealAttribute())
	if !ok || err != nil || !bytes.Equal(attribute, s.DER) {
		t.Errorf("seal attribute: %v, %v", ok, err)
	}
	revocation, ok, err := cms.Find(si.Signed, cms.OIDRevocationInfo)
	if !ok || err != nil {
		t.Fatalf("revocation attribute: %v, %v", ok, err)
	}
	if crls, _, err := cms.ParseRevocationInfo(revocation); err != nil || len(crls) != 2 {
		t.Errorf("%d CRLs, %v", len(crls), err)
	}
	token, ok, err := cms.Find(si.Unsigned, cms.OIDTimeStampToken)
	if ok != wantToken || err != nil {
		t.Fatalf("token: %v, %v", ok, err)
	}
	if wantToken {
		tok, err := tsp.ParseToken(token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tok.Verify(si.Signature, nil); err != nil {
			t.Error(err)
		}
	}
	verifyPicture(t, doc, sig, s)
}

// verifyPicture holds what the page shows to the seal's own samples.
func verifyPicture(t testing.TB, doc *pdf.Document, sig *pdf.Signature, s seal.Seal) {
	t.Helper()
	got, err := doc.Appearance(sig)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(s.Picture))
	if err != nil {
		t.Fatal(err)
	}
	want := image.NewNRGBA(img.Bounds())
	draw.Draw(want, want.Rect, img, img.Bounds().Min, draw.Src)
	if got.Rect.Size() != want.Rect.Size() || !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the page does not show the seal's picture")
	}
}

func TestStampPDF(t *testing.T) {
	h := newHouse(t)
	original := blankPDF(t, 3, nil)
	r := h.request(h.seals[0], "k1")
	r.Place, r.Reason = seal.Placement{{Page: 2, X: 100, Y: 50}}, "同意"
	st, err := h.StampPDF(ctx, r, original)
	if err != nil {
		t.Fatal(err)
	}
	octets := h.output(st.Output)
	if !bytes.HasPrefix(octets, original) {
		t.Error("the original's octets were changed")
	}
	verifyCMS(t, octets, h.seals[0], true)
	a := readAnswer(t, st)
	const point = 72 / 25.4
	want := [4]float64{100 * point, 841.89 - 92*point, 142 * point, 841.89 - 50*point}
	for n := range want {
		if a.Place == nil || a.Place.Page != 2 || math.Abs(a.Place.Box[n]-want[n]) > 0.01 {
			t.Fatalf("stands at %+v, want page 2 and %v", a.Place, want)
		}
	}
	if st.Document != gm.SM3(original) || !st.ContentSeen || st.OutputType != seal.TypePDF || st.Level != "T" {
		t.Errorf("record %+v", st)
	}
	doc, sig := newestSignature(t, octets)
	if sig.Name != departments[0].Name || sig.Reason != "同意" || !sig.Time.Equal(st.Time) {
		t.Errorf("dictionary: %q %q %v", sig.Name, sig.Reason, sig.Time)
	}
	if n, _ := doc.PageCount(); n != 3 {
		t.Errorf("%d pages", n)
	}
}

func TestStampPDFTwice(t *testing.T) {
	h := newHouse(t)
	first, err := h.StampPDF(ctx, h.request(h.seals[0], "k1"), blankPDF(t, 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	once := h.output(first.Output)
	r := h.request(h.seals[1], "k2")
	r.Place = seal.Placement{{Page: 1, X: 20, Y: 20}}
	second, err := h.StampPDF(ctx, r, once)
	if err != nil {
		t.Fatal(err)
	}
	twice := h.output(second.Output)
	if !bytes.HasPrefix(twice, once) {
		t.Error("the first stamp's octets were changed")
	}
	verifyCMS(t, twice, h.seals[1], true)
	doc, _ := newestSignature(t, twice)
	if all, _ := doc.Signatures(); len(all) != 2 || len(all[0].Law) > 0 {
		t.Errorf("%d signatures", len(all))
	}
}

func TestStampPDFProfileSES(t *testing.T) {
	h := newHouse(t)
	r := h.request(h.seals[0], "k1")
	r.Profile = seal.ProfileSES
	st, err := h.StampPDF(ctx, r, blankPDF(t, 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	doc, sig := newestSignature(t, h.output(st.Output))
	if sig.SubFilter != "GM.sm2seal" {
		t.Errorf("SubFilter %s", sig.SubFilter)
	}
	der, err := cms.Trim(sig.Contents)
	if err != nil {
		t.Fatal(err)
	}
	if got := verifySES(t, der, h.seals[0], rangeDigest(t, doc, sig)); got.PropertyInfo != seal.PropertyPDF || got.TimeStamp == nil {
		t.Errorf("propertyInfo %q", got.PropertyInfo)
	}
	verifyPicture(t, doc, sig, h.seals[0])
}

func TestStampPDFWithoutTSA(t *testing.T) {
	h := newHouse(t, func(c *seal.Config) {
		c.TSA = stamper(func() ([]byte, error) { return nil, errors.New("away") })
	})
	st, err := h.StampPDF(ctx, h.request(h.seals[0], "k1"), blankPDF(t, 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	if st.Level != seal.LevelB {
		t.Errorf("level %s", st.Level)
	}
	verifyCMS(t, h.output(st.Output), h.seals[0], false)
}

func TestDryRun(t *testing.T) {
	h := newHouse(t)
	r := h.request(h.seals[0], "")
	r.DryRun, r.Place = true, seal.Placement{{Page: 1, X: 100, Y: 50}}
	keyless := h.start(func(c *seal.Config) { c.Keys = wrongKeys{} })
	st, err := keyless.StampPDF(ctx, r, blankPDF(t, 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	var place seal.AnswerPlace
	if err := json.Unmarshal(st.Answer, &place); err != nil || place.Page != 1 || math.Abs(place.Box[2]-place.Box[0]-42*72/25.4) > 0.01 {
		t.Errorf("answer %s, %v", st.Answer, err)
	}
	if len(h.store.intents)+len(h.store.stamps)+len(h.store.files) != 0 {
		t.Error("something was recorded")
	}
	h.people.grants = nil
	_, err = keyless.StampPDF(ctx, r, blankPDF(t, 1, nil))
	wantDenied(t, err, "no-grant")
}

func TestPDFsThatMustNotBeSealed(t *testing.T) {
	sound := blankPDF(t, 1, nil)
	script := pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.Text("app.alert(1)")}
	samples := os.Getenv("GOVSEAL_SAMPLES")
	if samples == "" {
		samples = "../../shared/samples"
	}
	sample := func(name string) func(*testing.T) []byte {
		return func(t *testing.T) []byte {
			octets, err := os.ReadFile(filepath.Join(samples, "pdf", name))
			if err != nil {
				t.Skip("the shared samples are not here")
			}
			return octets
		}
	}
	made := func(octets []byte) func(*testing.T) []byte { return func(*testing.T) []byte { return octets } }
	cases := []struct {
		name   string
		octets func(*testing.T) []byte
		place  seal.Placement
		reason string
	}{
		{"empty", made(nil), nil, seal.ReasonBroken},
		{"garbage", made([]byte("not a PDF")), nil, seal.ReasonBroken},
		{"truncated", made(sound[:len(sound)/2]), nil, seal.ReasonBroken},
		{"wrong startxref", made(bytes.Replace(sound, []byte("startxref\n"), []byte("startxref\n9"), 1)), nil, seal.ReasonBroken},
		{"encrypted", sample("ph__minimal-two-fields-aes256.pdf"), nil, seal.ReasonEncrypted},
		{"certified", sample("ph__certified-with-indirect-refs-in-dir.pdf"), nil, seal.ReasonCertified},
		{"script", made(blankPDF(t, 1, pdf.Dict{"OpenAction": script})), nil, seal.ReasonActiveContent},
		{"no such page", made(sound), seal.Placement{{Page: 2, X: 10, Y: 10}}, seal.ReasonPlace},
		{"page 0", made(sound), seal.Placement{{Page: 0, X: 10, Y: 10}}, seal.ReasonPlace},
		{"not a number", made(sound), seal.Placement{{Page: 1, X: math.NaN(), Y: 10}}, seal.ReasonPlace},
		{"too large", made(make([]byte, 1<<20+1)), nil, seal.ReasonTooLarge},
	}
	h := newHouse(t, func(c *seal.Config) { c.MaxDocument = 1 << 20 })
	for n, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			r := h.request(h.seals[0], fmt.Sprint("k", n))
			r.Place = c.place
			_, err := h.StampPDF(ctx, r, c.octets(t))
			wantRefused(t, err, c.reason)
			if len(h.store.stamps)+len(h.store.files) != 0 {
				t.Error("something was recorded")
			}
		})
	}
}

func TestPDFOnAFullDisk(t *testing.T) {
	h := newHouse(t)
	h.store.breaks("Put", errors.New("no space left on device"))
	if _, err := h.StampPDF(ctx, h.request(h.seals[0], "k1"), blankPDF(t, 1, nil)); !errors.Is(err, seal.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	if len(h.store.stamps) != 0 {
		t.Error("a stamp was recorded without its file")
	}
	h.store.breaks("Put", nil)
	if st, err := h.StampPDF(ctx, h.request(h.seals[0], "k1"), blankPDF(t, 1, nil)); err != nil || st.Attempt != 2 {
		t.Errorf("after the repair: %v", err)
	}
}

// What is not worth reading is not read: one who never held a grant gets the
// denial, not an opinion about his document.
func TestStrangersDocumentIsNotRead(t *testing.T) {
	h := newHouse(t)
	h.people.grants = nil
	_, err := h.StampPDF(ctx, h.request(h.seals[0], "k1"), []byte("not a PDF"))
	wantDenied(t, err, "no-grant")
}

// A token larger than the room kept for it has the PDF laid out again.
func TestLargeTokens(t *testing.T) {
	h := newHouse(t)
	var padding [][]byte
	for range 20 {
		padding = append(padding, h.office.certify(t, &h.office.ca, name("填充")).der)
	}
	large := h.office.timeStamperWith(t, padding)
	s := h.start(func(c *seal.Config) { c.TSA = large })
	for n := range 2 {
		st, err := s.StampPDF(ctx, h.request(h.seals[0], fmt.Sprint("k", n)), blankPDF(t, 1, nil))
		if err != nil {
			t.Fatal(err)
		}
		verifyCMS(t, h.output(st.Output), h.seals[0], true)
	}
}
