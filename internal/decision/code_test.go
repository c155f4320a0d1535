// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/decision"
)

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		code, err := decision.NewCode()
		if err != nil || len(code) != 16 || seen[code] {
			t.Fatalf("code %q, %v", code, err)
		}
		seen[code] = true
		if got, err := decision.ParseCode(decision.FormatCode(code)); err != nil || got != code {
			t.Errorf("%s came back as %s, %v", code, got, err)
		}
	}
}

func TestParseCodeReadsWhatPeopleType(t *testing.T) {
	const want = "01AB1CD0EFGHJKMN"
	for _, s := range []string{
		"01AB1CD0EFGHJKMN", "01ab-1cd0-efgh-jkmn", " 01AB 1CD0  EFGH JKMN ", "oiab-lcdO-efgh-jkmn", "O1AB–1CD0—EFGH－JKMN", "０１ＡＢ１ｃｄ０ＥＦＧＨＪＫＭＮ",
	} {
		if got, err := decision.ParseCode(s); err != nil || got != want {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "01AB", want + "0", "U1AB1CD0EFGHJKMN", "01AB1CD0EFGHJKM*", "01AB1CD0EFGHJKM\xff", "01AB1CD0EFGHJKM码", strings.Repeat("-", 1<<20)} {
		if got, err := decision.ParseCode(s); err == nil {
			t.Errorf("%.40q passed as %q", s, got)
		}
	}
}

func TestFormatCode(t *testing.T) {
	for in, want := range map[string]string{"ABCDEFGHJKMNPQRS": "ABCD-EFGH-JKMN-PQRS", "": "", "ABC": "ABC"} {
		if got := decision.FormatCode(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMaskApplicant(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "张三": "张**", "张三丰": "张**", "欧阳某某": "欧**", "某某古丽·某某提": "某**", "𠮷田某": "𠮷**", "John Smith": "J**",
		"示例市某某置业有限公司": "示例****公司", "示例科技有限公司": "示例****公司", "某某（示例市）企业管理中心": "某某****中心", "某某某某某某某": "某**", "公司": "公**",
	} {
		if got := decision.MaskApplicant(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestCheckCreditCode(t *testing.T) {
	good := decision.CreditCheck("91990000MA0000001")
	if err := decision.CheckCreditCode(good); err != nil {
		t.Errorf("%s: %v", good, err)
	}
	// Every single wrong digit is noticed.
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for i := range good {
		for _, c := range digits {
			if bad := good[:i] + string(c) + good[i+1:]; bad != good && decision.CheckCreditCode(bad) == nil {
				t.Errorf("%s passed for %s", bad, good)
			}
		}
	}
	for _, bad := range []string{"", good[:17], good + "0", strings.ToLower(good), "I" + good[1:], good[:17] + "码"} {
		if decision.CheckCreditCode(bad) == nil {
			t.Errorf("%q passed", bad)
		}
	}
}

// The form of GB 11643 is refused even where the check digit of GB 32100 fits.
func TestResidentIDIsNoCreditCode(t *testing.T) {
	found := 0
	for serial := range 1000 {
		first := "99000019000101" + string(rune('0'+serial/100)) + string(rune('0'+serial/10%10)) + string(rune('0'+serial%10))
		id := first + residentCheck(first)
		if decision.CreditCheck(first) == id {
			found++
		}
		if err := decision.CheckCreditCode(id); err == nil || !strings.Contains(err.Error(), "resident ID") {
			t.Errorf("%s: %v", id, err)
		}
	}
	if found == 0 {
		t.Error("no example passes both check digits: the test proves nothing")
	}
}

// residentCheck is the check character as GB 11643 tables it: weights 2^(17-i) mod 11.
func residentCheck(first string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(first[i]-'0') * w
	}
	return string("10X98765432"[sum%11])
}
