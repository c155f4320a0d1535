// SPDX-License-Identifier: Apache-2.0

package web_test

import (
	"net/http"
	"testing"
)

func TestEveryPageRenders(t *testing.T) {
	p := newPages(t)
	for _, s := range samples(t, onePixel, onePixel) {
		for _, lang := range []string{"zh", "en"} {
			if w := s.get(p, lang); w.Code == http.StatusInternalServerError {
				t.Errorf("%s in %s: %d %s", s.name, lang, w.Code, w.Body)
			}
		}
	}
}

var _ = serve
