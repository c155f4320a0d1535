// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/keys"
)

func (p *program) caOpenResponse() *cobra.Command {
	var keyFile, out string
	var key, delivery passphraseFlags
	c := &cobra.Command{
		Use:   "open-response FILE",
		Short: "For holders: take the encryption key out of a CSRResponse, with the signing key",
		Long: `open-response is the holder's side of "ca pair" and needs no city: it opens a CSRResponse (GM/T 0092)
with the signing key, checks that key and certificate belong together, and writes the encryption key
with its certificate as PKCS#12 under a passphrase of the holder's. A UKey does the same inside.`,
		Example: `  govseal ca open-response bureau.csrresponse --key bureau.p12 -o bureau-encryption.p12`,
		Args:    exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.openResponse(args[0], keyFile, &key, &delivery, out)
		},
	}
	fl := c.Flags()
	fl.StringVar(&keyFile, "key", "", "the holder's signing key: PKCS#12, or PEM with an encrypted PKCS#8 key")
	key.register(fl, "key-", "key file", "GOVSEAL_KEY_PASSPHRASE_FILE")
	registerDelivery(fl, &delivery)
	fl.StringVarP(&out, "out", "o", "", "new file for the PKCS#12")
	must(c, "key", "out")
	return c
}

func (p *program) openResponse(path, keyFile string, key, delivery *passphraseFlags, out string) error {
	response, err := readKeyFile(path)
	if err != nil {
		return err
	}
	signing, err := p.readHeld(keyFile, key, keys.Options{})
	if err != nil {
		return err
	}
	encryption, err := signing.OpenResponse(response)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	own, err := cert.Parse(encryption.Certificates()[0])
	if err != nil {
		return err
	}
	if err := p.writeHeld(encryption, own.Subject.Get(cert.OIDCommonName), delivery, out); err != nil {
		return err
	}
	return p.printFields(struct {
		Serial  string      `json:"serial"`
		Subject string      `json:"subject"`
		SM3     fingerprint `json:"sm3"`
	}{own.Serial.Text(16), own.Subject.String(), fingerprintOf(own.Raw)},
		[]field{{"serial", own.Serial.Text(16)}, {"subject", own.Subject.String()}, {"SM3", string(fingerprintOf(own.Raw))}})
}

// writeHeld writes a key as PKCS#12 under a passphrase that is chosen now.
func (p *program) writeHeld(held *keys.Held, name string, delivery *passphraseFlags, out string) (err error) {
	file, err := reserve(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	passphrase, err := delivery.read(p, true)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	data, err := held.PKCS12(name, passphrase)
	if err != nil {
		return err
	}
	return file.write(data)
}

// readHeld reads a key file and asks for its passphrase.
func (p *program) readHeld(path string, secret *passphraseFlags, o keys.Options) (*keys.Held, error) {
	data, err := readKeyFile(path)
	if err != nil {
		return nil, err
	}
	passphrase, err := secret.read(p, false)
	if err != nil {
		return nil, err
	}
	defer clear(passphrase)
	held, err := keys.ReadHeld(data, passphrase, o)
	if errors.Is(err, keys.ErrPassphrase) {
		return nil, usagef("%s: the passphrase of the key file is wrong, or the file was altered", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return held, nil
}
