// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/registry"
)

// operatorRescue is the way back when nobody of the security role can act any
// more: secrets lost, certificates ended, or two of whom one suspended the
// other. What proves here is the root key, which lies in the safe.
func (p *program) operatorRescue() *cobra.Command {
	var out, rootKey, reason string
	root := new(passphraseFlags)
	c := &cobra.Command{
		Use:   "rescue NAME",
		Short: "Add an operator of the security role with the root key, when nobody else can",
		Long: `rescue adds an operator of the security role without any operator, and without four eyes: whoever
holds the root key and its passphrase stands above them. The audit log says so. Use it when every
operator of the security role is lost, and bring the key back to the safe.`,
		Example: `  govseal operator rescue sun --root-key /media/safe/root.key --reason 安全管理员全部失联 --secret-out sun.secret`,
		Args:    exactly(1),
		RunE: p.onCore(func(ctx context.Context, c *city, _ string, args []string) error {
			if out != "" && exists(out) {
				return usagef("%s exists already; name another file", out)
			}
			name, err := p.who.stated()
			if err != nil {
				return err
			}
			if err := p.provesRoot(c, rootKey, root); err != nil {
				return err
			}
			o, secret, err := c.operators.Rescue(ctx, name, reason, args[0])
			if err != nil {
				return err
			}
			return p.handOver(viewOperator(o), secret, out)
		}),
	}
	f := c.Flags()
	f.StringVar(&out, "secret-out", "", "write the secret to this new file (mode 0600) instead of stdout")
	f.StringVar(&rootKey, "root-key", "", "file of the root key (default root.key in DIR/root)")
	f.StringVar(&reason, "reason", "", "why, for the audit log")
	root.register(f, "root-", "root key", "GOVSEAL_ROOT_PASSPHRASE_FILE")
	must(c, "reason")
	return c
}

// provesRoot is nil when the key in the file is that of this city's root
// certificate.
func (p *program) provesRoot(c *city, path string, flags *passphraseFlags) error {
	signer, err := p.rootSigner(c, path, flags)
	if err != nil {
		return err
	}
	root, err := cert.Parse(c.ca.Root())
	if err != nil {
		return err
	}
	key, ok := root.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return errors.New("the root certificate holds no SM2 key")
	}
	challenge := make([]byte, 32)
	rand.Read(challenge)
	sig, err := gm.SignMessage(signer, append([]byte("govseal rescue v1\n"), challenge...))
	if err != nil {
		return err
	}
	if !gm.VerifyMessage(key, append([]byte("govseal rescue v1\n"), challenge...), sig) {
		return &registry.Denied{Reason: "credentials", Detail: "this is not the key of this city's root"}
	}
	return nil
}
