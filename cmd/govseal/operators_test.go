// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/ecdsa"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/registry"
)

// notAdministration are the commands that open no city, or are no person's.
var notAdministration = []string{"demo", "init", "serve", "stamp", "extend", "verify", "inspect", "version", "bench", "completion", "help",
	"operator rescue"}

// A command that nobody entered is denied to everybody; this finds it before
// people do.
func TestEveryCommandHasATask(t *testing.T) {
	root := (&program{}).command()
	seen := map[string]bool{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		_, path, _ := strings.Cut(c.CommandPath(), " ")
		for i := range strings.Fields(path) {
			seen[strings.Join(strings.Fields(path)[:i+1], " ")] = true
		}
		first, _, _ := strings.Cut(path, " ")
		task, known := taskOf(path)
		switch exempt := slices.Contains(notAdministration, first) || slices.Contains(notAdministration, path); {
		case c.Runnable() && path != "" && exempt == (known && task != taskNobody):
			t.Errorf("%s: exempt %v, in the table of tasks %v", path, exempt, known)
		case known && task != taskNobody && !slices.Contains(registry.Tasks(), task):
			t.Errorf("%s: there is no task %q", path, task)
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(root)
	for path := range tasks {
		if !seen[path] {
			t.Errorf("the table of tasks lists %q, which does not exist", path)
		}
	}
}

// No operator may stamp: its secret is no token, whatever the role.
func TestOperatorsCannotStamp(t *testing.T) {
	h := newHouse(t, Config{})
	for _, role := range []registry.Role{registry.Security, registry.System, registry.Audit} {
		o, secret, err := h.operators.Add(t.Context(), "operator:test", registry.NewOperator{Name: "op-" + string(role), Role: role})
		if err != nil {
			t.Fatal(err)
		}
		body := []byte(`{"seal":"` + h.seal.ESID + `","matter":"` + demoMatter + `","digest":"` + strings.Repeat("0", 64) + `"}`)
		for _, token := range []string{secret, "gsv_" + strings.TrimPrefix(secret, "gso_"), o.ID} {
			for _, path := range []string{"/v1/stamps/digest", "/v1/stamps", "/v1/decisions"} {
				res, answer := h.call(t, http.MethodPost, path, "application/json", body, "Authorization", "Bearer "+token, "Idempotency-Key", "k1")
				if res.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s: the secret of the %s role was answered %d %s", path, role, res.StatusCode, answer)
				}
			}
		}
		if _, err := h.registry.AddGrant(t.Context(), "operator:test", registry.Grant{
			Application: o.ID, Seal: h.seal.ESID, Matters: []string{"*"}, NotAfter: time.Now().Add(time.Hour),
		}); err == nil {
			t.Errorf("an operator of the %s role was granted a seal", role)
		}
	}
	// The same request with an application's token is let in.
	if res, answer := h.call(t, http.MethodPost, "/v1/stamps/digest", "application/json", []byte(`{}`),
		"Authorization", "Bearer "+h.token, "Idempotency-Key", "k2"); res.StatusCode == http.StatusUnauthorized {
		t.Errorf("the application was refused, too: %s", answer)
	}
}

// An operator with a certificate proves himself with its key, as long as the
// certificate is in force.
func TestOperatorWithCertificate(t *testing.T) {
	w := newTown(t, "")
	c, err := openCore(t.Context(), w.dir, []byte(storePassphrase))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keyFile, otherFile, pass := filepath.Join(folder, "wang.key"), filepath.Join(folder, "other.key"), file("pass", "passphrase of the key")
	signer, err := keys.CreateRootFile(keyFile, []byte("passphrase of the key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.CreateRootFile(otherFile, []byte("passphrase of the key")); err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(signer.Public().(*ecdsa.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.ca.Issue(t.Context(), ca.Request{Actor: "operator:test", Profile: ca.ProfileOfficer, PublicKey: spki,
		Subject: ca.Subject{CommonName: "王示例", Organization: "示例市行政审批局", SerialNumber: "A-0001"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}

	run := func(want int, says string, args ...string) {
		t.Helper()
		out, talk, status := w.govseal(t, args...)
		if status != want || !strings.Contains(out+talk, says) {
			t.Errorf("%s: status %d, want %d with %q:\n%s%s", strings.Join(args, " "), status, want, says, out, talk)
		}
	}
	as := func(name, key, pass string, args ...string) []string {
		return append([]string{"--operator", name, "--operator-key", key, "--operator-secret-file", pass}, args...)
	}
	run(exitUsage, "no such", "operator", "add", "wang", "--role", "security", "--certificate", "0a1b")
	run(exitOK, "proves by     certificate", "operator", "add", "wang", "--role", "security", "--certificate", made.SerialHex)
	run(exitOK, "行政审批局", as("wang", keyFile, pass, "dept", "list")...)
	run(exitRefused, "credentials", as("wang", otherFile, pass, "dept", "list")...)
	run(exitRefused, "credentials", "--operator", "wang", "--operator-secret-file", pass, "dept", "list")
	run(exitUsage, "key", as("wang", keyFile, file("wrong", "another passphrase"), "dept", "list")...)
	run(exitOK, "role", as("wang", keyFile, pass, "operator", "add", "zhao", "--role", "audit", "--secret-out", filepath.Join(folder, "zhao"))...)
	run(exitOK, ", certificate)", "--operator", "zhao", "--operator-secret-file", filepath.Join(folder, "zhao"), "audit", "list")

	run(exitOK, "hold", as("wang", keyFile, pass, "ca", "suspend", made.SerialHex)...)
	run(exitRefused, "not in force: it is hold", as("wang", keyFile, pass, "ca", "resume", made.SerialHex)...)

	// Nobody of the security role is left; the root key is above them.
	rootPass, secret := file("root.pass", rootPassphrase), filepath.Join(folder, "sun")
	rescue := func(key, pass string) []string {
		return []string{"--operator", "keeper", "operator", "rescue", "sun", "--reason", "证书已挂起", "--secret-out", secret,
			"--root-key", key, "--root-passphrase-file", pass}
	}
	run(exitRefused, "not the key of this city's root", rescue(otherFile, pass)...)
	run(exitOK, "security", rescue(filepath.Join(w.dir, rootFolder, rootKeyFile), rootPass)...)
	run(exitOK, "good", "--operator", "sun", "--operator-secret-file", secret, "ca", "resume", made.SerialHex)
	run(exitOK, "operator:keeper (root key)", "--operator", "zhao", "--operator-secret-file", filepath.Join(folder, "zhao"), "audit", "list", "--act", "operator.add")
	run(exitOK, "行政审批局", as("wang", keyFile, pass, "dept", "list")...)
	if status := w.serve(t).terminate(t); status != exitOK { // a service is no person
		t.Errorf("serve ended with %d in a city with operators", status)
	}
}

// An approval of a certificate falls with the shape of its profile.
func TestProfileShape(t *testing.T) {
	dir := t.TempDir()
	shape := func(profile string) string {
		t.Helper()
		s, err := profileShape(dir, profile)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if err := os.Mkdir(filepath.Join(dir, profilesFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if shape("tsa") != "shipped" || shape("../govseal") != "shipped" {
		t.Error("a profile without a file is not the shipped one")
	}
	seen := map[string]bool{}
	for _, text := range []string{"days: 1", "days: 2"} {
		if err := os.WriteFile(filepath.Join(dir, profilesFolder, "tsa.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		seen[shape("tsa")] = true
	}
	if len(seen) != 2 || seen["shipped"] {
		t.Errorf("shapes %v", seen)
	}
}

// Secrets come from files and descriptors; a flag or an environment value
// that held one would be visible to other processes.
func TestSecretsAreNoFlags(t *testing.T) {
	root := (&program{}).command()
	var help bytes.Buffer
	root.SetOut(&help)
	root.SetArgs([]string{"--help"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"operator-secret", "secret", "token", "passphrase"} {
		if root.PersistentFlags().Lookup(flag) != nil {
			t.Errorf("--%s takes a secret as its value", flag)
		}
	}
	if !strings.Contains(help.String(), "GOVSEAL_OPERATOR_SECRET_FILE") {
		t.Error("the help does not say where a secret comes from")
	}
}
