// SPDX-License-Identifier: Apache-2.0

package ceremony_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ca/ceremony"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/store"
)

// office is a city's authority over a real store, its clock inside the
// examples' window.
type office struct {
	*ca.Authority
	root crypto.Signer
	now  time.Time
}

func found(t *testing.T, name string) *office {
	t.Helper()
	ctx := context.Background()
	db, err := store.Create(ctx, store.Config{DSN: filepath.Join(t.TempDir(), "ca.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ring, err := keys.Create(ctx, db.Keys(), []byte("a passphrase for tests"), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{now: time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)}
	root, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	o.root = root
	o.Authority, err = ca.Create(ctx, ca.Config{Store: db.CA(), Keys: ring, Now: func() time.Time { return o.now }, URL: "https://seal.example"}, "operator:test", name, root)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// hold carries an example out and returns its transcript and signature.
func (o *office) hold(t *testing.T, text string) (transcript, signature []byte) {
	t.Helper()
	ctx := context.Background()
	s, err := ceremony.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	act, err := s.Prepare(ctx, o.Authority, "operator:test", o.now, nil)
	if err != nil {
		t.Fatal(err)
	}
	record := ca.Ceremony{Digest: gm.SM3([]byte(text)), Kind: string(s.Kind), Authority: s.Made(), Actor: "operator:test"}
	if err := o.Begin(ctx, record); err != nil {
		t.Fatal(err)
	}
	plan := act.Plan()
	made, err := act.Perform(ctx, o.bring(t, s))
	if err != nil {
		t.Fatal(err)
	}
	file := ceremony.Occasion{Script: []byte(text), Operator: "operator:test", Program: "test", Confirmed: o.now, Signed: o.now, Plan: plan}
	if record.Transcript, err = ceremony.NewTranscript(s, file, made).Marshal(); err != nil {
		t.Fatal(err)
	}
	if record.Signature, err = act.Sign(record.Transcript); err != nil {
		t.Fatal(err)
	}
	if err := act.Enter(ctx, made, &record); err != nil {
		t.Fatal(err)
	}
	if err := o.Begin(ctx, record); !errors.Is(err, ca.ErrState) {
		t.Errorf("the same file again: got %v", err)
	}
	return record.Transcript, record.Signature
}

// bring brings the keys that a file asks for.
func (o *office) bring(t *testing.T, s *ceremony.Script) (k ca.ActKeys) {
	t.Helper()
	var err error
	if s.Issuer != "" {
		k.Acting = o.root
	}
	switch {
	case s.Authority == nil:
	case s.Authority.Key.From == "store":
		k.NewRef, k.New, err = o.NewKey(context.Background())
	default:
		k.New, err = gm.GenerateKey()
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTranscripts(t *testing.T) {
	o := found(t, "示例市")
	for _, name := range []string{"root.yaml", "east.yaml", "root-list.yaml", "root-2.yaml"} {
		transcript, signature := o.hold(t, example(t, name))
		got, signer, err := ceremony.Check(transcript, signature)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := o.Root(); name != "root.yaml" && !bytes.Equal(signer, want) {
			t.Errorf("%s: not signed by the root", name)
		}
		if len(got.Participants) < 2 || got.Script != example(t, name) || got.Plan.List == nil {
			t.Errorf("%s: %+v", name, got)
		}
		if again, err := got.Marshal(); err != nil || !bytes.Equal(again, transcript) {
			t.Errorf("%s: not the same octets again: %v", name, err)
		}
	}
}

func TestTamperedTranscripts(t *testing.T) {
	o, other := found(t, "示例市"), found(t, "邻市")
	transcript, signature := o.hold(t, example(t, "east.yaml"))
	forged, _ := other.hold(t, example(t, "east.yaml"))
	otherSigned, err := gm.SignMessage(other.root, transcript)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) []byte {
		out := bytes.Replace(transcript, []byte(old), []byte(new), 1)
		if bytes.Equal(out, transcript) {
			t.Fatalf("there is no %q", old)
		}
		return out
	}
	for name, tt := range map[string]struct {
		text, sig []byte
		holds     bool // it could be read, and does not hold
	}{
		"another participant": {replace("王示例", "赵示例"), signature, true},
		"another signer":      {transcript, otherSigned, true},
		"another signature":   {forged, signature, true},
		"no signature":        {transcript, nil, true},
		"a longer signature":  {transcript, append(bytes.Clone(signature), 0), true},
		"white space":         {append(bytes.Clone(transcript), '\n'), signature, false},
		"another order":       {replace(`{"confirmed"`, `{ "confirmed"`), signature, false},
		"an unknown member":   {replace(`{"confirmed"`, `{"a":1,"confirmed"`), signature, false},
		"a member twice":      {replace(`{"confirmed"`, `{"confirmed":"2026-12-01T03:00:00Z","confirmed"`), signature, false},
		"another schema":      {replace("govseal.transcript/v1", "govseal.transcript/v2"), signature, false},
		"nothing":             {nil, signature, false},
		"no JSON":             {[]byte("{"), signature, false},
		"too much":            {bytes.Repeat([]byte(" "), ceremony.MaxTranscript+1), signature, false},
	} {
		_, _, err := ceremony.Check(tt.text, tt.sig)
		var problem *ceremony.Problem
		if err == nil || errors.As(err, &problem) != tt.holds {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// What the CA itself signed and does not fit is found too.
	for name, change := range map[string]func(*ceremony.Transcript){
		"another file":       func(c *ceremony.Transcript) { c.Script = strings.Replace(c.Script, "6y", "7y", 1) },
		"another act":        func(c *ceremony.Transcript) { c.Kind = ceremony.Root },
		"another time":       func(c *ceremony.Transcript) { c.Signed = c.Signed.AddDate(1, 0, 0) },
		"another serial":     func(c *ceremony.Transcript) { c.Results.Certificates[0].Serial = "1" },
		"a foreign product":  func(c *ceremony.Transcript) { c.Results.Certificates[0] = foreign(t, forged) },
		"a digest beside it": func(c *ceremony.Transcript) { c.Results.Certificates[0].SM3 = strings.Repeat("0", 64) },
	} {
		c, _, err := ceremony.Check(transcript, signature)
		if err != nil {
			t.Fatal(err)
		}
		change(c)
		text, err := c.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		sig, err := gm.SignMessage(o.root, text)
		if err != nil {
			t.Fatal(err)
		}
		var problem *ceremony.Problem
		if _, _, err := ceremony.Check(text, sig); !errors.As(err, &problem) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// foreign is a certificate of another ceremony, signed by another CA, under a
// first certificate that is not its issuer either.
func foreign(t *testing.T, transcript []byte) ceremony.Certificate {
	t.Helper()
	m := regexp.MustCompile(`"certificates":\[\{"der":"([^"]+)","serial":"([^"]+)","sm3":"([^"]+)"`).FindSubmatch(transcript)
	if m == nil {
		t.Fatal("no certificate in the transcript")
	}
	return ceremony.Certificate{Serial: string(m[2]), Object: ceremony.Object{DER: string(m[1]), SM3: string(m[3])}}
}

func TestPrepareRefuses(t *testing.T) {
	ctx, o, other := context.Background(), found(t, "示例市"), found(t, "邻市")
	prepare := func(text string, now time.Time, files map[string][]byte) error {
		s, err := ceremony.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Prepare(ctx, o.Authority, "operator:test", now, func(file string) ([]byte, error) {
			content, ok := files[file]
			if !ok {
				return nil, errors.New("no such file")
			}
			return content, nil
		})
		return err
	}
	east := example(t, "east.yaml")
	if err := prepare(east, o.now.AddDate(0, 0, 2), nil); !errors.Is(err, ceremony.ErrWindow) {
		t.Errorf("too late: got %v", err)
	}
	if err := prepare(east, o.now.AddDate(0, 0, -2), nil); !errors.Is(err, ceremony.ErrWindow) {
		t.Errorf("too early: got %v", err)
	}
	if err := prepare(strings.Replace(east, "issuer: root", "issuer: moon", 1), o.now, nil); !errors.Is(err, ca.ErrNotFound) {
		t.Errorf("no issuer: got %v", err)
	}
	pemOf := func(der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}) }
	broken := bytes.Clone(other.Root())
	broken[len(broken)-1] ^= 1
	leaf, err := other.Issue(ctx, ca.Request{Actor: "operator:test", Profile: ca.ProfileOfficer, PublicKey: spki(t),
		Subject: ca.Subject{Organization: "邻市行政审批局", CommonName: "张示例", SerialNumber: "1"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"a root":               {pemOf(other.Root()), ""},
		"a root in DER":        {other.Root(), ""},
		"one that was changed": {pemOf(other.Root()), "not what was reviewed"},
		"a broken signature":   {pemOf(broken), "does not verify"},
		"a leaf":               {pemOf(leaf.DER), "not the certificate of a CA"},
		"our own root":         {pemOf(o.Root()), "our own root"},
		"words":                {[]byte("words"), "key.file"},
		"too much":             {make([]byte, ceremony.MaxMaterial+1), "longer"},
	} {
		digest := gm.SM3(tt.content)
		text := strings.Replace(example(t, "neighbour.yaml"), strings.Repeat("0", 64), hex.EncodeToString(digest[:]), 1)
		if name == "one that was changed" {
			text = strings.Replace(text, hex.EncodeToString(digest[:8]), strings.Repeat("0", 16), 1)
		}
		err := prepare(text, o.now, map[string][]byte{"neighbour-root.pem": tt.content})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want …%s…", name, err, tt.want)
		}
	}
}

func spki(t *testing.T) []byte {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(`{"schema":"govseal.transcript/v1"}`), []byte{0x30, 0})
	f.Fuzz(func(t *testing.T, transcript, signature []byte) {
		if _, _, err := ceremony.Check(transcript, signature); err == nil {
			t.Error("something that we never signed holds")
		}
	})
}
