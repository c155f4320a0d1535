// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/internal/decision"
)

// What was read is written and read again: the same file, the same signed
// octets, and these are the canonical form of the text itself.
func FuzzParse(f *testing.F) {
	f.Add([]byte(text(f, sample())))
	f.Add([]byte(`{"schema":"govseal.decision/v1","code":"0123456789ABCDEF","decision":{}}`))
	f.Add([]byte(`{"a":["\ud83d\ude00",{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		first, err := decision.Parse(raw)
		if err != nil {
			return
		}
		signed, err := first.SignedBytes()
		if err != nil {
			t.Fatal(err)
		}
		direct, err := decision.CanonicalText(raw, "stamps", "evidence")
		if err != nil || !bytes.Equal(signed, direct) {
			t.Fatalf("signed octets are not the text's canonical form: %v\n%s\n%s", err, signed, direct)
		}
		written, err := first.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		second, err := decision.Parse(written)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Error(diff)
		}
		if again, _ := second.SignedBytes(); !bytes.Equal(signed, again) {
			t.Error("other signed octets after writing")
		}
	})
}

func FuzzCode(f *testing.F) {
	f.Add("01ab-1cd0-efgh-jkmn")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := decision.ParseCode(s)
		if err != nil {
			return
		}
		if again, err := decision.ParseCode(decision.FormatCode(code)); err != nil || again != code {
			t.Errorf("%q: %q, then %q %v", s, code, again, err)
		}
		decision.MaskApplicant(s)
	})
}
