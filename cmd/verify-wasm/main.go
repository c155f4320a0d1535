// SPDX-License-Identifier: Apache-2.0

//go:build js && wasm

// Command verify-wasm is the verifier for browsers: with it a document is
// examined where it is and need not leave the citizen's computer. It defines
//
//	govsealVerify(document: Uint8Array, options: string): Promise<string>
//
// The options are JSON (see options in options.go); the answer is the Report
// of package verify as JSON, the same as the API gives. The promise is
// rejected with an Error when the document could not be looked at.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"
)

func main() {
	js.Global().Set("govsealVerify", js.FuncOf(verifyJS))
	if ready := js.Global().Get("govsealReady"); ready.Type() == js.TypeFunction {
		ready.Invoke()
	}
	select {}
}

// verifyJS answers with a promise at once: a Go function that blocks would
// block the page.
func verifyJS(_ js.Value, args []js.Value) any {
	var executor js.Func
	executor = js.FuncOf(func(_ js.Value, settle []js.Value) any {
		resolve, reject := settle[0], settle[1]
		go func() {
			defer executor.Release()
			report, err := run(args)
			if err != nil {
				reject.Invoke(js.Global().Get("Error").New(err.Error()))
				return
			}
			resolve.Invoke(report)
		}()
		return nil
	})
	return js.Global().Get("Promise").New(executor)
}

func run(args []js.Value) (report string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("govsealVerify: internal fault: %v", p)
		}
	}()
	if len(args) != 2 || !args[0].InstanceOf(js.Global().Get("Uint8Array")) || args[1].Type() != js.TypeString {
		return "", errors.New("govsealVerify: wants a Uint8Array and a string of JSON")
	}
	document := make([]byte, args[0].Get("length").Int())
	js.CopyBytesToGo(document, args[0])
	r, err := examine(context.Background(), document, []byte(args[1].String()))
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(r)
	return string(raw), err
}
