// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/ses"
	"github.com/govseal/govseal/verify"
)

// sampleOFD is what samples/ofd/index.tsv expects of a file, integrity and
// trust apart.
type sampleOFD struct {
	integrity []bool         // of each stamp: digests, dataHash, signatures, list of certificates, seal file
	trusted   verify.Verdict // with makers and signers trusted, at the time that they claim
	codes     []verify.Code  // that lowered it
	uncovered []string       // entries that show and are not covered
	locked    bool
	places    int
	whole     bool // OFDEntries.xml, with a good signature
}

// The certificates of ofdrw's test authority carry keyCertSign, which no
// signer's may: that, and nothing else, keeps two files from being valid.
var ofdrwCertificates = []verify.Code{verify.CodeUsage, verify.CodeSealMakerUntrusted, verify.CodeRevocationUnknown}

func ofdrw(codes ...verify.Code) []verify.Code { return append(codes, ofdrwCertificates...) }

var sampleOFDs = map[string]sampleOFD{
	"01_ofdrw_v4_continue.ofd": {integrity: []bool{true}, trusted: verify.Invalid, places: 1,
		codes: []verify.Code{verify.CodeExpired, verify.CodeSealExpired, verify.CodeSealMakerUntrusted, verify.CodeRevocationUnknown}},
	"02_ofdrw_v4_wholeprotected.ofd": {integrity: []bool{true}, trusted: verify.Invalid, locked: true, places: 1, codes: ofdrw()},
	"03_ofdrw_v4_riding_seal.ofd":    {integrity: []bool{true}, trusted: verify.Invalid, locked: true, places: 5, codes: ofdrw()},
	"04_ofdrw_two_sigs_first_broken.ofd": {integrity: []bool{false, true}, trusted: verify.Invalid, locked: true, places: 5,
		codes: ofdrw(verify.CodeHashFailure, verify.CodeLocked, verify.CodeLaterSignature)},
	"05_ofdrw_plain_sign_rawsm2.ofd": {integrity: []bool{false}, trusted: verify.Indeterminate,
		codes: []verify.Code{verify.CodeBareSignature, verify.CodeRevocationUnknown}},
	"12_taxtest_v4_ofdxml_unprotected.ofd": {integrity: []bool{true}, trusted: verify.Indeterminate, places: 1,
		codes: []verify.Code{verify.CodeUncoveredContent}, uncovered: []string{"OFD.xml"}},
	"16_taxtest_v4_tpl_unprotected_sigs_locked.ofd": {integrity: []bool{true}, trusted: verify.Indeterminate, locked: true, places: 1,
		codes: []verify.Code{verify.CodeUncoveredContent}, uncovered: []string{"Doc_0/TPLS/TPL_0/Content.xml", "Doc_0/TPLS/TPL_1/Content.xml"}},
	"gmt0099_integrity_ofdentries.ofd": {trusted: verify.Unsealed, whole: true},
	"unsigned_7pages.ofd":              {trusted: verify.Unsealed},
	"unsigned_helloworld.ofd":          {trusted: verify.Unsealed},
}

func TestSampleOFDs(t *testing.T) {
	table := csv.NewReader(bytes.NewReader(sample(t, "ofd/index.tsv")))
	table.Comma, table.LazyQuotes = '\t', true
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range rows[1:] {
		if path.Ext(row[0]) != ".ofd" {
			continue
		}
		c, ok := sampleOFDs[row[0]]
		if seen++; !ok {
			t.Errorf("no expectation for %s", row[0])
			continue
		}
		t.Run(row[0], func(t *testing.T) { c.check(t, sample(t, "ofd/"+row[0])) })
	}
	if seen != len(sampleOFDs) {
		t.Errorf("%d samples, %d expectations", seen, len(sampleOFDs))
	}
}

func (c sampleOFD) check(t *testing.T, raw []byte) {
	p := verify.Policy{Name: verify.PolicyGBT38540, Time: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Revocation: verify.RevocationOptional}
	r := examine(t, document(raw), p) // nobody is trusted
	if len(r.Stamps) != len(c.integrity) {
		t.Fatalf("%d stamps, want %d", len(r.Stamps), len(c.integrity))
	}
	for i, want := range c.integrity {
		if s := r.Stamps[i]; sealIntegrity(s) != want {
			t.Errorf("stamp %d: integrity is not %v: %+v", i+1, want, s)
		}
	}
	if r.Verdict == verify.Valid {
		t.Errorf("valid, though nobody is trusted")
	}
	p.Anchors, p.MakerAnchors = parties(t, raw)
	r = examine(t, document(raw), p)
	want(t, r, c.trusted, c.codes...)
	if len(r.Stamps) > 0 {
		c.checkFirst(t, r.Stamps[0])
	}
	if whole := r.Package != nil; whole != c.whole || whole && (r.Package.Signature != verify.OK || r.Package.Listed == 0) {
		t.Errorf("protection of the whole package: %+v", r.Package)
	}
}

func (c sampleOFD) checkFirst(t *testing.T, s verify.Stamp) {
	var shown []string
	for _, u := range s.Coverage.Uncovered {
		if u.View {
			shown = append(shown, u.Entry)
		}
	}
	if !slices.Equal(shown, c.uncovered) || s.Coverage.Locked != c.locked || len(s.Places) != c.places {
		t.Errorf("uncovered %v, locked %v, %d places", shown, s.Coverage.Locked, len(s.Places))
	}
	for _, f := range s.Seal.Findings {
		if f.Code == verify.CodePlace {
			t.Errorf("place: %s", f.Detail)
		}
	}
}

// sealIntegrity is "integrity valid" of the samples' README.
func sealIntegrity(s verify.Stamp) bool {
	return s.Intact.Status == verify.OK && s.Signature.Status == verify.OK && s.Seal.MakerSignature == verify.OK && s.Seal.ListsSigner == verify.OK
}

// parties are the certificates of signers and makers in a package.
func parties(t *testing.T, raw []byte) (signers, makers [][]byte) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "SignedValue.dat") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		value, _ := io.ReadAll(r)
		if s, err := ses.ParseSignature(value); err == nil {
			signers, makers = append(signers, s.Cert), append(makers, s.Seal.MakerCert)
		}
	}
	return signers, makers
}
