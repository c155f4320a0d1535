// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
	"github.com/govseal/govseal/verify"
)

// issueOne certifies a new key that the test throws away.
func (h *house) issueOne(t *testing.T) ca.Certificate {
	t.Helper()
	ref, _, err := h.keyring.Generate(t.Context(), ca.ProfileDepartment)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.ca.Issue(t.Context(), ca.Request{Actor: "operator:test", Profile: ca.ProfileDepartment, KeyRef: ref,
		Subject: ca.Subject{Organization: h.dept.Name, CreditCode: h.dept.CreditCode}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) suspend(t *testing.T, c ca.Certificate) {
	t.Helper()
	if err := h.ca.Suspend(t.Context(), "operator:test", c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
}

func sharded(n int) Config {
	return Config{CRL: CRLConfig{Shards: map[string]int{ca.IssuingID: n}, Deltas: []string{ca.IssuingID}}}
}

func TestListsOverHTTP(t *testing.T) {
	h := newHouse(t, sharded(4))
	c := h.issueOne(t)
	leaf, err := cert.Parse(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	// The addresses in the certificate lead to its lists.
	own := strings.TrimPrefix(string(leaf.CRLDistributionPoints[0].FullName[0].Value), "https://seal.example")
	delta := strings.TrimPrefix(string(leaf.FreshestCRL[0].FullName[0].Value), "https://seal.example")
	if own != "/pki/issuing."+strconv.Itoa(c.Shard)+".crl" || delta != "/pki/issuing."+strconv.Itoa(c.Shard)+".delta.crl" {
		t.Fatalf("the certificate names %s and %s", own, delta)
	}
	first, body := h.call(t, "GET", own, "", nil)
	list, err := cert.ParseCRL(body)
	if err != nil || first.StatusCode != 200 || list.IDP == nil || list.Find(leaf.Serial) != nil {
		t.Fatalf("%s: %s %v", own, first.Status, err)
	}
	age, ok := strings.CutPrefix(first.Header.Get("Cache-Control"), "public, no-transform, must-revalidate, max-age=")
	if n, err := strconv.Atoi(age); !ok || err != nil || n < 3500 || n > 3600 {
		t.Errorf("Cache-Control %q", first.Header.Get("Cache-Control"))
	}
	tag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	if at, err := http.ParseTime(modified); err != nil || !at.Equal(list.ThisUpdate) || len(tag) < 10 {
		t.Errorf("ETag %q, Last-Modified %q", tag, modified)
	}
	if at, err := http.ParseTime(first.Header.Get("Expires")); err != nil || at.After(list.NextUpdate) {
		t.Errorf("Expires %q", first.Header.Get("Expires"))
	}
	for _, header := range [][]string{{"If-None-Match", tag}, {"If-None-Match", `"other", ` + tag}, {"If-None-Match", "*"}, {"If-Modified-Since", modified}} {
		if res, body := h.call(t, "GET", own, "", nil, header...); res.StatusCode != 304 || len(body) != 0 || res.Header.Get("Cache-Control") == "" {
			t.Errorf("%s: %s with %d octets", header, res.Status, len(body))
		}
	}
	if res, got := h.call(t, "HEAD", own, "", nil); res.StatusCode != 200 || len(got) != 0 || res.ContentLength != int64(len(body)) || res.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %s, %d octets said", res.Status, res.ContentLength)
	}
	if res, got := h.call(t, "GET", own, "", nil, "Range", "bytes=0-9", "If-Range", tag); res.StatusCode != 206 || !bytes.Equal(got, body[:10]) {
		t.Errorf("a part: %s, %d octets", res.Status, len(got))
	}
	// A change shows at once, under another tag.
	h.suspend(t, c)
	res, body := h.call(t, "GET", own, "", nil, "If-None-Match", tag)
	if list, err = cert.ParseCRL(body); err != nil || res.StatusCode != 200 || list.Find(leaf.Serial) == nil || res.Header.Get("ETag") == tag {
		t.Errorf("after a change: %s %v", res.Status, err)
	}
	if _, body = h.call(t, "GET", delta, "", nil); err == nil {
		if d, err := cert.ParseCRL(body); err != nil || d.DeltaBase == nil || d.Find(leaf.Serial) == nil || d.Number.Cmp(list.Number) != 0 {
			t.Errorf("delta: %v", err)
		}
	}
	for _, path := range []string{"/pki/issuing.5.crl", "/pki/issuing.0.crl", "/pki/root.1.crl", "/pki/root.delta.crl", "/pki/.crl", "/pki/.crt", "/pki/issuing.1.crt", "/pki/issuing.pem", "/pki/..%2f..%2fetc.crt"} {
		if res, body := h.call(t, "GET", path, "", nil); res.StatusCode != 404 {
			t.Errorf("%s: %s %.60s", path, res.Status, body)
		}
	}
	if res, _ := h.call(t, "POST", own, "application/pkix-crl", body); res.StatusCode != 405 {
		t.Errorf("POST: %s", res.Status)
	}
}

// No cache keeps a list past its end.
func TestListAgeEndsWithTheList(t *testing.T) {
	h := newHouse(t, Config{CRL: CRLConfig{Life: time.Hour}})
	if err := h.ca.RenewLists(t.Context(), "operator:test", ca.IssuingID); err != nil {
		t.Fatal(err)
	}
	res, body := h.call(t, "GET", "/pki/issuing.crl", "", nil)
	list, err := cert.ParseCRL(body)
	if err != nil {
		t.Fatal(err)
	}
	_, age, _ := strings.Cut(res.Header.Get("Cache-Control"), "max-age=")
	n, err := strconv.Atoi(age)
	if err != nil || time.Now().Add(time.Duration(n)*time.Second).After(list.NextUpdate.Add(time.Second)) {
		t.Errorf("max-age %q for a list until %v", age, list.NextUpdate)
	}
}

func TestPublicationFolder(t *testing.T) {
	config := sharded(2)
	config.CRL.Publish = "public"
	h := newHouse(t, config)
	dir := filepath.Join(h.dir, "public")
	file := func(name string) []byte {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	k := keeper{city: h.city, said: map[string]string{}}
	k.round(t.Context())
	for _, name := range []string{"root", "issuing", "issuing.1", "issuing.2"} {
		if _, body := h.call(t, "GET", "/pki/"+name+".crl", "", nil); !bytes.Equal(file(name+".crl"), body) {
			t.Errorf("%s.crl is not what is served", name)
		}
	}
	if !bytes.Equal(file("root.crt"), h.ca.Root()) || !bytes.Equal(file("issuing.crt"), h.ca.Issuing()) {
		t.Error("certificates of the authorities")
	}
	// An issue of this process is in the folder when it returns.
	c := h.issueOne(t)
	h.suspend(t, c)
	listed := func() bool {
		l, err := cert.ParseCRL(file("issuing." + strconv.Itoa(c.Shard) + ".crl"))
		return err == nil && len(l.Revoked) > 0
	}
	if !listed() {
		t.Error("a change is not in the folder")
	}
	// What another process issued, and what was taken away, comes with the next round.
	other, err := openCore(t.Context(), h.dir, []byte("a passphrase for tests"))
	if err != nil {
		t.Fatal(err)
	}
	other.published = nil
	if err := other.ca.Resume(t.Context(), "operator:test", c.SerialHex, ""); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "root.crl")); err != nil {
		t.Fatal(err)
	}
	k.round(t.Context())
	if file("root.crl"); listed() {
		t.Error("a round did not put the folder in step")
	}
	h.folderFails(t, dir, c)
	left, err := filepath.Glob(filepath.Join(dir, ".new-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// folderFails: a folder that cannot be written undoes no revocation, is logged
// once, fails readiness, and is made good.
func (h *house) folderFails(t *testing.T, dir string, c ca.Certificate) {
	t.Helper()
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h.suspend(t, c)
	h.log.Reset()
	k := keeper{city: h.city, said: map[string]string{}}
	for range 3 {
		k.round(t.Context())
	}
	if n := strings.Count(h.log.String(), "publish into the folder"); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, h.log)
	}
	if got := h.readyz(t, http.StatusServiceUnavailable)["publication"]; got != "failed" {
		t.Errorf("readyz: publication %q", got)
	}
	if err := errors.Join(os.Remove(dir), os.Rename(dir+".away", dir)); err != nil {
		t.Fatal(err)
	}
	k.round(t.Context())
	if got := h.readyz(t, http.StatusOK)["publication"]; got != "ok" || !strings.Contains(h.log.String(), "works again") {
		t.Errorf("readyz afterwards: publication %q", got)
	}
}

func (h *house) readyz(t *testing.T, status int) map[string]string {
	t.Helper()
	res, body := h.call(t, "GET", "/readyz", "", nil)
	var state struct{ Checks map[string]string }
	if err := json.Unmarshal(body, &state); err != nil || res.StatusCode != status {
		t.Fatalf("readyz: %s %s, want %d", res.Status, body, status)
	}
	return state.Checks
}

// Readiness fails before a list goes stale, and warns before that.
func TestReadinessOfLists(t *testing.T) {
	h := newHouse(t, Config{})
	for name, state := range h.readyz(t, http.StatusOK) {
		if state != "ok" {
			t.Errorf("%s is %s", name, state)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(h.dir, databaseFile)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	days := func(n int) int64 { return time.Now().AddDate(0, 0, n).UnixMilli() }
	for number, test := range []struct {
		left, status int
		want         string
	}{{59, 200, "warning"}, {29, 503, "failed"}, {-1, 503, "failed"}, {70, 200, "ok"}} {
		// A list of a year that was issued so long ago, as if time had passed.
		_, err := db.Exec(`INSERT INTO crls (ca, shard, number, base, change, der, this_update, next_update)
			SELECT ca, shard, $1, base, change, der, $2, $3 FROM crls WHERE ca = 'root' AND number = 1`, number+2, days(test.left-365), days(test.left))
		if err != nil {
			t.Fatal(err)
		}
		if got := h.readyz(t, test.status)["root-crl"]; got != test.want {
			t.Errorf("%d days left: %s, want %s", test.left, got, test.want)
		}
	}
	now := time.Now()
	for _, test := range []struct {
		name       string
		life, left time.Duration
		fails      bool
		warns      bool
	}{
		{"fresh", 7 * oneDay, 7 * oneDay, false, false}, {"missed two days", 7 * oneDay, 5 * oneDay, false, false},
		{"missed four", 7 * oneDay, 3 * oneDay, false, true}, {"a day left", 7 * oneDay, 23 * time.Hour, true, false},
		{"ended", 7 * oneDay, -time.Hour, true, false}, {"emergency", 90 * oneDay, 30 * oneDay, false, false}, {"emergency ends", 90 * oneDay, 20 * time.Hour, true, false},
	} {
		err := h.checkList(true, ca.CRL{ThisUpdate: now.Add(test.left - test.life), NextUpdate: now.Add(test.left)})
		var soon *api.Soon
		if warns := errors.As(err, &soon); warns != test.warns || (err != nil && !warns) != test.fails {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
}

func TestReadinessOfOffices(t *testing.T) {
	h := newHouse(t, Config{})
	for _, test := range []struct {
		days, status int
		want         string
	}{{90, 200, "ok"}, {30, 200, "warning"}, {6, 503, "failed"}} {
		o := h.inOffice[ca.ProfileTSA]
		o.NotAfter = time.Now().AddDate(0, 0, test.days)
		h.inOffice[ca.ProfileTSA] = o
		if got := h.readyz(t, test.status)["offices"]; got != test.want {
			t.Errorf("%d days left: %s, want %s", test.days, got, test.want)
		}
	}
	for _, office := range []string{ca.ProfileTSA, ca.ProfileLedger, ca.ProfileSealMaker} {
		if _, ok := h.inOffice[office]; !ok {
			t.Errorf("%s is not asked about", office)
		}
	}
}

// A server notices an authority that a ceremony beside it made: its lists are
// served, kept fresh, put into the folder, and asked about.
func TestNewAuthorityBesideTheServer(t *testing.T) {
	h := newHouse(t, Config{CRL: CRLConfig{Publish: "public"}})
	k := keeper{city: h.city, said: map[string]string{}}
	k.round(t.Context())
	beside, err := openCore(t.Context(), h.dir, []byte("a passphrase for tests"))
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	beside.published = nil
	root, err := beside.openRoot("", []byte("another one for the root"))
	if err != nil {
		t.Fatal(err)
	}
	act, err := beside.ca.PrepareSubordinate(t.Context(), "operator:test", ca.RootID, ca.CASpec{ID: "district-3", NotAfter: time.Now().AddDate(5, 0, 0).Truncate(time.Second),
		Subject: ca.Subject{Organization: "示例市东区", CommonName: "示例市东区电子印章签发CA"}}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	keys := ca.ActKeys{Acting: root}
	if keys.NewRef, keys.New, err = beside.ca.NewKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	made, err := act.Perform(t.Context(), keys)
	if err == nil {
		err = act.Enter(t.Context(), made, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	k.round(t.Context())
	for _, name := range []string{"district-3.crt", "district-3.crl"} {
		res, body := h.call(t, "GET", "/pki/"+name, "", nil)
		kept, err := os.ReadFile(filepath.Join(h.dir, "public", name))
		if err != nil || res.StatusCode != 200 || !bytes.Equal(body, kept) {
			t.Errorf("%s: %s, in the folder: %v", name, res.Status, err)
		}
	}
	if got := h.readyz(t, http.StatusOK)["district-3-crl"]; got != "ok" {
		t.Errorf("readyz: %q", got)
	}
	if strings.Contains(h.log.String(), `"level":"ERROR"`) {
		t.Errorf("log:\n%s", h.log)
	}
}

// A keeper goes on after an error, and says each once.
func TestKeeperGoesOn(t *testing.T) {
	h := newHouse(t, Config{})
	k := keeper{city: h.city, said: map[string]string{}}
	for range 2 {
		k.say(t.Context(), "do it", errors.New("no"))
	}
	k.say(t.Context(), "do it", errors.New("still no"))
	k.say(t.Context(), "do it", nil)
	k.say(t.Context(), "do it", nil)
	if n := strings.Count(h.log.String(), "do it"); n != 3 {
		t.Errorf("%d lines, want no, still no, works again:\n%s", n, h.log)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	k.say(ended, "at the end", errors.New("context canceled"))
	if strings.Contains(h.log.String(), "at the end") {
		t.Error("the end of the server is logged as an error")
	}
}

// A paper stamped by a seal of a shard carries the shard's list, and verifies
// with the root alone; put on hold, the service says so.
func TestStampCarriesItsShard(t *testing.T) {
	h := newHouse(t, sharded(3))
	c := h.client(t, h.token)
	a, err := c.stampPDF(t.Context(), "key-1", h.request(), permitPDF)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := c.document(t.Context(), a.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	judge := func(lists ...[]byte) *verify.Report {
		t.Helper()
		r, err := verify.Verify(t.Context(), verify.Document{ReaderAt: bytes.NewReader(sealed), Size: int64(len(sealed))},
			verify.Policy{Time: time.Now().Add(time.Minute), Anchors: [][]byte{h.ca.Root()}, Arc: h.arc, CRLs: lists})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := judge(); r.Verdict != verify.Valid {
		t.Fatalf("got %s: %+v", r.Verdict, r.Stamps)
	}
	found, err := h.ca.Find(t.Context(), ca.Query{Profile: ca.ProfileSeal})
	if err != nil || len(found) != 1 || found[0].Shard == 0 {
		t.Fatalf("the seal's certificate: %v, %v", found, err)
	}
	point := []byte("https://seal.example/pki/" + ca.ListID{CA: ca.IssuingID, Shard: found[0].Shard}.Name() + ".crl")
	res, side := h.call(t, "GET", "/v1/stamps/"+a.ID+"/evidence", "", nil, "Authorization", "Bearer "+h.token)
	var evidence struct{ CRLs [][]byte }
	if err := json.Unmarshal(side, &evidence); err != nil || res.StatusCode != 200 || len(evidence.CRLs) == 0 || !bytes.Contains(evidence.CRLs[0], point) {
		t.Errorf("evidence: %s, %d lists, %v", res.Status, len(evidence.CRLs), err)
	}
	// Revoked from before it was stamped: every newer list says so.
	if err := h.ca.Revoke(t.Context(), "operator:test", found[0].SerialHex, ca.ReasonKeyCompromise, time.Now().Add(-4*time.Minute), ""); err != nil {
		t.Fatal(err)
	}
	for _, shard := range []int{0, found[0].Shard} {
		l, err := h.ca.List(t.Context(), ca.ListID{CA: ca.IssuingID, Shard: shard})
		if err != nil {
			t.Fatal(err)
		}
		if r := judge(l.DER); r.Verdict != verify.Invalid {
			t.Errorf("with the list of shard %d: %s", shard, r.Verdict)
		}
	}
	if verdict := h.verdict(t, "/v1/verifications", sealed); verdict != "invalid" {
		t.Errorf("the service says %s", verdict)
	}
}

// Ten thousand questions are refused before they are read.
func TestOCSPTooMuchOverHTTP(t *testing.T) {
	h := newHouse(t, Config{})
	issuer, err := cert.Parse(h.ca.Issuing())
	if err != nil {
		t.Fatal(err)
	}
	id, err := ocsp.NewCertID(ocsp.OIDSHA1, issuer.RawSubject, issuer.RawSPKI, issuer.Serial)
	if err != nil {
		t.Fatal(err)
	}
	var r ocsp.Request
	for range 10_000 {
		r.Items = append(r.Items, ocsp.Item{ID: id})
	}
	der, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if res, _ := h.call(t, "POST", "/pki/ocsp", "application/ocsp-request", der); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d octets: %s", len(der), res.Status)
	}
}
