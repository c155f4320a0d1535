// SPDX-License-Identifier: Apache-2.0

package cert_test

import (
	"encoding/pem"
	"fmt"
	"log"
	"os"

	"github.com/govseal/govseal/internal/cert"
)

// A certificate is its octets, and what they say.
func ExampleParse() {
	text, err := os.ReadFile("../../keys-example/department.cert.pem")
	if err != nil {
		log.Fatal(err)
	}
	b, _ := pem.Decode(text)
	c, err := cert.Parse(b.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Subject[len(c.Subject)-1][0].Value, c.CreditCode(), c.NotAfter.Year())
	// Output: 示例市行政审批局 11990100MA0000001Q 2035
}
