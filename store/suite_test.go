// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

// day is when everything in the suite happens.
var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var ctx = context.Background()

var macKey = [32]byte{7}

// house is an empty database on one engine.
type house struct {
	testing.TB
	engine string
	dsn    string
	db     *store.DB
	raw    *sql.DB // see behind
}

// onBoth runs a test of the suite on each engine.
func onBoth(t *testing.T, test func(h *house)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { test(newHouse(t, engine)) })
	}
}

func newHouse(t testing.TB, engine string) *house {
	h := &house{TB: t, engine: engine}
	var db *store.DB
	var err error
	if engine == "postgres" {
		h.dsn = createdPostgres(t)
		db, err = store.Open(ctx, store.Config{DSN: h.dsn})
	} else {
		h.dsn = filepath.Join(t.TempDir(), "govseal.db")
		db, err = store.Create(ctx, store.Config{DSN: h.dsn})
	}
	h.must(err)
	db.SetMACKey(macKey)
	t.Cleanup(func() { db.Close() })
	h.db = db
	return h
}

// again opens the same database as another process would.
func (h *house) again(c store.Config) *store.DB {
	h.Helper()
	c.DSN = h.dsn
	db, err := store.Open(ctx, c)
	h.must(err)
	db.SetMACKey(macKey)
	h.Cleanup(func() { db.Close() })
	return db
}

// behind opens the database the way somebody with its password would.
func (h *house) behind() *sql.DB {
	h.Helper()
	if h.raw != nil {
		return h.raw
	}
	driver := "sqlite"
	dsn := "file:" + h.dsn + "?_pragma=busy_timeout(5000)"
	if h.engine == "postgres" {
		driver, dsn = "pgx", h.dsn
	}
	db, err := sql.Open(driver, dsn)
	h.must(err)
	h.Cleanup(func() { db.Close() })
	h.raw = db
	return db
}

// sql runs a statement behind govseal's back; it must change something.
func (h *house) sql(query string, args ...any) {
	h.Helper()
	r, err := h.behind().Exec(query, args...)
	h.must(err)
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		h.Fatalf("%s: changed %d rows, %v", query, n, err)
	}
}

// refuse makes the database fail every INSERT into a table, and returns what
// ends it.
func (h *house) refuse(table string) (accept func()) {
	h.Helper()
	db := h.behind()
	begin := []string{`CREATE TRIGGER refuse BEFORE INSERT ON ` + table + ` BEGIN SELECT RAISE(FAIL, 'refused'); END`}
	end := `DROP TRIGGER refuse`
	if h.engine == "postgres" {
		begin = []string{
			`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`,
			`CREATE TRIGGER refuse BEFORE INSERT ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION refuse()`,
		}
		end = `DROP FUNCTION refuse CASCADE`
	}
	for _, s := range begin {
		_, err := db.Exec(s)
		h.must(err)
	}
	return func() {
		h.Helper()
		_, err := db.Exec(end)
		h.must(err)
	}
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) is(err, want error) {
	h.Helper()
	if !errors.Is(err, want) {
		h.Fatalf("got error %v, want %v", err, want)
	}
}

func (h *house) size() uint64 {
	h.Helper()
	head, err := h.db.Ledger().Head(ctx)
	h.must(err)
	return head.Size
}

// sound replays the whole ledger.
func (h *house) sound() {
	h.Helper()
	l, err := ledger.New(ledger.Config{Store: h.db.Ledger(), Origin: "example.invalid/test/sm3"})
	h.must(err)
	findings, err := l.Verify(ctx, "", nil)
	h.must(err)
	for _, f := range findings {
		h.Errorf("ledger row %d: %s", f.Index, f.Problem)
	}
}

// step moves testSeal from active into another state.
func step(act seal.Act, to seal.State, reason string, at time.Time) seal.Change {
	return seal.Change{
		Step:  seal.Step{ESID: testSeal.ESID, Act: act, To: to, Actor: "operator:test", Reason: reason, At: at},
		From:  []seal.State{seal.Active},
		Steps: -1,
		Event: event("seal-state", "seal."+string(act), testSeal.ESID),
	}
}

func event(kind, act, object string) ledger.Event {
	return ledger.Event{
		Kind: kind, Time: day, Actor: "operator:test", Act: act, Object: object, After: []byte(`{"a": 1}`),
		Facts: []ledger.Fact{{Name: "object", Value: []byte(object)}},
	}
}

// Records of the plainly fictional 示例市.
var (
	department = registry.Department{
		ID: "dep1", Name: "示例市市场监督管理局", CreditCode: "11990000000000001A", AreaCode: "990000",
		State: registry.Active, Created: day,
	}
	officer     = registry.Officer{ID: "off1", Department: "dep1", Name: "示例人员", StaffNo: "0001", State: registry.Active, Created: day}
	application = registry.Application{ID: "app1", Name: "示例审批系统", TokenDigest: [32]byte{1}, State: registry.Active, Created: day}
	grant       = registry.Grant{
		ID: "grt1", Application: "app1", Seal: "99000000000001", Matters: []string{"M-1", "M-2"},
		Kinds: []string{"digest", "pdf", "decision"}, NotBefore: day.AddDate(0, -1, 0), NotAfter: day.AddDate(1, 0, 0),
		State: registry.Active, Created: day,
	}
	certificate = ca.Certificate{
		SerialHex: "0a1b", CA: "issuing", Profile: "seal", Subject: "CN=示例市市场监督管理局,O=Example", Department: "dep1",
		KeyRef: "soft:k1", KeyDigest: [32]byte{7}, TBS: []byte("tbs"), NotBefore: day, NotAfter: day.AddDate(3, 0, 0), Status: ca.Planned, Created: day,
	}
	testSeal = seal.Seal{
		ESID: "99000000000001", Name: "示例市市场监督管理局", Horizontal: "审批专用章", Department: "dep1",
		DER: []byte("seal"), Picture: []byte("picture"), Certificate: []byte("certificate"), CertSerial: "0a1b",
		KeyRef: "soft:k1", State: seal.Active, ValidFrom: day.AddDate(0, -1, 0), ValidTo: day.AddDate(3, 0, 0),
		Created: day, Changed: day, Steps: 1,
		Design: seal.Design{Shape: "round", Width: 42, Height: 42, Type: 1, Version: 4},
	}
)

// furnish puts in what a stamp needs.
func (h *house) furnish() {
	h.Helper()
	r, c := h.db.Registry(), h.db.CA()
	h.must(r.AddDepartment(ctx, department, event("department", "department.add", "dep1")))
	h.must(r.AddOfficer(ctx, officer, event("officer", "officer.add", "off1")))
	h.must(r.AddApplication(ctx, application, event("application", "application.add", "app1")))
	h.must(c.RecordPlanned(ctx, certificate))
	h.must(c.RecordCertificate(ctx, "0a1b", []byte("der"), event("certificate", "ca.issue", "0a1b")))
	h.must(h.db.Seals().RecordSeal(ctx, testSeal, event("seal", "seal.make", testSeal.ESID)))
	h.must(r.AddGrant(ctx, grant, event("grant", "grant.add", "grt1")))
}

// intent is a will to stamp a digest; n tells intents apart.
func intent(n int) seal.Intent {
	return seal.Intent{
		Stamp: fmt.Sprintf("stamp%04d", n), Application: "app1", Officer: "off1", Seal: testSeal.ESID, Matter: "M-1",
		CaseRef: "case", Kind: seal.KindDigest, IdempotencyKey: fmt.Sprintf("key%04d", n),
		Fingerprint: [32]byte{byte(n), byte(n >> 8), 1}, Document: [32]byte{byte(n), byte(n >> 8), 2},
		Now: day, Lease: time.Minute,
	}
}

// stampOf is the result of an admitted intent.
func stampOf(i seal.Intent, a seal.Admission) seal.Stamp {
	return seal.Stamp{
		ID: a.Stamp, Code: "CODE" + a.Stamp, Application: i.Application, Officer: i.Officer, Seal: i.Seal,
		Department: a.Department.ID, Grant: a.Grant, Matter: i.Matter, CaseRef: i.CaseRef, Kind: i.Kind,
		Decision: i.Decision, ContentSeen: i.ContentSeen, Document: i.Document, Output: [32]byte{i.Document[0], i.Document[1], 3},
		OutputType: "application/octet-stream", Signature: []byte("signature"), Level: "T",
		Chain: [][]byte{[]byte("issuing"), []byte("root")}, CRLs: [][]byte{[]byte("list")},
		Time: i.Now, Attempt: a.Attempt, Answer: []byte(`{"id":"` + a.Stamp + `"}`),
	}
}

// stamp takes one intent through both transactions.
func (h *house) stamp(i seal.Intent) seal.Stamp {
	h.Helper()
	a, err := h.db.Seals().RecordIntent(ctx, i)
	h.must(err)
	st := stampOf(i, a)
	h.must(h.db.Seals().RecordStamp(ctx, st, nil, event("stamp", "stamp.digest", st.ID)))
	return st
}

// nullable scans any column as text.
type nullable struct{ s *string }

func (n *nullable) Scan(v any) error {
	*n.s = fmt.Sprintf("%v", v)
	return nil
}
