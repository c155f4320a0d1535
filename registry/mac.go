// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"encoding/binary"
	"strconv"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// MAC is HMAC-SM3 over a label and length-prefixed fields, for records of
// other packages (the state of a seal).
func MAC(key [32]byte, label string, fields ...string) [32]byte {
	var b []byte
	for _, s := range append([]string{label}, fields...) {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	return gm.HMAC(key[:], b)
}

// MAC returns the authentication code of a record under the registry's key;
// every field is covered, times to the millisecond. The store writes it beside
// the row and compares it on every read (ErrTampered).
func (g Grant) MAC(key [32]byte) [32]byte {
	fields := []string{g.ID, g.Application, g.Officer, g.Seal, strconv.Itoa(len(g.Matters))}
	fields = append(fields, g.Matters...)
	fields = append(fields, strconv.Itoa(len(g.Kinds)))
	fields = append(fields, g.Kinds...)
	fields = append(fields, millis(g.NotBefore), millis(g.NotAfter), string(g.State), millis(g.Created))
	return MAC(key, "govseal/registry/grant/v1", fields...)
}

// MAC is as Grant.MAC.
func (a Application) MAC(key [32]byte) [32]byte {
	return MAC(key, "govseal/registry/application/v1",
		a.ID, a.Name, string(a.TokenDigest[:]), string(a.State), millis(a.Created))
}

// MAC is as Grant.MAC.
func (o Officer) MAC(key [32]byte) [32]byte {
	return MAC(key, "govseal/registry/officer/v1",
		o.ID, o.Department, o.Name, o.StaffNo, string(o.State), millis(o.Created))
}

// MAC is as Grant.MAC.
func (d Department) MAC(key [32]byte) [32]byte {
	return MAC(key, "govseal/registry/department/v1",
		d.ID, d.Name, d.CreditCode, d.AreaCode, d.Parent, string(d.State), millis(d.Created))
}

// EqualMAC compares two authentication codes in constant time.
func EqualMAC(a, b [32]byte) bool { return gm.EqualMAC(a[:], b[:]) }

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
