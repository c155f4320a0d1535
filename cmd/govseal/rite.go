// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ca/ceremony"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/keys"
)

// rite is one reviewed file on its way to being carried out.
type rite struct {
	city   *city
	actor  string
	path   string // of the file
	out    string // folder of what is written
	text   []byte
	digest [32]byte
	script *ceremony.Script
	act    *ca.Act
}

// readRite reads and checks the file by itself.
func readRite(path, out string) (*rite, error) {
	text, err := readSmall(path, ceremony.MaxScript)
	if err != nil {
		return nil, err
	}
	script, err := ceremony.Parse(text)
	if err != nil {
		return nil, usagef("%s: %v", path, err)
	}
	if out == "" {
		out = filepath.Dir(path)
	}
	return &rite{path: path, out: out, text: text, digest: gm.SM3(text), script: script}, nil
}

// prepare checks the act against the city, and that nothing stands in its way.
func (r *rite) prepare(ctx context.Context, c *city, actor string) error {
	r.city, r.actor = c, actor
	held, err := c.ca.Held(ctx, r.digest)
	switch {
	case err == nil && !held.Finished.IsZero():
		return fmt.Errorf("%w: this ceremony was held on %s by %s; the same file is not carried out twice", ca.ErrState, when(held.Finished), held.Actor)
	case err != nil && !errors.Is(err, ca.ErrNotFound):
		return err
	}
	if r.act, err = r.script.Prepare(ctx, c.ca, actor, time.Now(), r.material); err != nil {
		return err
	}
	if info, err := os.Stat(r.out); err != nil || !info.IsDir() {
		return usagef("%s is not a folder to write to", r.out)
	}
	taken := r.outputs()
	if r.keyPath() != "" {
		taken = append(taken, r.keyPath())
	}
	for _, path := range taken {
		if exists(path) {
			return usagef("%s exists already, perhaps from an attempt that was interrupted and of which nothing is served: keep it elsewhere, or write to another folder with --out", path)
		}
	}
	return nil
}

// material reads a request or certificate that the file names.
func (r *rite) material(file string) ([]byte, error) {
	return readSmall(r.resolve(file), ceremony.MaxMaterial)
}

func (r *rite) resolve(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(r.path), file)
}

// keyPath is where the new key's own file will be; "" when there is none.
func (r *rite) keyPath() string {
	if a := r.script.Authority; a != nil && a.Key.From == "file" {
		return r.resolve(a.Key.File)
	}
	return ""
}

// name of a file that is written, after the reviewed file's own.
func (r *rite) name(suffix string) string {
	base := filepath.Base(r.path)
	return strings.TrimSuffix(base, filepath.Ext(base)) + suffix
}

const (
	transcriptSuffix = ".transcript.json"
	signatureSuffix  = ".transcript.sig"
)

// outputs are the paths of everything that will be written.
func (r *rite) outputs() []string {
	plan := r.act.Plan()
	var names []string
	for _, c := range plan.Certificates {
		names = append(names, r.certificateName(c.Name))
	}
	if r.chained() {
		names = append(names, r.name(".chain.pem"))
	}
	if plan.List != nil {
		names = append(names, r.name(".crl"))
	}
	names = append(names, r.name(transcriptSuffix), r.name(signatureSuffix))
	for i, n := range names {
		names[i] = filepath.Join(r.out, n)
	}
	return names
}

func (r *rite) certificateName(of string) string {
	if of == "" {
		return r.name(".pem")
	}
	return r.name("." + of + ".pem")
}

// chained: a CA below another needs the certificates above it.
func (r *rite) chained() bool {
	return r.script.Kind == ceremony.Subordinate || r.script.Kind == ceremony.Cross
}

// makeKey makes the new authority's key where the file says.
func (r *rite) makeKey(ctx context.Context, passphrase func() ([]byte, error)) (ref string, key crypto.Signer, err error) {
	a := r.script.Authority
	switch {
	case a == nil || a.Key.From == "request" || a.Key.From == "certificate":
		return "", nil, nil
	case a.Key.From == "store":
		return r.city.ca.NewKey(ctx)
	}
	secret, err := passphrase()
	if err != nil {
		return "", nil, err
	}
	defer clear(secret)
	if err := os.MkdirAll(filepath.Dir(r.keyPath()), 0o700); err != nil {
		return "", nil, err
	}
	if key, err = keys.CreateRootFile(r.keyPath(), secret); err != nil {
		return "", nil, fmt.Errorf("make the key of the new CA: %w", err)
	}
	return "", key, nil
}

// hold carries the ceremony out: serial numbers recorded, signed, transcript,
// files whole, and the record that makes it known last.
func (r *rite) hold(ctx context.Context, k ca.ActKeys, confirmed time.Time) (*ceremony.Transcript, error) {
	record := ca.Ceremony{Digest: r.digest, Kind: string(r.script.Kind), Authority: r.script.Made(), Actor: r.actor}
	if err := r.city.ca.Begin(ctx, record); err != nil {
		return nil, err
	}
	plan := r.act.Plan()
	made, err := r.act.Perform(ctx, k)
	if err != nil {
		return nil, err
	}
	files, err := r.files(made)
	if err != nil {
		return nil, err
	}
	occasion := ceremony.Occasion{Script: r.text, Operator: r.actor, Program: "govseal " + version, Confirmed: confirmed, Signed: time.Now(), Plan: plan}
	for _, f := range files {
		d := gm.SM3(f.data)
		occasion.Files = append(occasion.Files, ceremony.File{Name: f.name, SM3: hex.EncodeToString(d[:])})
	}
	t := ceremony.NewTranscript(r.script, occasion, made)
	if record.Transcript, err = t.Marshal(); err != nil {
		return nil, err
	}
	if record.Signature, err = r.act.Sign(record.Transcript); err != nil {
		return nil, err
	}
	files = append(files, outputFile{r.name(transcriptSuffix), record.Transcript}, outputFile{r.name(signatureSuffix), record.Signature})
	for _, f := range files {
		if err := createDurably(filepath.Join(r.out, f.name), f.data, 0o644); err != nil {
			return nil, fmt.Errorf("write what the ceremony made (nothing of it is served): %w", err)
		}
	}
	return t, r.act.Enter(ctx, made, &record)
}

// outputFile is one file to be written whole.
type outputFile struct {
	name string
	data []byte
}

// files are what is written besides the transcript.
func (r *rite) files(made *ca.Made) ([]outputFile, error) {
	var all []outputFile
	for _, c := range made.Certificates {
		all = append(all, outputFile{r.certificateName(c.Name), certificatePEM(c.DER)})
	}
	if r.chained() {
		above, err := r.city.ca.Chain(r.script.Issuer)
		if err != nil {
			return nil, err
		}
		chain := certificatePEM(made.Certificates[0].DER)
		for _, der := range above {
			chain = append(chain, certificatePEM(der)...)
		}
		all = append(all, outputFile{r.name(".chain.pem"), chain})
	}
	if made.CRL != nil {
		all = append(all, outputFile{r.name(".crl"), made.CRL.DER})
	}
	return all, nil
}
