// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ca/ceremony"
	"github.com/govseal/govseal/internal/keys"
	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// Exit statuses, a contract that scripts depend on.
const (
	exitOK            = 0
	exitRefused       = 1 // invalid, unsealed, or refused by rule
	exitUsage         = 2 // usage, or could not read
	exitIndeterminate = 3
)

// exitError ends the program with a status of its own. Without text nothing
// more is said: the data on stdout says it.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// usagef is a contradiction on the command line, with a hint how to resolve it.
func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// report says what went wrong and what to do next, and returns the status.
func (p *program) report(err error) int {
	if err == nil {
		return exitOK
	}
	var e *exitError
	if !errors.As(err, &e) || e.text != "" {
		fmt.Fprintln(p.err, "govseal:", err)
	}
	if h := hint(err); h != "" {
		fmt.Fprintln(p.err, "govseal:", h)
	}
	return status(err)
}

// refusals are rules of the house that said no; everything else that goes
// wrong could not be read or done.
var refusals = []error{ca.ErrState, ceremony.ErrWindow, ca.ErrStaleCRL, ca.ErrRecovery, ca.ErrCentre, keys.ErrNotForDelivery, registry.ErrExists, registry.ErrState, registry.ErrTampered, seal.ErrState, seal.ErrExists, seal.ErrConflict}

func status(err error) int {
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	var denied *registry.Denied
	var refused *seal.Refused
	var linted *ca.LintError
	var csr *ca.CSRError
	if errors.As(err, &denied) || errors.As(err, &refused) || errors.As(err, &linted) || errors.As(err, &csr) {
		return exitRefused
	}
	var answered *apiError
	if errors.As(err, &answered) && answered.byRule() {
		return exitRefused
	}
	for _, r := range refusals {
		if errors.Is(err, r) {
			return exitRefused
		}
	}
	return exitUsage
}

// denied tells whether a rule refused, and which.
func denied(err error, reason string) bool {
	var d *registry.Denied
	return errors.As(err, &d) && d.Reason == reason
}

// hint says what to do next about the errors that people meet.
func hint(err error) string {
	text := err.Error()
	switch {
	case errors.Is(err, keys.ErrPassphrase):
		return "the passphrase comes from --passphrase-file, GOVSEAL_PASSPHRASE_FILE, --passphrase-fd or the prompt; the root key has one of its own"
	case errors.Is(err, keys.ErrExampleKey):
		return "make keys of your own with \"govseal init\""
	case errors.Is(err, keys.ErrDamaged), errors.Is(err, registry.ErrTampered):
		return "do not go on: run \"govseal ledger verify\", look at \"govseal audit list\", and restore a backup if need be"
	case denied(err, "credentials"), denied(err, "locked"):
		return "who: --operator; the proof: --operator-secret-file, GOVSEAL_OPERATOR_SECRET_FILE or the prompt, or --operator-key with a certificate's key"
	case denied(err, "approval-state"), denied(err, "approval-expired"), denied(err, "approval-edited"):
		return "\"govseal approval list --all\" shows the requests; the command without --approval asks anew"
	case errors.Is(err, ca.ErrNotFound):
		return "\"govseal ca list\" shows the certificates there are"
	case errors.Is(err, registry.ErrNotFound):
		return "\"govseal dept list\", \"officer list\", \"app list\" and \"grant list\" show what there is"
	case errors.Is(err, seal.ErrNotFound):
		return "\"govseal seal list\" shows the seals there are"
	case errors.Is(err, seal.ErrUnsettled):
		return "the new seal is in force; \"govseal seal settle\" revokes the old certificate"
	case errors.Is(err, seal.ErrUnavailable):
		return "is the disk full, or another process holding the database?"
	case errors.Is(err, fs.ErrPermission):
		return "the folder belongs to the user who ran \"govseal init\""
	case errors.Is(err, context.Canceled):
		return "interrupted; what was recorded stays recorded"
	case strings.HasPrefix(text, "unknown command"), strings.HasPrefix(text, "unknown flag"):
		return "\"govseal help\" lists the commands"
	}
	return ""
}
