// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
)

// The table of docs/operations.md, whole: every role at every task.
func TestRolesAndTasks(t *testing.T) {
	want := map[registry.Task]string{
		registry.TaskLook: "system security audit", registry.TaskService: "system", registry.TaskParties: "system",
		registry.TaskBackup: "system", registry.TaskCertificates: "security", registry.TaskSeals: "security",
		registry.TaskGrants: "security", registry.TaskOperators: "security", registry.TaskApprovals: "security",
		registry.TaskLedger: "system audit", registry.TaskAudit: "audit",
	}
	if len(want) != len(registry.Tasks()) {
		t.Fatalf("the table has %d tasks, registry %d", len(want), len(registry.Tasks()))
	}
	for _, task := range append(registry.Tasks(), "stamp", "", "no such task") {
		for _, role := range []registry.Role{registry.System, registry.Security, registry.Audit, "", "root"} {
			may := role != "" && strings.Contains(" "+want[task]+" ", " "+string(role)+" ")
			if err := role.May(task); (err == nil) != may {
				t.Errorf("%q at %q: %v", role, task, err)
			}
		}
	}
}

func TestOperatorsThatCannotBe(t *testing.T) {
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]registry.NewOperator{
		"no name":               {Role: registry.Security},
		"a name that is proven": {Name: "wang (opr-x, secret)", Role: registry.Security},
		"a space":               {Name: "wang li", Role: registry.Security},
		"turned around":         {Name: "a\u202eb", Role: registry.Security},
		"long":                  {Name: strings.Repeat("王", 51), Role: registry.Security},
		"no role":               {Name: "wang"},
		"two roles":             {Name: "wang", Role: "system security"},
		"first is no security":  {Name: "wang", Role: registry.Audit},
		"certificate, no key":   {Name: "wang", Role: registry.Security, CertSerial: "0a"},
		"key, no certificate":   {Name: "wang", Role: registry.Security, PublicKey: spki},
		"key is none":           {Name: "wang", Role: registry.Security, CertSerial: "0a", PublicKey: []byte("key")},
	}
	for name, n := range tests {
		store := &office{}
		if _, _, err := registry.NewOperators(store, nil).Add(t.Context(), "operator:test", n); err == nil {
			t.Errorf("%s: added", name)
		}
		if len(store.operators) != 0 {
			t.Errorf("%s: left a row", name)
		}
	}
}

func TestSecretsAreShownOnce(t *testing.T) {
	b := newBureau(t)
	for name, secret := range b.secrets {
		o, err := b.store.OperatorNamed(t.Context(), name)
		b.must(err)
		if !strings.HasPrefix(secret, "gso_") || o.SecretDigest != gm.SM3([]byte(secret)) {
			t.Errorf("%s: the digest is not of the secret", name)
		}
		for _, e := range b.store.events {
			if strings.Contains(string(e.After)+e.Reason, secret[4:]) {
				t.Errorf("%s: the secret stands in the audit log", name)
			}
		}
	}
}

func TestEnterWithSecret(t *testing.T) {
	b := newBureau(t)
	b.move("li", registry.Suspended)
	b.move("zhao", registry.Ended)
	tests := []struct{ what, name, secret, reason string }{
		{"right", "wang", b.secrets["wang"], ""},
		{"name in capitals", "WANG", b.secrets["wang"], ""},
		{"another's secret", "chen", b.secrets["wang"], "credentials"},
		{"unknown name", "ghost", b.secrets["wang"], "credentials"},
		{"empty", "wang", "", "credentials"},
		{"no prefix", "wang", b.secrets["wang"][4:], "credentials"},
		{"an application's token", "wang", "gsv_" + b.secrets["wang"][4:], "credentials"},
		{"with more behind it", "wang", b.secrets["wang"] + strings.Repeat("x", 1000), "credentials"},
		{"suspended", "li", b.secrets["li"], "operator-state"},
		{"ended", "zhao", b.secrets["zhao"], "operator-state"},
		{"suspended, wrong secret", "li", b.secrets["wang"], "credentials"},
	}
	for _, test := range tests {
		id, err := b.operators.EnterWithSecret(t.Context(), test.name, test.secret)
		if test.reason != "" {
			b.denied(err, test.reason)
			if _, proven := id.Proven(); proven {
				t.Errorf("%s: proven all the same", test.what)
			}
			continue
		}
		b.must(err)
		o, proven := id.Proven()
		if !proven || id.Actor() != "operator:wang ("+o.ID+", secret)" {
			t.Errorf("%s: entered as %s", test.what, id.Actor())
		}
	}
}

// After five wrong proofs there is one try each quarter of an hour.
func TestTriesAreBounded(t *testing.T) {
	b := newBureau(t)
	wrong := func(reason string) {
		t.Helper()
		_, err := b.operators.EnterWithSecret(t.Context(), "chen", b.secrets["wang"])
		b.denied(err, reason)
	}
	for range 5 {
		wrong("credentials")
		if b.lastAct() != "operator.refused" {
			t.Fatalf("a wrong secret left %s", b.lastAct())
		}
	}
	_, err := b.operators.EnterWithSecret(t.Context(), "chen", b.secrets["chen"])
	b.denied(err, "locked")
	b.now = b.now.Add(15 * time.Minute)
	wrong("credentials")
	wrong("locked")
	b.now = b.now.Add(15 * time.Minute)
	b.as("chen") // the right one counts the wrong ones away
	wrong("credentials")
	b.as("chen")

	for range 5 {
		wrong("credentials")
	}
	o, err := b.store.OperatorNamed(t.Context(), "chen")
	b.must(err)
	old := b.secrets["chen"]
	b.secrets["chen"], err = b.operators.RenewSecret(t.Context(), "operator:test", o.ID, "test")
	b.must(err)
	b.as("chen")
	_, err = b.operators.EnterWithSecret(t.Context(), "chen", old)
	b.denied(err, "credentials")
}

// Guessing from many sides at once is counted guess by guess.
func TestConcurrentTriesAreCounted(t *testing.T) {
	b := newBureau(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { b.operators.EnterWithSecret(t.Context(), "chen", b.secrets["wang"]) })
	}
	all.Wait()
	if o, _ := b.store.OperatorNamed(t.Context(), "chen"); o.Failures != 4 {
		t.Errorf("%d of 4 wrong proofs were counted", o.Failures)
	}
}

func TestEnterWithKey(t *testing.T) {
	b := newBureau(t)
	key, err := gm.GenerateKey()
	b.must(err)
	other, err := gm.GenerateKey()
	b.must(err)
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	b.must(err)
	_, secret, err := b.operators.Add(t.Context(), "operator:test", registry.NewOperator{Name: "sun", Role: registry.Audit, CertSerial: "0a1b", PublicKey: spki})
	b.must(err)
	if secret != "" {
		t.Error("an operator with a certificate got a secret, too")
	}
	var challenges []string
	with := func(name string, k *gm.PrivateKey, status error, edit func([]byte) []byte) (registry.Identity, error) {
		return b.operators.EnterWithKey(t.Context(), name, func(c []byte) ([]byte, error) {
			challenges = append(challenges, string(c))
			return gm.SignMessage(k, edit(c))
		}, func(_ context.Context, serial string) error {
			if serial != "0a1b" {
				t.Errorf("asked about certificate %s", serial)
			}
			return status
		})
	}
	same := func(c []byte) []byte { return c }
	id, err := with("sun", key, nil, same)
	b.must(err)
	if !strings.HasSuffix(id.Actor(), ", certificate)") {
		t.Errorf("entered as %s", id.Actor())
	}
	_, err = with("sun", other, nil, same)
	b.denied(err, "credentials")
	_, err = with("sun", key, nil, func(c []byte) []byte { return append(c, 0) })
	b.denied(err, "credentials")
	_, err = with("sun", key, errors.New("it is revoked"), same)
	b.denied(err, "certificate")
	_, err = with("wang", key, nil, same) // has a secret, no certificate
	b.denied(err, "credentials")
	_, err = with("ghost", key, nil, same)
	b.denied(err, "credentials")
	_, err = b.operators.EnterWithSecret(t.Context(), "sun", b.secrets["wang"])
	b.denied(err, "credentials")
	b.move("sun", registry.Suspended)
	_, err = with("sun", key, nil, same)
	b.denied(err, "operator-state")
	if challenges[0] == challenges[1] {
		t.Error("the challenge is always the same: an answer could be used again")
	}
	o, err := b.store.OperatorNamed(t.Context(), "sun")
	b.must(err)
	chen, err := b.store.OperatorNamed(t.Context(), "chen")
	b.must(err)
	if b.operators.SetCertificate(t.Context(), "operator:test", chen.ID, "test", "0a1b", spki) == nil {
		t.Error("one key proves two operators: whoever holds it is maker and checker")
	}
	if _, _, err := b.operators.Add(t.Context(), "operator:test", registry.NewOperator{Name: "twin", Role: registry.Security, CertSerial: "0a1b", PublicKey: spki}); err == nil {
		t.Error("an operator was added with another's key")
	}
	b.move("sun", registry.Ended) // his key proves nobody any more
	b.must(b.operators.SetCertificate(t.Context(), "operator:test", chen.ID, "test", "0a1b", spki))
	b.must(b.operators.SetCertificate(t.Context(), "operator:test", chen.ID, "renewed", "0a1c", spki))
	b.must(b.operators.SetCertificate(t.Context(), "operator:test", chen.ID, "test", "0a1b", spki))
	_, err = with("chen", key, nil, same)
	b.must(err)
	_, err = b.operators.EnterWithSecret(t.Context(), "chen", b.secrets["chen"])
	b.denied(err, "credentials")
	if b.operators.SetCertificate(t.Context(), "operator:test", chen.ID, "test", "0a1c", []byte("key")) == nil {
		t.Error("an operator was bound to what is no key")
	}
	if _, err := b.operators.RenewSecret(t.Context(), "operator:test", o.ID, ""); err == nil {
		t.Error("a secret was made beside the certificate")
	}
}

func TestLastSecurityOperatorStays(t *testing.T) {
	b := newBureau(t)
	b.move("chen", registry.Suspended)
	wang, err := b.store.OperatorNamed(t.Context(), "wang")
	b.must(err)
	for _, to := range []registry.State{registry.Suspended, registry.Ended} {
		b.denied(b.operators.Move(t.Context(), "operator:test", wang.ID, "test", to), "last-security")
	}
	b.move("chen", registry.Active)
	b.move("wang", registry.Ended)
	if err := b.operators.Move(t.Context(), "operator:test", wang.ID, "test", registry.Active); !errors.Is(err, registry.ErrState) {
		t.Errorf("an ended operator came back: %v", err)
	}
}

// Nobody is told apart from himself by how he proved who he is.
func TestPerson(t *testing.T) {
	same := []string{"operator:wang", "operator:Wang", " operator: wang", "operator:wang (opr-aaaa, secret)", "operator:WANG (opr-aaaa, certificate)"}
	for _, a := range same {
		if registry.Person(a) != registry.Person(same[0]) {
			t.Errorf("%q is another person", a)
		}
	}
	if registry.Person("operator:wang2") == registry.Person("operator:wang") {
		t.Error("two people are one")
	}
}

// An open house has no rules of roles; a stated name is no proof.
func TestStatedNames(t *testing.T) {
	id := registry.Stated("wang")
	if _, proven := id.Proven(); proven || id.Actor() != "operator:wang" {
		t.Errorf("a stated name is %s", id.Actor())
	}
	for _, task := range registry.Tasks() {
		if err := id.May(task); err != nil {
			t.Error(err)
		}
	}
}
