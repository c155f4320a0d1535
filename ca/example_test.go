// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"fmt"
	"log"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
)

// An authority is made once, with the root's signer at hand; from then on the
// issuing CA works alone.
func Example() {
	ctx, keys := context.Background(), &softKeys{}
	config := ca.Config{Store: newMemory(), Keys: keys, URL: "https://seal.example"}
	root, err := gm.GenerateKey() // in life: from a file that goes back into the safe
	if err != nil {
		log.Fatal(err)
	}
	a, err := ca.Create(ctx, config, "operator:zhang", "示例市", root)
	if err != nil {
		log.Fatal(err)
	}
	ref, _, err := keys.Generate(ctx, ca.ProfileSeal)
	if err != nil {
		log.Fatal(err)
	}
	made, err := a.Issue(ctx, ca.Request{Actor: "operator:zhang", Profile: ca.ProfileSeal, KeyRef: ref, Subject: ca.Subject{
		Organization: "示例市行政审批局", SerialNumber: "99010000000001", CreditCode: "11990100MA0000001Q",
	}})
	if err != nil {
		log.Fatal(err)
	}
	err = a.Revoke(ctx, "operator:zhang", made.SerialHex, ca.ReasonKeyCompromise, made.NotBefore, "UKey遗失")
	if err != nil {
		log.Fatal(err)
	}
	now, err := a.Show(ctx, made.SerialHex)
	if err != nil {
		log.Fatal(err)
	}
	list, err := a.CRL(ctx, ca.IssuingID)
	fmt.Println(made.Status, now.Status, "CRL", list.Number, err)
	// Output: good revoked CRL 2 <nil>
}
