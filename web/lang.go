// SPDX-License-Identifier: Apache-2.0

package web

import "net/http"

const (
	zh = "zh"
	en = "en"

	langParam  = "lang"
	langCookie = "lang"
	aYear      = 365 * 24 * 60 * 60 // seconds
)

func other(lang string) string {
	if lang == en {
		return zh
	}
	return en
}

// language chooses the page's language: what the address asks for, then what
// was chosen before, then Chinese, for the service is a Chinese city's. The
// browser's own preference does not count: who is sent a link must see the
// same page as the sender.
func language(r *http.Request) string {
	if asked := r.URL.Query().Get(langParam); asked == zh || asked == en {
		return asked
	}
	if c, err := r.Cookie(langCookie); err == nil && c.Value == en {
		return en
	}
	return zh
}

// remember keeps a language that the address asked for, so that the switch is
// a plain link and works without script.
func remember(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query().Get(langParam)
	if asked != zh && asked != en {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: langCookie, Value: asked, Path: "/", MaxAge: aYear,
		Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	})
}
