// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/govseal/govseal/ca/ceremony"
	"github.com/govseal/govseal/internal/gm"
)

// maxSignature bounds an SM2 signature in DER.
const maxSignature = 128

// checkedView is the answer to --check in JSON output.
type checkedView struct {
	Valid      bool                 `json:"valid"`
	Problem    string               `json:"problem,omitempty"`
	Trusted    bool                 `json:"trusted"` // the signer is one that --trust names
	Transcript *ceremony.Transcript `json:"transcript,omitempty"`
}

// checkTranscript verifies a transcript, its signature, and the files of the
// ceremony that lie beside it.
func (p *program) checkTranscript(path string, f *ceremonyFlags) error {
	if f.dryRun || f.reviewed != "" || f.out != "" || f.issuerKey != "" {
		return usagef("--check verifies what was done; it goes with --trust alone")
	}
	base, ok := strings.CutSuffix(path, transcriptSuffix)
	if !ok {
		return usagef("--check wants a file named …%s, its signature in …%s", transcriptSuffix, signatureSuffix)
	}
	text, err := readSmall(path, ceremony.MaxTranscript)
	if err != nil {
		return err
	}
	sig, err := readSmall(base+signatureSuffix, maxSignature)
	if err != nil {
		return err
	}
	anchors, err := readAnchors(f.trust)
	if err != nil {
		return err
	}
	t, signer, err := ceremony.Check(text, sig)
	if err == nil {
		err = checkBeside(t, filepath.Dir(path))
	}
	var problem *ceremony.Problem
	if err != nil && !errors.As(err, &problem) {
		return err
	}
	v := checkedView{Valid: problem == nil, Transcript: t,
		Trusted: slices.ContainsFunc(anchors, func(der []byte) bool { return bytes.Equal(der, signer) })}
	if problem == nil && len(anchors) > 0 && !v.Trusted {
		problem = &ceremony.Problem{Reason: "it is signed by a CA that --trust does not name"}
	}
	if problem != nil {
		v.Valid, v.Problem = false, problem.Reason
	}
	return p.printChecked(v, problem)
}

// readAnchors reads the certificates that --trust names.
func readAnchors(files []string) (anchors [][]byte, err error) {
	for _, file := range files {
		named, err := readCertificates(file)
		if err != nil {
			return nil, err
		}
		anchors = append(anchors, named...)
	}
	return anchors, nil
}

func (p *program) printChecked(v checkedView, problem *ceremony.Problem) error {
	verdict := "valid"
	switch {
	case problem != nil:
		verdict = "invalid: " + problem.Reason
	case !v.Trusted:
		verdict = "whole, by a CA that was not named: compare its SM3, or say --trust"
	}
	if err := p.printFields(v, append([]field{{"transcript", verdict}}, resultFields(v.Transcript)...)); err != nil {
		return err
	}
	switch {
	case problem != nil:
		return &exitError{exitRefused, ""}
	case !v.Trusted:
		return &exitError{exitIndeterminate, ""}
	}
	return nil
}

// checkBeside compares the ceremony's files that lie in the transcript's folder.
func checkBeside(t *ceremony.Transcript, dir string) error {
	for _, f := range t.Results.Files {
		if filepath.Base(f.Name) != f.Name {
			return &ceremony.Problem{Reason: "it names a file elsewhere"}
		}
		data, err := readSmall(filepath.Join(dir, f.Name), maxOutput)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		d := gm.SM3(data)
		if hex.EncodeToString(d[:]) != f.SM3 {
			return &ceremony.Problem{Reason: "the file " + f.Name + " beside it is not the one that was written"}
		}
	}
	return nil
}

// maxOutput bounds a file that a ceremony writes: a list of a large authority.
const maxOutput = 64 << 20
