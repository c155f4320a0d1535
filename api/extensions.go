// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/govseal/govseal/seal"
)

// ExtensionRequest is the JSON part "request" of POST /v1/extensions.
type ExtensionRequest struct {
	Level string `json:"level,omitempty" enum:"T,LT,LTA" doc:"level to reach; LTA when absent, and again to renew"`
}

var extensionForm = map[string]part{
	"request":  {limit: maxRequestPart, json: true, doc: "an ExtensionRequest"},
	"document": {required: true, doc: "the sealed PDF"},
	"evidence": {limit: maxSide, json: true, doc: "certificates, crls and ocsp (lists of DER in base64) for certificates of other authorities; at most 64 of each"},
}

// extended is the extended file, with what was reached in headers of its own.
type extended struct {
	ContentType string `header:"Content-Type"`
	Level       string `header:"Govseal-Level" doc:"level reached: B, T, LT or LTA"`
	Reason      string `header:"Govseal-Level-Reason" doc:"why it is lower than asked: no-tsa, tsa-unavailable, no-evidence"`
	TimeStamps  string `header:"Govseal-Time-Stamps" doc:"document time-stamps that were added"`
	Body        func(huma.Context)
}

// createExtension needs no seal and no grant: nothing is signed in anybody's
// name but the time-stamp authority's. It keeps no file, only the record, and may
// be repeated.
func (s *Server) createExtension(ctx context.Context, in *struct {
	ContentType string `header:"Content-Type"`
	Upload
}) (*extended, error) {
	f, err := s.receive(in.ContentType, &in.Upload, extensionForm)
	if err != nil {
		return nil, err
	}
	e, err := s.extend(ctx, f)
	if err != nil {
		f.document.Close()
		return nil, err
	}
	whole := io.MultiReader(io.NewSectionReader(f.document, 0, f.document.size), bytes.NewReader(e.Tail))
	return &extended{
		ContentType: seal.TypePDF, Level: e.Level, Reason: e.LevelReason,
		TimeStamps: strconv.Itoa(e.TimeStamps), Body: s.send(whole, e.Size, f.document.Close),
	}, nil
}

func (s *Server) extend(ctx context.Context, f *received) (*seal.Extension, error) {
	var r ExtensionRequest
	if raw, given := f.parts["request"]; given {
		if err := readJSON(raw, &r); err != nil {
			return nil, err
		}
	}
	var supplied *seal.Evidence
	if raw, given := f.parts["evidence"]; given {
		var err error
		if supplied, err = seal.ReadEvidence(raw); err != nil {
			return nil, err
		}
	}
	return s.c.Seals.ExtendFrom(ctx, caller(ctx), f.document, f.document.size, orWord(r.Level, seal.LevelLTA), supplied)
}

func orWord(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}
