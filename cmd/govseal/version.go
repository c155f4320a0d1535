// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the module's version as the Go toolchain recorded it; "devel"
// in a checkout.
var version = readVersion()

func readVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version and the cryptography library it is built with", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			library := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, d := range info.Deps {
					if d.Path == "github.com/emmansun/gmsm" {
						library = d.Version
					}
				}
			}
			if p.json {
				return p.printJSON(map[string]string{"version": version, "gmsm": library})
			}
			_, err := fmt.Fprintf(p.out, "govseal %s, gmsm %s\n", version, library)
			return err
		},
	}
}
