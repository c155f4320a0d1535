// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/csrresp"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

var (
	officers = []string{"张示例", "李示例", "王示例"}
	delivery = []byte("交付口令 delivery")
)

// centred is a city with a key centre of 2 of 3 and a department whose signing
// key lies with its holder.
type centred struct {
	*office
	shares  [][]byte
	holder  *gm.PrivateKey
	signing ca.Certificate
}

func secret(officer string) []byte { return []byte("passphrase of " + officer) }

func (o *office) centre(t *testing.T) [][]byte {
	t.Helper()
	var people []ca.RecoveryOfficer
	for _, name := range officers {
		people = append(people, ca.RecoveryOfficer{Name: name, Passphrase: secret(name)})
	}
	var kept [][]byte
	c, err := o.CreateCentre(t.Context(), "operator:test", people, 2, func(shares [][]byte) error { kept = shares; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if c.Threshold != 2 || !slices.Equal(c.Officers, officers) || c.City == "" {
		t.Errorf("centre: %+v", c)
	}
	return kept
}

// oneCentre is made once: its passphrases are stretched as in earnest.
var oneCentre struct {
	sync.Once
	record ca.CentreRecord
	shares [][]byte
}

// adoptCentre gives the office the one centre, under its own CA's signature.
func (o *office) adoptCentre(t *testing.T) [][]byte {
	t.Helper()
	oneCentre.Do(func() {
		maker := found(t)
		oneCentre.shares = maker.centre(t)
		oneCentre.record = maker.store.centres[0]
	})
	record := oneCentre.record
	cas, _ := o.store.CAs(t.Context())
	signer, err := o.keys.Signer(t.Context(), cas[1].KeyRef, "ca")
	if err != nil {
		t.Fatal(err)
	}
	if record.Signature, err = gm.SignMessage(signer, append([]byte("govseal/ca/centre/v1\x00"), record.Charter...)); err != nil {
		t.Fatal(err)
	}
	o.store.centres = append(o.store.centres, record)
	return oneCentre.shares
}

// holderOf certifies a key that its holder made.
func (o *office) holderOf(t *testing.T, profile, department string) (*gm.PrivateKey, ca.Certificate) {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	r := request(profile, "")
	r.PublicKey, _ = gm.MarshalPublicKey(&key.PublicKey)
	r.Department = department
	c, err := o.Issue(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return key, c
}

func centredOffice(t *testing.T) *centred {
	t.Helper()
	o := &centred{office: found(t)}
	o.shares = o.adoptCentre(t)
	o.holder, o.signing = o.holderOf(t, ca.ProfileDepartment, "dep1")
	return o
}

// pair issues the encryption certificate beside the signing one.
func (o *centred) pair(t *testing.T) ca.Certificate {
	t.Helper()
	c, err := o.IssueEncryption(t.Context(), ca.EncryptionRequest{Actor: "operator:test", Signing: o.signing.SerialHex})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bring is what the officers of these indices bring.
func (o *centred) bring(indices ...int) (all []ca.RecoveryShare) {
	for _, i := range indices {
		all = append(all, ca.RecoveryShare{File: o.shares[i], Passphrase: secret(officers[i])})
	}
	return all
}

func (o *centred) recovery(serial string, indices ...int) ca.RecoveryRequest {
	return ca.RecoveryRequest{Actor: "operator:test", Reason: "UKey 遗失", Serial: serial, Shares: o.bring(indices...), Passphrase: delivery}
}

// open reads a CSRResponse as its holder does.
func open(t *testing.T, holder *gm.PrivateKey, der []byte) (*gm.PrivateKey, *csrresp.Response) {
	t.Helper()
	r, err := csrresp.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gm.OpenEnvelopedKey(holder, r.EncryptedPrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return key, r
}

func TestDualCertificates(t *testing.T) {
	o := centredOffice(t)
	made := o.pair(t)
	c, signing := parse(t, made.DER), parse(t, o.signing.DER)
	if made.Profile != ca.ProfileDepartmentEncryption || made.Department != "dep1" || made.KeyRef != "" || made.Status != ca.Good {
		t.Errorf("record: %+v", made)
	}
	if !bytes.Equal(c.RawSubject, signing.RawSubject) || c.CreditCode() != creditCode || c.NotAfter.After(signing.NotAfter) {
		t.Error("the encryption certificate is not the signing one's other half")
	}
	if want := cert.KeyEncipherment | cert.DataEncipherment | cert.KeyAgreement; c.KeyUsage.Bits != want {
		t.Errorf("key usage %b, want %b", c.KeyUsage.Bits, want)
	}
	if err := c.CheckSignature(parse(t, o.Issuing()).PublicKey); err != nil {
		t.Error(err)
	}
	r := ca.DeliveryRequest{Actor: "operator:test", Serial: made.SerialHex, As: ca.AsCSRResponse}
	first, err := o.Deliver(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	key, response := open(t, o.holder, first)
	if !key.PublicKey.Equal(c.PublicKey) || !bytes.Equal(response.SignCertificates[0], o.signing.DER) || !bytes.Equal(response.EncryptCertificates[0], made.DER) {
		t.Error("the CSRResponse holds another key or certificate")
	}
	if e := o.store.last(); e.Act != "ca.deliver" || e.Object != made.SerialHex {
		t.Errorf("last event: %s of %s", e.Act, e.Object)
	}
	if again, err := o.Deliver(t.Context(), r); err != nil || !bytes.Equal(first, again) {
		t.Errorf("delivered again, it differs: %v", err)
	}
	o.checkSecrets(t, key)
}

// Whoever has a lost signing key opens what is under it, so nothing is
// delivered under it again: recovery goes to the new key.
func TestNothingLeavesUnderALostKey(t *testing.T) {
	for name, lose := range map[string]func(o *centred) error{
		"compromised": func(o *centred) error {
			return o.Revoke(t.Context(), operator, o.signing.SerialHex, ca.ReasonKeyCompromise, time.Time{}, "")
		},
		"left": func(o *centred) error {
			return o.Revoke(t.Context(), operator, o.signing.SerialHex, ca.ReasonPrivilegeWithdrawn, time.Time{}, "")
		},
		"on hold": func(o *centred) error { return o.Suspend(t.Context(), operator, o.signing.SerialHex, "") },
		"superseded, its renewal compromised": func(o *centred) error {
			next, err := o.Renew(t.Context(), ca.Renewal{Actor: operator, Serial: o.signing.SerialHex})
			return errors.Join(err, o.Revoke(t.Context(), operator, o.signing.SerialHex, ca.ReasonSuperseded, time.Time{}, ""),
				o.Revoke(t.Context(), operator, next.SerialHex, ca.ReasonKeyCompromise, time.Time{}, ""))
		},
	} {
		o := centredOffice(t)
		made := o.pair(t)
		if err := lose(o); err != nil {
			t.Fatal(name, err)
		}
		data, err := o.Deliver(t.Context(), ca.DeliveryRequest{Actor: operator, Serial: made.SerialHex, As: ca.AsCSRResponse})
		var refused *ca.RequestError
		if !errors.As(err, &refused) || data != nil {
			t.Errorf("%s: got %d octets, %v", name, len(data), err)
		}
	}
	o := centredOffice(t)
	made := o.pair(t)
	if err := o.Revoke(t.Context(), operator, o.signing.SerialHex, ca.ReasonSuperseded, time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Deliver(t.Context(), ca.DeliveryRequest{Actor: operator, Serial: made.SerialHex, As: ca.AsCSRResponse}); err != nil {
		t.Errorf("superseded, the key still its holder's: %v", err)
	}
}

// An officer's pair has the officer's names; a crash between the two records
// leaves no certificate and no key.
func TestPairIsWholeOrNot(t *testing.T) {
	o := centredOffice(t)
	_, officer := o.holderOf(t, ca.ProfileOfficer, "dep1")
	lost := errors.New("killed")
	o.store.fail["RecordEscrowed"] = lost
	ask := func() (ca.Certificate, error) {
		return o.IssueEncryption(t.Context(), ca.EncryptionRequest{Actor: "operator:test", Signing: officer.SerialHex})
	}
	if _, err := ask(); !errors.Is(err, lost) {
		t.Fatalf("got %v", err)
	}
	unfinished, err := o.Unfinished(t.Context())
	if err != nil || len(unfinished) != 1 || unfinished[0].Profile != ca.ProfileOfficerEncryption || len(o.store.escrow) != 0 {
		t.Errorf("unfinished: %v, %d keys in escrow, %v", unfinished, len(o.store.escrow), err)
	}
	delete(o.store.fail, "RecordEscrowed")
	made, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	if c := parse(t, made.DER); c.Subject.Get(cert.OIDCommonName) != "张示例" || c.Subject.Get(cert.OIDSerialNumber) != "A-0017" || c.Subject.Get(cert.OIDUnit) != "政务服务科" {
		t.Errorf("subject %s", c.Subject)
	}
}

// checkSecrets looks for the key in all that the store and the ledger hold.
func (o *centred) checkSecrets(t *testing.T, key *gm.PrivateKey) {
	t.Helper()
	all, err := json.Marshal([]any{o.store.events, o.store.centres, o.store.escrow, o.store.certs})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range o.store.escrow {
		all = append(append(all, k.Sealed...), k.Enveloped...)
	}
	all = append(all, bytes.Join(o.shares, nil)...)
	hidden := [][]byte{key.D.Bytes(), []byte(key.D.Text(16)), delivery}
	for _, name := range officers {
		hidden = append(hidden, secret(name))
	}
	for i, s := range hidden {
		if bytes.Contains(all, s) {
			t.Errorf("secret %d stands in the store or the ledger", i)
		}
	}
}

func TestRecovery(t *testing.T) {
	o := centredOffice(t)
	made := o.pair(t)
	file, err := o.Recover(t.Context(), o.recovery(made.SerialHex, 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	got, err := pkcs12.Decode(file, delivery)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Key.PublicKey.Equal(parse(t, made.DER).PublicKey) || len(got.Certificates) != 3 || !bytes.Equal(got.Certificates[0].DER, made.DER) || !bytes.Equal(got.Certificates[2].DER, o.Root()) {
		t.Errorf("recovered another key or chain of %d", len(got.Certificates))
	}
	events := o.store.events[len(o.store.events)-2:]
	if events[0].Act != "ca.recover-intent" || events[1].Act != "ca.recover" {
		t.Errorf("events: %s, %s", events[0].Act, events[1].Act)
	}
	for _, e := range events {
		if e.Reason != "UKey 遗失" || !bytes.Contains(e.After, []byte(officers[2])) || !bytes.Contains(e.After, []byte(officers[0])) {
			t.Errorf("%s does not say why or who: %s %s", e.Act, e.Reason, e.After)
		}
	}
	o.checkSecrets(t, got.Key)

	// The holder has a new signing key: only it opens the same encryption key.
	next, newer := o.holderOf(t, ca.ProfileDepartment, "dep1")
	r := o.recovery(made.SerialHex, 0, 1)
	r.For, r.Passphrase = newer.SerialHex, nil
	response, err := o.Recover(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := open(t, next, response)
	if !key.Equal(got.Key) {
		t.Error("another key for the new signing key")
	}
	// A renewal keeps key and escrow.
	renewed, err := o.Renew(t.Context(), ca.Renewal{Actor: "operator:test", Serial: made.SerialHex})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Deliver(t.Context(), ca.DeliveryRequest{Actor: "operator:test", Serial: renewed.SerialHex, As: ca.AsCSRResponse}); err != nil {
		t.Errorf("renewed: %v", err)
	}
	// Old papers must be read after a revocation too.
	if err := o.Revoke(t.Context(), "operator:test", made.SerialHex, ca.ReasonSuperseded, time.Time{}, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Recover(t.Context(), o.recovery(made.SerialHex, 1, 2)); err != nil {
		t.Errorf("of a revoked certificate: %v", err)
	}
}

func TestRecoveryRefuses(t *testing.T) {
	o := centredOffice(t)
	made := o.pair(t)
	foreign := found(t).centre(t)
	_, stranger := o.holderOf(t, ca.ProfileDepartment, "dep2")
	change := func(f func(*ca.RecoveryRequest)) ca.RecoveryRequest {
		r := o.recovery(made.SerialHex, 0, 1)
		f(&r)
		return r
	}
	for name, tt := range map[string]struct {
		r    ca.RecoveryRequest
		want string
		acts int // events that it leaves
	}{
		"one officer":         {o.recovery(made.SerialHex, 0), "1 shares were given and 2 are needed", 0},
		"nobody":              {o.recovery(made.SerialHex), "0 shares were given and 2 are needed", 0},
		"the same twice":      {o.recovery(made.SerialHex, 1, 1), "same share twice", 0},
		"another city's":      {change(func(r *ca.RecoveryRequest) { r.Shares[1].File = foreign[1] }), "share of another key centre", 0},
		"not a share":         {change(func(r *ca.RecoveryRequest) { r.Shares[1].File = []byte("hello") }), "file 2: escrow: not a recovery share file", 0},
		"wrong passphrase":    {change(func(r *ca.RecoveryRequest) { r.Shares[1].Passphrase = []byte("a guess of mine") }), "wrong passphrase", 2},
		"another's":           {change(func(r *ca.RecoveryRequest) { r.Shares[1].Passphrase = secret(officers[0]) }), "wrong passphrase", 2},
		"signing certificate": {change(func(r *ca.RecoveryRequest) { r.Serial = o.signing.SerialHex }), "signing keys never", 0},
		"no reason":           {change(func(r *ca.RecoveryRequest) { r.Reason = "" }), "reason", 0},
		"no actor":            {change(func(r *ca.RecoveryRequest) { r.Actor = "" }), "actor", 0},
		"no output":           {change(func(r *ca.RecoveryRequest) { r.Passphrase = nil }), "give either a passphrase", 0},
		"two outputs":         {change(func(r *ca.RecoveryRequest) { r.For = o.signing.SerialHex }), "give either a passphrase", 0},
		"another holder": {change(func(r *ca.RecoveryRequest) { r.For, r.Passphrase = stranger.SerialHex, nil }),
			"is another holder's", 0},
		"unknown": {change(func(r *ca.RecoveryRequest) { r.Serial = "123456" }), "no such certificate", 0},
		"beside an encryption certificate": {change(func(r *ca.RecoveryRequest) { r.For, r.Passphrase = made.SerialHex, nil }),
			"not a holder's SM2 signing certificate", 0},
	} {
		before := len(o.store.events)
		data, err := o.Recover(t.Context(), tt.r)
		if err == nil || data != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
			continue
		}
		acts := o.store.events[before:]
		if len(acts) != tt.acts || tt.acts == 2 && acts[1].Act != "ca.recover-failed" {
			t.Errorf("%s: left %d events", name, len(acts))
		}
		if strings.Contains(err.Error(), "a guess of mine") || strings.Contains(err.Error(), "passphrase of") {
			t.Errorf("%s: the error holds a passphrase: %v", name, err)
		}
	}
}

// Nothing leaves whose trace is not durable.
func TestRecoveryLeavesItsTrace(t *testing.T) {
	o := centredOffice(t)
	made := o.pair(t)
	full := errors.New("disk full")
	o.store.fail["RecordAct"] = full
	if data, err := o.Recover(t.Context(), o.recovery(made.SerialHex, 0, 1)); !errors.Is(err, full) || data != nil {
		t.Errorf("recovery: got %d octets, %v", len(data), err)
	}
	r := ca.DeliveryRequest{Actor: "operator:test", Serial: made.SerialHex, As: ca.AsCSRResponse}
	if data, err := o.Deliver(t.Context(), r); !errors.Is(err, full) || data != nil {
		t.Errorf("delivery: got %d octets, %v", len(data), err)
	}
}

// Somebody with the database's password writes into it.
func TestDatabaseCannotRedirectKeys(t *testing.T) {
	ctx := context.Background()
	o := centredOffice(t)
	made := o.pair(t)
	other := centredOffice(t)
	second, beside := o.holderOf(t, ca.ProfileDepartment, "dep2")
	_ = second
	ask := func() error {
		_, err := o.IssueEncryption(ctx, ca.EncryptionRequest{Actor: "operator:test", Signing: beside.SerialHex})
		return err
	}
	centres := o.store.centres
	o.store.centres = other.store.centres // a charter of his own, signed by a CA of his own
	if err := ask(); !errors.Is(err, ca.ErrCentre) {
		t.Errorf("another's charter: got %v", err)
	}
	forged := centres[0]
	forged.Charter = bytes.Replace(forged.Charter, []byte(officers[0]), []byte(officers[1]), 1)
	o.store.centres = []ca.CentreRecord{forged}
	if err := ask(); !errors.Is(err, ca.ErrCentre) {
		t.Errorf("altered charter: got %v", err)
	}
	o.store.centres = nil
	if err := ask(); !errors.Is(err, ca.ErrCentre) || !strings.Contains(err.Error(), "govseal ca centre create") {
		t.Errorf("no centre: got %v", err)
	}
	o.store.centres = centres

	// A signing certificate of his own in the row of the department's.
	row := o.store.certs[beside.SerialHex]
	mine := row
	mine.DER = other.signing.DER
	o.store.certs[beside.SerialHex] = mine
	if err := ask(); err == nil || !strings.Contains(err.Error(), "not what this authority signed") {
		t.Errorf("another's signing certificate: got %v", err)
	}
	o.store.certs[beside.SerialHex] = row
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	// Escrowed keys of two departments exchanged.
	k := o.store.escrow
	k[0].Sealed, k[1].Sealed = k[1].Sealed, k[0].Sealed
	k[0].Enveloped, k[1].Enveloped = k[1].Enveloped, k[0].Enveloped
	if _, err := o.Recover(ctx, o.recovery(made.SerialHex, 0, 1)); err == nil || !strings.Contains(err.Error(), "not the expected key") {
		t.Errorf("exchanged keys, recovered: got %v", err)
	}
	if _, err := o.Deliver(ctx, ca.DeliveryRequest{Actor: "operator:test", Serial: made.SerialHex, As: ca.AsCSRResponse}); err == nil || !strings.Contains(err.Error(), "not its own") {
		t.Errorf("exchanged keys, delivered: got %v", err)
	}
}

func TestEncryptionRefuses(t *testing.T) {
	o := centredOffice(t)
	ask := func(serial string) error {
		_, err := o.IssueEncryption(t.Context(), ca.EncryptionRequest{Actor: "operator:test", Signing: serial})
		return err
	}
	made := o.pair(t)
	sealed := o.issue(t, ca.ProfileSeal)
	held, _ := o.Show(t.Context(), o.issue(t, ca.ProfileOfficer).SerialHex)
	if err := o.Revoke(t.Context(), "operator:test", held.SerialHex, ca.ReasonSuperseded, time.Time{}, "x"); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ serial, want string }{
		"second":              {o.signing.SerialHex, "beside it already"},
		"beside itself":       {made.SerialHex, "not a holder's SM2 signing certificate"},
		"of a seal":           {sealed.SerialHex, "no profile seal-encryption"},
		"revoked":             {held.SerialHex, "not in force"},
		"unknown":             {"abcdef", "no such certificate"},
		"not a serial number": {"hello", "serial"},
	} {
		if err := ask(tt.serial); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	// Once the first is revoked, a second may follow.
	if err := o.Revoke(t.Context(), "operator:test", made.SerialHex, ca.ReasonSuperseded, time.Time{}, "x"); err != nil {
		t.Fatal(err)
	}
	if err := ask(o.signing.SerialHex); err != nil {
		t.Errorf("after the first was revoked: %v", err)
	}
}

func TestCreateCentreKeepsFirst(t *testing.T) {
	o := found(t)
	people := []ca.RecoveryOfficer{{Name: "a", Passphrase: []byte("passphrase 1")}, {Name: "b", Passphrase: []byte("passphrase 2")}}
	lost := errors.New("no such folder")
	if _, err := o.CreateCentre(t.Context(), "operator:test", people, 2, func([][]byte) error { return lost }); !errors.Is(err, lost) || len(o.store.centres) != 0 {
		t.Errorf("shares that were not kept: got %v, %d centres", err, len(o.store.centres))
	}
	for name, n := range map[string]int{"one of two": 1, "three of two": 3} {
		var refused *ca.RequestError
		if _, err := o.CreateCentre(t.Context(), "operator:test", people, n, func([][]byte) error { t.Error("kept"); return nil }); !errors.As(err, &refused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if l, err := ca.ReadShare(o.adoptCentre(t)[1]); err != nil || l.Officer != officers[1] || l.Index != 2 || l.Threshold != 2 || l.Total != 3 || l.Centre != o.store.centres[0].ID {
		t.Errorf("share: %+v, %v", l, err)
	}
}
