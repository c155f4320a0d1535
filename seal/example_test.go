// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/govseal/govseal/registry"
	"github.com/govseal/govseal/seal"
)

// An application has a PDF sealed. The same key may be sent again after a lost
// connection: nothing is stamped twice.
func ExampleService_StampPDF() {
	var service *seal.Service // from seal.New
	var application registry.Application
	var document []byte

	stamp, err := service.StampPDF(context.Background(), seal.Request{
		Application: application, Seal: "99010000000001", Matter: "SL-XK-001", CaseRef: "2026-000123",
		IdempotencyKey: "2026-000123-permit", Place: seal.Placement{{Page: -1, X: 120, Y: 200}},
	}, document)
	var refused *seal.Refused
	var denied *registry.Denied
	switch {
	case errors.As(err, &refused):
		fmt.Println("must not be sealed:", refused.Reason, refused.Detail)
	case errors.As(err, &denied):
		fmt.Println("not granted:", denied.Reason)
	case errors.Is(err, seal.ErrRunning), errors.Is(err, seal.ErrUnavailable):
		fmt.Println("ask again with the same key")
	case err != nil:
		log.Fatal(err)
	default:
		var answer seal.Answer
		if err := json.Unmarshal(stamp.Answer, &answer); err != nil {
			log.Fatal(err)
		}
		fmt.Println("verification code", answer.Code, "level", answer.Level)
	}
}
