// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ca/ceremony"
)

// firstScript is the reviewed file of an authority that every city begins
// with. init writes it, as it would lie there had people written it. Go's
// quoted strings are YAML's double-quoted ones for every text that package
// ceremony lets pass.
const firstScript = `# Written by "govseal init".
ceremony: %s
kind: %s
purpose: %q
window: {from: %s, until: %s}
participants:
  - {name: %q, role: administrator}
%sauthority:
  id: %s
  subject: {organization: %q, common_name: %q}
  validity: {for: %s}
  path_length: %s
  usages: [any]
  key: %s
`

// firstCeremonies make the root, its key in its own file, and the issuing CA,
// which holds every office.
func (c *city) firstCeremonies(ctx context.Context, f founding) error {
	name, now := c.config.Name, time.Now().UTC().Truncate(time.Second)
	person := strings.TrimSpace(strings.TrimPrefix(f.actor, "operator:"))
	script := func(kind ceremony.Kind, purpose, issuer string, s ca.CASpec, life, pathLength, key string) string {
		return fmt.Sprintf(firstScript, ceremony.ScriptSchema, kind, name+purpose, now.Add(-time.Hour).Format(time.RFC3339), now.Add(24*time.Hour).Format(time.RFC3339),
			person, issuer, s.ID, s.Subject.Organization, s.Subject.CommonName, life, pathLength, key)
	}
	root := script(ceremony.Root, "根CA成立", "", ca.FirstRoot(name), "20y", "none", "{from: file, file: ../"+rootFolder+"/"+rootKeyFile+"}")
	rootKey, err := c.firstCeremony(ctx, f, ca.RootID, root, nil)
	if err != nil {
		return err
	}
	issuing := script(ceremony.Subordinate, "签发CA成立", "issuer: "+ca.RootID+"\n", ca.FirstIssuing(name), "10y", "0", "{from: store}")
	_, err = c.firstCeremony(ctx, f, ca.IssuingID, issuing, rootKey)
	return err
}

// firstCeremony writes the file, carries it out, and returns the key that was
// made. Who calls init confirms it by that.
func (c *city) firstCeremony(ctx context.Context, f founding, id, script string, acting crypto.Signer) (crypto.Signer, error) {
	path := filepath.Join(c.dir, ceremoniesFolder, id+".yaml")
	if err := createDurably(path, []byte(script), 0o644); err != nil {
		return nil, err
	}
	r, err := readRite(path, "")
	if err != nil {
		return nil, err
	}
	if err := r.prepare(ctx, c, f.actor); err != nil {
		return nil, err
	}
	k := ca.ActKeys{Acting: acting}
	secret := func() ([]byte, error) { return bytes.Clone(f.rootPassphrase), nil }
	if k.NewRef, k.New, err = r.makeKey(ctx, secret); err != nil {
		return nil, err
	}
	_, err = r.hold(ctx, k, time.Now())
	return k.New, err
}
