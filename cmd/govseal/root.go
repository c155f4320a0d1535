// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/internal/gm"
)

// program is one run of the binary: its streams and the flags that all
// commands share.
type program struct {
	in       io.Reader
	out, err io.Writer // data, talk

	dir        string
	who        operatorFlags
	passphrase passphraseFlags
	approval   approvalFlags
	json       bool

	running   *cobra.Command // and its arguments
	arguments []string
}

// run is the whole program; it returns the exit status of the contract.
func run(ctx context.Context, args []string, in io.Reader, out, talk io.Writer) int {
	p := &program{in: in, out: out, err: talk}
	if err := gm.SelfTest(); err != nil { // wrong signatures and wrong verdicts must not happen
		return p.report(err)
	}
	root := p.command()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(talk)
	return p.report(root.ExecuteContext(ctx))
}

// command is the tree, one function for each group.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "govseal",
		Short: "Trust service of a city's approval system: certificates, electronic seals, verification",
		Long: `govseal issues SM2 certificates to departments and officers (统一身份), makes electronic
seals (电子印章, GB/T 38540), stamps approval decisions and PDFs with them, and verifies what
was stamped, on line and off.

Begin with "govseal init --dir DIR". Administrative commands take --dir (or GOVSEAL_DIR) and
ask for the passphrase of the key store; give it in a file with --passphrase-file or
GOVSEAL_PASSPHRASE_FILE when nobody is there to type.

Exit status: 0 done or valid; 1 invalid, unsealed, or refused by rule; 2 usage, or something
could not be read; 3 indeterminate.`,
		SilenceUsage:     true,
		SilenceErrors:    true,
		PersistentPreRun: func(cmd *cobra.Command, args []string) { p.running, p.arguments = cmd, args },
	}
	f := root.PersistentFlags()
	f.StringVar(&p.dir, "dir", os.Getenv("GOVSEAL_DIR"), "folder of the city (or GOVSEAL_DIR)")
	p.who.register(f)
	f.BoolVar(&p.json, "json", false, "print JSON instead of tables")
	p.passphrase.register(f, "", "key store", "GOVSEAL_PASSPHRASE_FILE")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usagef("%v", err) })
	root.AddGroup(&cobra.Group{ID: "start", Title: "Using the service:"}, &cobra.Group{ID: "admin", Title: "Administration:"}, &cobra.Group{ID: "watch", Title: "Watching and proving:"}, &cobra.Group{ID: "care", Title: "Care:"})
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("start", p.demoCommand(), p.serveCommand(), p.stampCommand(), p.extendCommand())
	add("admin", p.initCommand(), p.caCommand(), p.deptCommand(), p.officerCommand(), p.appCommand(), p.grantCommand(), p.sealCommand(), p.operatorCommand(), p.approvalCommand())
	add("watch", p.verifyCommand(), p.inspectCommand(), p.ledgerCommand(), p.auditCommand())
	add("care", p.versionCommand(), p.backupCommand(), p.restoreCommand(), p.benchCommand())
	return root
}
