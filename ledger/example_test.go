// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"context"
	"fmt"
	"log"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
)

// Events become leaves; a checkpoint held outside finds a tree that was cut.
func Example() {
	ctx, rows := context.Background(), &memory{} // in life: the store's Ledger()
	key, err := gm.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	l, err := ledger.New(ledger.Config{Store: rows, Signer: key, Origin: "seal.example/govseal/sm3", Certificate: []byte("DER")})
	if err != nil {
		log.Fatal(err)
	}
	for i := range 3 {
		if err := rows.Append(ctx, event(i)); err != nil {
			log.Fatal(err)
		}
	}
	held, _, err := l.Checkpoint(ctx) // give it to somebody else
	if err != nil {
		log.Fatal(err)
	}
	findings, err := l.Verify(ctx, held, nil)
	fmt.Println(len(findings), err)

	p, err := l.Proof(ctx, "stamp", "s1", "document")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", p.Opened[0].Value)

	cut := &memory{}
	if err := cut.Append(ctx, event(0)); err != nil {
		log.Fatal(err)
	}
	l, err = ledger.New(ledger.Config{Store: cut, Signer: key, Origin: "seal.example/govseal/sm3", Certificate: []byte("DER")})
	if err != nil {
		log.Fatal(err)
	}
	findings, err = l.Verify(ctx, held, nil)
	fmt.Println(len(findings) > 0, err)
	// Output:
	// 0 <nil>
	// digest 1
	// true <nil>
}
