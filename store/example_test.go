// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
)

// Create makes a database, Open opens one that is there; neither does the
// other's work. A backup is a database as well.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "govseal-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := store.Create(ctx, store.Config{DSN: filepath.Join(dir, "govseal.db")})
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	event := ledger.Event{Kind: "admin", Time: time.Now(), Actor: "operator:zhang", Act: "city.create", Object: "seal.example"}
	if err := db.Ledger().Append(ctx, event); err != nil { // answered after the commit
		log.Fatal(err)
	}
	copied := filepath.Join(dir, "copy.db")
	if err := db.Backup(ctx, copied); err != nil {
		log.Fatal(err)
	}
	head, err := store.ReadHead(ctx, copied)
	fmt.Println(head.Size, err)
	_, err = store.Open(ctx, store.Config{DSN: filepath.Join(dir, "lost.db")})
	fmt.Println(err != nil)
	// Output:
	// 1 <nil>
	// true
}
