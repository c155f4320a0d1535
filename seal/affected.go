// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// Use is a stamp in brief, as a report about a lost key lists it.
type Use struct {
	Stamp       string
	Seal        string // esID
	Time        time.Time
	Kind        Kind
	Application string
	CaseRef     string
	Level       string // B says that only the key's own word stands for the time
	Withdrawn   bool
}

// SealsNaming lists the seals that have not ended and whose certificate list
// names the certificate: with another certificate they must be made anew
// (GM/T 0031-2014 6.2.2).
func SealsNaming(ctx context.Context, st Store, certDER []byte) ([]Seal, error) {
	return sealsWhere(ctx, st, func(p *ses.Seal) bool {
		if slices.ContainsFunc(p.Certs, func(c []byte) bool { return string(c) == string(certDER) }) {
			return true
		}
		digest := gm.SM3(certDER)
		return slices.ContainsFunc(p.CertDigests, func(d ses.CertDigest) bool { return string(d.Value) == string(digest[:]) })
	})
}

// SealsMadeUnder lists the seals that have not ended and that were made under a
// seal maker's certificate at since or later.
func SealsMadeUnder(ctx context.Context, st Store, makerDER []byte, since time.Time) ([]Seal, error) {
	made, err := sealsWhere(ctx, st, func(p *ses.Seal) bool { return string(p.MakerCert) == string(makerDER) })
	return slices.DeleteFunc(made, func(r Seal) bool { return r.Created.Before(since) }), err
}

func sealsWhere(ctx context.Context, st Store, fits func(*ses.Seal) bool) ([]Seal, error) {
	all, err := st.Seals(ctx, "")
	if err != nil {
		return nil, err
	}
	var found []Seal
	for _, rec := range all {
		if rec.State.Ended() {
			continue
		}
		parsed, err := ses.ParseSeal(rec.DER)
		if err != nil {
			return nil, fmt.Errorf("seal: read seal %s: %w", rec.ESID, err)
		}
		if fits(parsed) {
			found = append(found, rec)
		}
	}
	return found, nil
}
