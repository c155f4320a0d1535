// SPDX-License-Identifier: Apache-2.0

package pdf_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/pdf"
)

func der(n byte) []byte { return bytes.Repeat([]byte{0x30, n}, 40) }

func withStore(t *testing.T, b []byte, m pdf.DSS) []byte {
	t.Helper()
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	update, err := d.AppendDSS(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(b), update...)
}

func stampedWhole(t *testing.T, b []byte) []byte {
	t.Helper()
	d, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.PrepareTimeStamp(context.Background(), 4096)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := p.Write(&out, []byte{0x30, 3, 2, 1, 5}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestStoresAndTimeStampsOfAllKinds continues sealed files of every kind of
// cross-reference: nothing but validation material follows the seal, twice.
func TestStoresAndTimeStampsOfAllKinds(t *testing.T) {
	for name, b := range documents() {
		t.Run(name, func(t *testing.T) {
			sealed := seal(t, b, stampAt(1, 100, 100))
			first := pdf.DSS{Certs: [][]byte{der(1), der(2)}, CRLs: [][]byte{der(3)}}
			once := stampedWhole(t, withStore(t, sealed, first))
			second := pdf.DSS{Certs: [][]byte{der(1)}, CRLs: [][]byte{der(4)}, OCSPs: [][]byte{der(5)}}
			twice := stampedWhole(t, withStore(t, once, second))
			judgeByOthers(t, twice)
			wantChanges(t, twice, pdf.LevelLTA, "dss timestamp")
			if !bytes.Equal(withStore(t, twice, first), twice) {
				t.Error("material that is there already was added again")
			}
			d, err := open(twice)
			if err != nil {
				t.Fatal(err)
			}
			store, err := d.DSS(len(d.Revisions()) - 1)
			if err != nil || len(store.Certs) != 2 || len(store.CRLs) != 2 || !slices.EqualFunc(store.OCSPs, [][]byte{der(5)}, bytes.Equal) {
				t.Errorf("store %v, %v", store, err)
			}
			// Before it was extended there was no store.
			sigs, err := d.Signatures()
			if err != nil || len(sigs) != 3 {
				t.Fatalf("%d signatures, %v", len(sigs), err)
			}
			if store, err := d.DSS(sigs[0].Revision); store != nil || err != nil {
				t.Errorf("a store at the seal's revision: %v, %v", store, err)
			}
			for _, s := range sigs {
				if len(s.Law) > 0 {
					t.Errorf("%s: %v", s.Fields, s.Law)
				}
			}
		})
	}
}

// TestEntriesOfSignatures: each signature's entry names what it needs, grows
// with what a renewal adds, and loses nothing; verifiers see it as material.
func TestEntriesOfSignatures(t *testing.T) {
	for name, b := range documents() {
		t.Run(name, func(t *testing.T) {
			sealed := seal(t, b, stampAt(1, 100, 100))
			d, err := open(sealed)
			if err != nil {
				t.Fatal(err)
			}
			sigs, err := d.Signatures()
			if err != nil || len(sigs) != 1 {
				t.Fatal(err)
			}
			need := pdf.VRI{Contents: sigs[0].Contents, Certs: [][]byte{der(1), der(2)}, CRLs: [][]byte{der(3)}}
			once := withStore(t, sealed, pdf.DSS{Certs: [][]byte{der(9)}, For: []pdf.VRI{need}})
			if !bytes.Equal(withStore(t, once, pdf.DSS{For: []pdf.VRI{need}}), once) {
				t.Error("what is there already was added again")
			}
			need.CRLs, need.OCSPs = [][]byte{der(4)}, [][]byte{der(5)}
			twice := stampedWhole(t, withStore(t, stampedWhole(t, once), pdf.DSS{For: []pdf.VRI{need}}))
			judgeByOthers(t, twice)
			wantChanges(t, twice, pdf.LevelLTA, "dss timestamp")
			if d, err = open(twice); err != nil {
				t.Fatal(err)
			}
			store, err := d.DSS(len(d.Revisions()) - 1)
			if err != nil || !store.Names(&sigs[0]) || len(store.VRI) != 1 || len(store.Certs) != 3 || len(store.CRLs) != 2 || len(store.OCSPs) != 1 {
				t.Errorf("store %+v, %v", store, err)
			}
			if n := bytes.Count(twice[len(sealed):], []byte("/CRL [")); n != 2 { // alone, then with the newer
				t.Errorf("%d entries with lists of revocation", n)
			}
		})
	}
}

// TestStoreOfAnotherWriter reads what pyHanko wrote, by both keys.
func TestStoreOfAnotherWriter(t *testing.T) {
	d, err := open(sample(t, "ph__pades-lta-dss-indirect-arrs-test.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	sigs, err := d.Signatures()
	if err != nil || len(sigs) != 2 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	store, err := d.DSS(len(d.Revisions()) - 1)
	if err != nil || store == nil || len(store.Certs) == 0 || len(store.CRLs)+len(store.OCSPs) == 0 {
		t.Fatalf("%+v, %v", store, err)
	}
	if !store.Names(&sigs[0]) {
		t.Errorf("no entry for the signature among %v", store.VRI)
	}
	other := pdf.DSS{VRI: []string{strings.ToLower(pdf.VRIKeys(sigs[0].Contents)[0])}}
	if !other.Names(&sigs[0]) || other.Names(&sigs[1]) {
		t.Error("the key over the octets is not known")
	}
}

// TestStoresAreBounded: a store of a million streams is a limit, not a wait.
func TestStoresAreBounded(t *testing.T) {
	base := simple("")
	var list strings.Builder
	for i := range 1100 {
		n := 10 + i
		base[n] = stm("", "DER")
		list.WriteString(named("%d 0 R ", n))
	}
	base[1] = named("<</Type/Catalog/Pages 2 0 R/DSS<</Certs[%s]>>>>", list.String())
	d, err := open(newFile().table(base).b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.DSS(0); err == nil {
		t.Error("1,100 streams were read")
	}
	if _, err := d.DSS(5); err == nil {
		t.Error("a revision that is not there has a store")
	}
}
