// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
	"github.com/govseal/govseal/web"
)

// standing adds to a report how a document of this service stands today: its
// seals stay sound when it is withdrawn, and only the register knows. Other
// documents are left alone.
func (s *Server) standing(ctx context.Context, v *web.Report, r *verify.Report) error {
	status, err := s.statusOfFile(ctx, r)
	if errors.Is(err, seal.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if status.State == "withdrawn" {
		v.Facts = append(v.Facts, withdrawnFact(status))
		return nil
	}
	if r.Verdict != verify.Valid {
		return nil // what was registered is no comfort for a file that is not it
	}
	said, ok := standings[status.State]
	if !ok {
		return nil
	}
	v.Facts = append(v.Facts, registered(said.status, said.text))
	return nil
}

// statusOfFile finds a decision by its code, and any other file by its octets
// as they were given out; what was handed in to be sealed is not it.
func (s *Server) statusOfFile(ctx context.Context, r *verify.Report) (*CodeStatus, error) {
	if r.Decision != nil {
		return s.statusOf(ctx, r.Decision.Code)
	}
	raw, err := hex.DecodeString(r.SM3)
	if err != nil || len(raw) != 32 {
		return nil, seal.ErrNotFound
	}
	digest := [32]byte(raw)
	stamps, err := s.c.Seals.Store().StampsByDigest(ctx, digest)
	if err != nil {
		return nil, err
	}
	for _, st := range stamps {
		if role(st, digest) != "document" {
			return s.statusOf(ctx, st.Code)
		}
	}
	return nil, seal.ErrNotFound
}

var standings = map[string]struct {
	status string
	text   web.Text
}{
	"in-force":   {"ok", web.Text{ZH: "本平台登记的这份文件目前有效，没有被撤销。", EN: "This document is registered here, in force, and not withdrawn."}},
	"incomplete": {"unknown", web.Text{ZH: "列明的单位还没有全部盖章，这份文件尚不生效。", EN: "Not every department that must seal it has done so: the document is not complete yet."}},
	"expired":    {"unknown", web.Text{ZH: "这份文件登记的有效期已过。", EN: "The registered validity of this document has passed."}},
}

func registered(status string, text web.Text, details ...web.Detail) web.Fact {
	return web.Fact{Name: web.Text{ZH: "登记状态", EN: "Register"}, Status: status, Reasons: []web.Text{text}, Details: details, Open: true}
}

// withdrawnFact says since when and why, as the code's own page does.
func withdrawnFact(status *CodeStatus) web.Fact {
	return registered("failed", web.Text{ZH: "该文件已被签发单位撤销。", EN: "The issuing department has withdrawn this document."},
		details(moments("撤销时间", "Withdrawn", status.WithdrawnAt), raw("撤销原因", "Reason", status.WithdrawnWhy))...)
}
