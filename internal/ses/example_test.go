// SPDX-License-Identifier: Apache-2.0

package ses_test

import (
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// A maker signs what a seal says; the parts are joined and read back.
func Example() {
	text, err := os.ReadFile("../../keys-example/seal.cert.pem")
	if err != nil {
		log.Fatal(err)
	}
	certificate, _ := pem.Decode(text)
	maker, err := gm.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	info, err := ses.SealTemplate{
		Version: 4, Vendor: "govseal", ESID: "99010000000001", Type: 1, Name: "示例市行政审批局", Certs: [][]byte{certificate.Bytes},
		Created: from, ValidFrom: from, ValidTo: from.AddDate(3, 0, 0),
		Picture: ses.Picture{Type: "png", Data: []byte("…"), Width: 42, Height: 42},
	}.TBS()
	if err != nil {
		log.Fatal(err)
	}
	signature, err := gm.SignMessage(maker, info)
	if err != nil {
		log.Fatal(err)
	}
	sealDER, err := ses.AssembleSeal(info, certificate.Bytes, signature, nil)
	if err != nil {
		log.Fatal(err)
	}
	s, err := ses.ParseSeal(sealDER)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Version, s.Name, s.HasCertificate(certificate.Bytes), len(s.Tolerated))
	// Output: 4 示例市行政审批局 true 0
}
