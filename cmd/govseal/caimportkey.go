// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/keys"
)

func (p *program) caImportKey() *cobra.Command {
	var secret passphraseFlags
	c := &cobra.Command{
		Use:   "import-key FILE",
		Short: "Take a key with its certificate into the key store: PKCS#12, or PKCS#8 with certificates",
		Long: `import-key takes a key into the key store whose certificate this authority issued for a request of its
holder. FILE is a PKCS#12 file, or PEM with one encrypted PKCS#8 key and the certificate; OpenSSL's are
taken (PBES2 with SM4 or AES, MAC by SM3 or SHA-2). The certificate's profile decides what the key is
for. Refused: certificates of others, revoked or expired ones, a key that is here already, keys in the
clear, published example keys.`,
		Example: `  openssl pkcs12 -export -keypbe sm4-cbc -certpbe sm4-cbc -macalg sm3 -inkey bureau.key -in bureau.pem -out bureau.p12
  govseal ca import-key bureau.p12`,
		Args: exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, actor string, args []string) error {
			return p.importKey(ctx, c, actor, args[0], &secret)
		}),
	}
	secret.register(c.Flags(), "key-", "key file", "GOVSEAL_KEY_PASSPHRASE_FILE")
	return c
}

func (p *program) importKey(ctx context.Context, c *city, actor, path string, secret *passphraseFlags) error {
	held, err := p.readHeld(path, secret, c.keyOptions())
	if err != nil {
		return err
	}
	made, err := c.ca.ImportKey(ctx, ca.ImportRequest{Actor: actor, PublicKey: held.PublicKey(), Certificates: held.Certificates(),
		Keep: func(use string) (string, error) { return c.keyring.Adopt(ctx, use, held) }})
	if err != nil {
		return err
	}
	return p.showCertificate(made)
}

// readKeyFile reads a file that may hold up to keys.MaxHeldSize octets.
func readKeyFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, usagef("%s is not a regular file", path)
	}
	return io.ReadAll(io.LimitReader(f, keys.MaxHeldSize+1))
}
