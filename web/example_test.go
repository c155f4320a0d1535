// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/govseal/govseal/web"
)

// A page is filled with what package api found out.
func ExamplePages_Landing() {
	pages, err := web.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	pages.Landing(w, httptest.NewRequest(http.MethodGet, "/s/7K3M9QZA2D5XW8RT?lang=en", nil), web.Landing{
		Found: true, Code: "7K3M-9QZA-2D5X-W8RT", State: "withdrawn", Number: "示规许〔2026〕017号",
	})
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "<h1>Withdrawn</h1>"))
	// Output: 200 true
}
