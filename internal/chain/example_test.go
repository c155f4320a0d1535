// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
)

func exampleCertificate(name string) *cert.Certificate {
	text, err := os.ReadFile("../../keys-example/" + name + ".cert.pem")
	if err != nil {
		log.Fatal(err)
	}
	b, _ := pem.Decode(text)
	c, err := cert.Parse(b.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// Time and material are inputs. A path that is not good is a result.
func ExampleValidate() {
	request := chain.Request{
		Leaf: exampleCertificate("seal-maker"), Untrusted: []*cert.Certificate{exampleCertificate("issuing-ca")},
		Anchors: []*cert.Certificate{exampleCertificate("root-ca")}, Time: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		Usage: chain.Usage{ExtKeyUsage: cert.DefaultArc.SealMaker(), EndEntity: true}, Revocation: chain.RevocationOff,
	}
	result, err := chain.Validate(context.Background(), request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Code == chain.OK, len(result.Path))

	request.Leaf = exampleCertificate("officer") // holds no office
	result, err = chain.Validate(context.Background(), request)
	fmt.Println(result.Code, err)
	// Output:
	// true 3
	// USAGE_NOT_ALLOWED <nil>
}
