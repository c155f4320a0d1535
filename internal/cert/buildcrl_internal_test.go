// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"bytes"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

// The short way writes the octets of the long one, or declines.
func TestShortEntries(t *testing.T) {
	date := time.Date(2026, 3, 2, 9, 30, 15, 0, time.FixedZone("CST", 8*3600))
	serials := []string{"1", "7f", "80", "ff", "100", "7fffffffffffffffffffffffffffffffffffffff"}
	for _, hex := range serials {
		serial, _ := new(big.Int).SetString(hex, 16)
		for reason := range 11 {
			for _, invalid := range []time.Time{{}, date.Add(-time.Hour), time.Date(2077, 1, 1, 0, 0, 0, 0, time.UTC)} {
				r := Revoked{Serial: serial, Date: date, Reason: reason, Invalidity: invalid}
				short := r.short(nil)
				var b cryptobyte.Builder
				err := r.add(&b)
				if (err == nil) != (short != nil) || err == nil && !bytes.Equal(short, b.BytesOrPanic()) {
					t.Fatalf("%+v: %x, %v", r, short, err)
				}
				if len(short) > shortEntry {
					t.Fatalf("%d octets", len(short))
				}
			}
		}
	}
	good := Revoked{Serial: big.NewInt(5), Date: date}
	for name, change := range map[string]func(*Revoked){
		"no serial": func(r *Revoked) { r.Serial = nil }, "zero": func(r *Revoked) { r.Serial = new(big.Int) }, "negative": func(r *Revoked) { r.Serial = big.NewInt(-5) },
		"long": func(r *Revoked) { r.Serial = new(big.Int).Lsh(big.NewInt(1), 511) }, "indirect": func(r *Revoked) { r.Issuer = []byte{0x30, 0} },
		"own extensions": func(r *Revoked) { r.Extensions = []Extension{{ID: OIDReasonCode, Value: []byte{10, 1, 1}}} },
		"far date":       func(r *Revoked) { r.Date = date.AddDate(30, 0, 0) }, "old date": func(r *Revoked) { r.Date = date.AddDate(-80, 0, 0) },
	} {
		r := good
		if change(&r); r.short(nil) != nil {
			t.Errorf("%s: want the long way", name)
		}
	}
}
