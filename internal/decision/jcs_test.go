// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"testing"

	"github.com/govseal/govseal/internal/decision"
)

func TestCanonicalForm(t *testing.T) {
	tests := []struct{ name, in, want string }{
		// The strings of RFC 8785 3.2.2 and the members of 3.2.3.
		{"escapes", `["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"]`, `["€$\u000f\nA'B\"\\\\\"/"]`},
		{"order by UTF-16", `{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",` +
			`"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",` +
				`"😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`},
		{"prefix first", `{"ab":"2","a":"1","":"0"}`, `{"":"0","a":"1","ab":"2"}`},
		{"white space", " [ \"a\" ,\t{ }\r\n, [ ] ] ", `["a",{},[]]`},
		{"delete and line separator stand", "[\"\x7f\u2028\"]", "[\"\x7f\u2028\"]"},
		{"short escapes", `["\b\t\n\f\r\u0008\u0000\u001f"]`, `["\b\t\n\f\r\b\u0000\u001f"]`},
		{"surrogate pair", `["\uD842\uDFB7"]`, `["𠮷"]`},
	}
	for _, tt := range tests {
		got, err := decision.CanonicalText([]byte(tt.in))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %s %v, want %s", tt.name, got, err, tt.want)
		}
		again, err := decision.CanonicalText(got)
		if err != nil || string(again) != tt.want {
			t.Errorf("%s: not stable: %s %v", tt.name, again, err)
		}
	}
}
