// SPDX-License-Identifier: Apache-2.0

package gm_test

import (
	"fmt"
	"log"

	"github.com/govseal/govseal/internal/gm"
)

// A message is signed with e = SM3(ZA || M); the signature is checked before it
// is released.
func Example() {
	fmt.Printf("%x\n", gm.SM3([]byte("abc")))
	key, err := gm.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	sig, err := gm.SignMessage(key, []byte("准予许可"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(gm.VerifyMessage(&key.PublicKey, []byte("准予许可"), sig), gm.VerifyMessage(&key.PublicKey, []byte("不予许可"), sig))
	// Output:
	// 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0
	// true false
}
