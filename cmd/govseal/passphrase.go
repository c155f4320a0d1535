// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// Bounds on a passphrase, in octets: the least when one is chosen, and the
// most that is read.
const (
	minPassphrase = 12
	maxPassphrase = 1024
)

// passphraseFlags are the ways a passphrase may come in. Values are never
// flags nor environment variables: both are visible to other processes.
type passphraseFlags struct {
	what     string // "key store", "root key"
	noun     string // "passphrase", or "secret"
	variable string // names a file, as --passphrase-file does
	flag     string
	file     string
	fd       int
	keep     bool // whether to remember what is read, for program.again
	kept     []byte
}

// register adds --PREFIXpassphrase-file and --PREFIXpassphrase-fd.
func (f *passphraseFlags) register(set *pflag.FlagSet, prefix, what, variable string) {
	f.registerAs(set, prefix+"passphrase", "passphrase", what, variable)
}

// registerAs adds --NAME-file and --NAME-fd.
func (f *passphraseFlags) registerAs(set *pflag.FlagSet, name, noun, what, variable string) {
	f.what, f.noun, f.variable, f.flag = what, noun, variable, "--"+name+"-file"
	set.StringVar(&f.file, name+"-file", "", "file with the "+noun+" of the "+what+" (or "+variable+"; else asked for)")
	set.IntVar(&f.fd, name+"-fd", -1, "open file descriptor to read the "+noun+" of the "+what+" from")
}

// read returns the passphrase; choosing asks twice and demands a length.
func (f *passphraseFlags) read(p *program, choosing bool) ([]byte, error) {
	if f.kept != nil {
		return bytes.Clone(f.kept), nil
	}
	file := f.file
	if file == "" && f.fd < 0 {
		file = os.Getenv(f.variable)
	}
	var secret []byte
	var err error
	switch {
	case f.file != "" && f.fd >= 0:
		return nil, usagef("give the %s of the %s in a file or by a descriptor, not both", f.noun, f.what)
	case f.fd >= 0:
		secret, err = readSecret(os.NewFile(uintptr(f.fd), f.noun))
	case file != "":
		secret, err = f.fromFile(p, file)
	default:
		secret, err = f.ask(p, choosing)
	}
	if err != nil {
		return nil, fmt.Errorf("%s of the %s: %w", f.noun, f.what, err)
	}
	if f.keep {
		f.kept = bytes.Clone(secret)
	}
	if choosing && len(secret) < minPassphrase {
		return nil, usagef("the %s of the %s needs at least %d octets", f.noun, f.what, minPassphrase)
	}
	return secret, nil
}

func (f *passphraseFlags) fromFile(p *program, path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		p.say("warning: others can read %s; \"chmod 600\" it", path)
	}
	return readSecret(file)
}

// readSecret reads one line; what an editor puts behind it is cut off.
func readSecret(r io.Reader) ([]byte, error) {
	secret, err := io.ReadAll(io.LimitReader(r, maxPassphrase+1))
	if err != nil {
		return nil, err
	}
	secret = bytes.TrimSuffix(bytes.TrimSuffix(secret, []byte("\n")), []byte("\r"))
	switch {
	case len(secret) == 0:
		return nil, errors.New("it is empty")
	case len(secret) > maxPassphrase:
		return nil, fmt.Errorf("it is longer than %d octets", maxPassphrase)
	case bytes.ContainsAny(secret, "\r\n"):
		return nil, errors.New("it holds more than one line")
	}
	return secret, nil
}

// ask prompts on the terminal.
func (f *passphraseFlags) ask(p *program, twice bool) ([]byte, error) {
	in, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, usagef("there is no terminal to ask on: name a file with %s or %s", f.flag, f.variable)
	}
	prompt := func(text string) ([]byte, error) {
		fmt.Fprintf(p.err, "%s: ", text)
		defer fmt.Fprintln(p.err)
		line, err := term.ReadPassword(int(in.Fd()))
		if err != nil {
			return nil, err
		}
		return readSecret(bytes.NewReader(line))
	}
	first, err := prompt(strings.ToUpper(f.noun[:1]) + f.noun[1:] + " of the " + f.what)
	if err != nil || !twice {
		return first, err
	}
	second, err := prompt("Once more")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, errors.New("the two entries differ")
	}
	return first, nil
}
