// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"fmt"

	"github.com/govseal/govseal/internal/decision"
)

func Example() {
	_, err := decision.ParseDecision([]byte(`{"number": 17}`))
	fmt.Println(err)
	code, _ := decision.ParseCode("7k3m q9zt ov5x a2ce")
	fmt.Println(decision.FormatCode(code), decision.MaskApplicant("张某某"))
	// Output:
	// decision: /number (octet 11): numbers are not used: write text
	// 7K3M-Q9ZT-0V5X-A2CE 张**
}
