// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
)

// What is interrupted between signing and recording leaves a planned
// certificate and nothing that is served.
func TestInterruptedCeremony(t *testing.T) {
	ctx, o := context.Background(), found(t)
	act, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("east"), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := ca.ActKeys{Acting: o.root}
	if k.NewRef, k.New, err = o.NewKey(ctx); err != nil {
		t.Fatal(err)
	}
	made, err := act.Perform(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := act.Perform(ctx, k); err == nil {
		t.Error("performed twice")
	}
	unfinished, err := o.Unfinished(ctx)
	if err != nil || len(unfinished) != 1 || unfinished[0].SerialHex != made.Certificates[0].SerialHex {
		t.Errorf("unfinished: %v, %v", unfinished, err)
	}
	if _, err := o.Certificate("east"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("served before it was entered: %v", err)
	}
	o.store.fail["RecordCeremony"] = errors.New("disk full")
	if err := act.Enter(ctx, made, nil); err == nil {
		t.Error("entered without a record")
	}
	if _, err := o.Certificate("east"); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("served without a record: %v", err)
	}
	delete(o.store.fail, "RecordCeremony")
	o.east(t) // another attempt under the same name
}

func TestWrongKeysAtTheCeremony(t *testing.T) {
	ctx, o := context.Background(), found(t)
	prepare := func() *ca.Act {
		act, err := o.PrepareSubordinate(ctx, operator, ca.RootID, o.district("east"), nil, true)
		if err != nil {
			t.Fatal(err)
		}
		return act
	}
	for name, k := range map[string]ca.ActKeys{
		"no root key":        {New: softKey(t)},
		"another root's key": {Acting: softKey(t), New: softKey(t)},
		"no new key":         {Acting: o.root},
		"the root's key":     {Acting: o.root, New: o.root},
	} {
		if _, err := prepare().Perform(ctx, k); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if left, _ := o.Unfinished(ctx); len(left) != 0 {
		t.Errorf("%d certificates were planned", len(left))
	}
	made := o.carry(t, prepare(), nil, ca.ActKeys{Acting: o.root, New: softKey(t)})
	if made.CA.KeyRef != "" || made.CRL == nil || made.CRL.NextUpdate.Sub(made.CRL.ThisUpdate) < 300*24*time.Hour {
		t.Errorf("an offline CA: %+v, list %+v", made.CA, made.CRL)
	}
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	if _, err := o.Issue(ctx, r); !errors.Is(err, ca.ErrState) {
		t.Errorf("a CA whose key is in a safe issues: %v", err)
	}
}

// A server that runs beside a ceremony notices what it made.
func TestNoticesNewAuthorities(t *testing.T) {
	ctx, o := context.Background(), found(t)
	server, err := ca.Load(ctx, o.config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Certificate("east"); !errors.Is(err, ca.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	made := o.east(t)
	time.Sleep(150 * time.Millisecond) // a look costs a query, so looks are spaced
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	if _, err := server.Issue(ctx, r); err != nil {
		t.Errorf("the server does not know the new CA: %v", err)
	}
	if der, err := server.Certificate("east"); err != nil || string(der) != string(made.CA.Certificate) {
		t.Errorf("got %v", err)
	}
	if chain, lists, err := server.Evidence(ctx, mustIssue(t, o, "east").DER); err != nil || len(chain) != 2 || len(lists) != 2 {
		t.Errorf("evidence: %d certificates, %d lists, %v", len(chain), len(lists), err)
	}
}

func mustIssue(t *testing.T, o *office, id string) ca.Certificate {
	t.Helper()
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = id
	c, err := o.Issue(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRootListEndsAnIssuingCA(t *testing.T) {
	ctx, o := context.Background(), found(t)
	made := o.east(t)
	o.now = o.now.Add(time.Hour)
	_, before := o.list(t, ca.RootID)
	for _, tt := range []struct{ serial, reason, want string }{
		{made.Certificates[0].SerialHex, "certificateHold", "cannot be given"},
		{made.Certificates[0].SerialHex, "because", "cannot be given"},
		{"1234", "superseded", "no such certificate"},
		{o.issue(t, "seal").SerialHex, "superseded", "issued by the issuing CA"},
		{parse(t, o.Root()).Serial.Text(16), "superseded", "nobody can revoke a root"},
	} {
		if err := o.revokeCA(t, tt.serial, tt.reason); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v", tt, err)
		}
	}
	if err := o.revokeCA(t, made.Certificates[0].SerialHex, "superseded"); err != nil {
		t.Fatal(err)
	}
	l, after := o.list(t, ca.RootID)
	if after.Number != before.Number+1 || entry(l, made.Certificates[0].SerialHex) == nil {
		t.Errorf("list %d after %d", after.Number, before.Number)
	}
	r := request(ca.ProfileSeal, o.key(t, "seal"))
	r.CA = "east"
	if _, err := o.Issue(ctx, r); !errors.Is(err, ca.ErrState) {
		t.Errorf("a revoked CA issues: %v", err)
	}
	if err := o.revokeCA(t, made.Certificates[0].SerialHex, "superseded"); !errors.Is(err, ca.ErrState) {
		t.Errorf("revoked twice: %v", err)
	}
}

func (o *office) revokeCA(t *testing.T, serial, reason string) error {
	t.Helper()
	act, err := o.PrepareCRL(context.Background(), operator, ca.RootID, 365*24*time.Hour, []ca.Revocation{{Serial: serial, Reason: reason}})
	if err != nil {
		return err
	}
	o.carry(t, act, nil, ca.ActKeys{Acting: o.root})
	return nil
}
