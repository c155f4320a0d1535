// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
	"github.com/govseal/govseal/internal/gm/pkcs12"
)

// exporting is a key store that hands keys out, as internal/keys does.
type exporting struct{ *softKeys }

func (k exporting) key(ctx context.Context, ref, use string) (*gm.PrivateKey, error) {
	s, err := k.Signer(ctx, ref, use)
	if err != nil {
		return nil, err
	}
	return s.(*gm.PrivateKey), nil
}

func (k exporting) Export(ctx context.Context, ref, use string, passphrase []byte) ([]byte, error) {
	key, err := k.key(ctx, ref, use)
	if err != nil {
		return nil, err
	}
	return keyfile.Encrypt(key, passphrase, 0)
}

func (k exporting) ExportPKCS12(ctx context.Context, ref, use, name string, chain [][]byte, passphrase []byte) ([]byte, error) {
	key, err := k.key(ctx, ref, use)
	if err != nil {
		return nil, err
	}
	return pkcs12.Encode(pkcs12.Of(key, name, chain), passphrase, 0)
}

// delivering reloads the authority over a key store that exports.
func delivering(t *testing.T) *office {
	t.Helper()
	o := found(t)
	config := o.config()
	config.Keys = exporting{o.keys}
	var err error
	if o.Authority, err = ca.Load(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDeliver(t *testing.T) {
	o := delivering(t)
	r := request(ca.ProfileDepartment, o.key(t, ca.DeliveryUse(ca.ProfileDepartment)))
	r.ForDelivery = true
	made, err := o.Issue(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	file, err := o.Deliver(t.Context(), ca.DeliveryRequest{Actor: "operator:test", Serial: made.SerialHex, As: ca.AsPKCS12, Passphrase: delivery})
	if err != nil {
		t.Fatal(err)
	}
	got, err := pkcs12.Decode(file, delivery)
	if err != nil || !got.Key.PublicKey.Equal(parse(t, made.DER).PublicKey) || got.FriendlyName != made.Subject || len(got.Certificates) != 3 {
		t.Errorf("PKCS#12: %v", err)
	}
	file, err = o.Deliver(t.Context(), ca.DeliveryRequest{Actor: "operator:test", Serial: made.SerialHex, As: ca.AsPKCS8, Passphrase: delivery})
	if err != nil || strings.Count(string(file), "BEGIN ENCRYPTED PRIVATE KEY") != 1 || strings.Count(string(file), "BEGIN CERTIFICATE") != 3 {
		t.Errorf("PKCS#8: %v\n%s", err, file)
	}
	if renewed, err := o.Renew(t.Context(), ca.Renewal{Actor: "operator:test", Serial: made.SerialHex}); err != nil || renewed.KeyRef != made.KeyRef {
		t.Errorf("renewed: %v", err)
	} else if _, err := o.Deliver(t.Context(), ca.DeliveryRequest{Actor: "operator:test", Serial: renewed.SerialHex, As: ca.AsPKCS8, Passphrase: delivery}); err != nil {
		t.Errorf("renewed: %v", err)
	}
	if e := o.store.last(); e.Act != "ca.deliver" || !strings.Contains(string(e.After), `"as":"pkcs8"`) {
		t.Errorf("last event: %s %s", e.Act, e.After)
	}
}

func TestDeliverRefuses(t *testing.T) {
	o := delivering(t)
	stays := o.issue(t, ca.ProfileDepartment)
	seal := o.issue(t, ca.ProfileSeal)
	_, elsewhere := o.holderOf(t, ca.ProfileDepartment, "dep1")
	revoked := o.issue(t, ca.ProfileOfficer)
	if err := o.Revoke(t.Context(), "operator:test", revoked.SerialHex, ca.ReasonSuperseded, time.Time{}, "x"); err != nil {
		t.Fatal(err)
	}
	before := len(o.store.events)
	for name, tt := range map[string]struct {
		serial string
		as     ca.Form
		want   string
	}{
		"made to stay":     {stays.SerialHex, ca.AsPKCS12, "no such key for this use"},
		"a seal's":         {seal.SerialHex, ca.AsPKCS12, "never leave"},
		"its holder's own": {elsewhere.SerialHex, ca.AsPKCS8, "its holder has it"},
		"revoked":          {revoked.SerialHex, ca.AsPKCS12, "only one in force"},
		"CSRResponse":      {stays.SerialHex, ca.AsCSRResponse, "use pkcs12 or pkcs8"},
		"another form":     {stays.SerialHex, "jks", "is not pkcs12, pkcs8 or csrresponse"},
		"unknown":          {"123456", ca.AsPKCS12, "no such certificate"},
	} {
		data, err := o.Deliver(t.Context(), ca.DeliveryRequest{Actor: "operator:test", Serial: tt.serial, As: tt.as, Passphrase: delivery})
		if err == nil || data != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	if len(o.store.events) != before {
		t.Error("a refused delivery is in the ledger as one")
	}
	// A seal's key is not issued for delivery in the first place.
	r := request(ca.ProfileSeal, o.key(t, ca.DeliveryUse(ca.ProfileSeal)))
	r.ForDelivery = true
	var refused *ca.RequestError
	if _, err := o.Issue(t.Context(), r); !errors.As(err, &refused) || refused.Field != "key" {
		t.Errorf("a seal's key for delivery: got %v", err)
	}
}

func TestImportKey(t *testing.T) {
	o := found(t)
	key, made := o.holderOf(t, ca.ProfileDepartment, "dep1")
	public, _ := gm.MarshalPublicKey(&key.PublicKey)
	stranger, strangers := found(t).holderOf(t, ca.ProfileDepartment, "dep1")
	strangerPublic, _ := gm.MarshalPublicKey(&stranger.PublicKey)
	officerKey, officer := o.holderOf(t, ca.ProfileOfficer, "dep1")
	officerPublic, _ := gm.MarshalPublicKey(&officerKey.PublicKey)
	if err := o.Revoke(t.Context(), "operator:test", officer.SerialHex, ca.ReasonSuperseded, time.Time{}, "x"); err != nil {
		t.Fatal(err)
	}
	ours := o.issue(t, ca.ProfileDepartment)
	keep := func(use string) (string, error) {
		ref, _, err := o.keys.add(use, key)
		return ref, err
	}
	for name, tt := range map[string]struct {
		public       []byte
		certificates [][]byte
		want         string
	}{
		"no certificate":      {public, nil, "no certificate of its key"},
		"chain alone":         {public, [][]byte{o.Issuing(), o.Root()}, "no certificate of its key"},
		"another's":           {public, [][]byte{ours.DER}, "neither the key's own nor of its chain"},
		"a stranger beside":   {public, [][]byte{made.DER, strangers.DER}, "neither the key's own nor of its chain"},
		"another authority's": {strangerPublic, [][]byte{strangers.DER}, "not issued by this authority"},
		"revoked":             {officerPublic, [][]byte{officer.DER}, "not in force"},
		"held already":        {parse(t, ours.DER).RawSPKI, [][]byte{ours.DER}, "in the key store already"},
		"not a certificate":   {public, [][]byte{{0x30, 0}}, "certificate 1"},
	} {
		_, err := o.ImportKey(t.Context(), ca.ImportRequest{Actor: "operator:test", PublicKey: tt.public, Certificates: tt.certificates,
			Keep: func(string) (string, error) { t.Errorf("%s: kept", name); return "", nil }})
		var refused *ca.RequestError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	r := ca.ImportRequest{Actor: "operator:test", PublicKey: public, Certificates: [][]byte{o.Issuing(), made.DER, o.Root()}, Keep: keep}
	got, err := o.ImportKey(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := o.keys.Signer(t.Context(), got.KeyRef, ca.ProfileDepartment); err != nil || s == nil {
		t.Errorf("the key is not kept for its profile: %v", err)
	}
	if e := o.store.last(); e.Act != "ca.import-key" || e.Object != made.SerialHex {
		t.Errorf("last event: %s of %s", e.Act, e.Object)
	}
	if _, err := o.ImportKey(t.Context(), r); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("twice: got %v", err)
	}
}
