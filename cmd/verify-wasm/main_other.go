// SPDX-License-Identifier: Apache-2.0

//go:build !js || !wasm

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "verify-wasm: build me with GOOS=js GOARCH=wasm; on this system use govseal verify")
	os.Exit(2)
}
