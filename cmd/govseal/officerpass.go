// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/pflag"
)

// officerPassphrases are those of recovery officers: one file each, in the
// order of the officers, or each officer is asked in turn.
type officerPassphrases struct{ files []string }

func (o *officerPassphrases) register(set *pflag.FlagSet) {
	set.StringArrayVar(&o.files, "share-passphrase-file", nil, "file with an officer's passphrase, once for each officer in their order (else each is asked)")
}

// check says early whether there are as many files as officers.
func (o *officerPassphrases) check(officers int) error {
	if len(o.files) > 0 && len(o.files) != officers {
		return usagef("%d officers and %d --share-passphrase-file: give one for each, in the same order, or none to be asked", officers, len(o.files))
	}
	return nil
}

// read returns the passphrase of officer i.
func (o *officerPassphrases) read(p *program, i int, name string, choosing bool) ([]byte, error) {
	f := passphraseFlags{what: "share of officer " + printable(name), noun: "passphrase", flag: "--share-passphrase-file", fd: -1}
	if len(o.files) > 0 {
		f.file = o.files[i]
	}
	return f.read(p, choosing)
}

// clearAll forgets passphrases.
func clearAll(secrets [][]byte) {
	for _, s := range secrets {
		clear(s)
	}
}

// readAll asks every officer.
func (o *officerPassphrases) readAll(p *program, names []string, choosing bool) (all [][]byte, err error) {
	if err := o.check(len(names)); err != nil {
		return nil, err
	}
	for i, name := range names {
		secret, err := o.read(p, i, name, choosing)
		if err != nil {
			clearAll(all)
			return nil, fmt.Errorf("officer %s: %w", printable(name), err)
		}
		all = append(all, secret)
	}
	return all, nil
}
