// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"reflect"

	"github.com/govseal/govseal/seal"
)

var decisionForm = map[string]part{
	"request":  {limit: maxRequestPart, required: true, json: true, schema: reflect.TypeFor[StampRequest](), doc: "a StampRequest"},
	"document": {limit: maxDecision, required: true, json: true, doc: "the decision object (govseal.decision/v1)"},
}

func (s *Server) createDecision(ctx context.Context, in *struct {
	StampHeaders
	RawBody []byte `contentType:"multipart/form-data"`
}) (*rawAnswer, error) {
	parts, err := readForm(in.ContentType, bytes.NewReader(in.RawBody), decisionForm)
	if err != nil {
		return nil, err
	}
	req, err := s.stampRequest(ctx, parts["request"], seal.KindDecision, in.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	return s.answer(s.c.Seals.StampDecision(ctx, req, parts["document"]))
}

func (s *Server) addDecisionStamp(ctx context.Context, in *struct {
	StampHeaders
	ID      string `path:"id" maxLength:"64" doc:"id of the decision"`
	RawBody []byte `contentType:"application/json"`
}) (*rawAnswer, error) {
	req, err := s.stampRequest(ctx, in.RawBody, seal.KindDecision, in.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	return s.answer(s.c.Seals.AddDecisionStamp(ctx, req, in.ID))
}
