// SPDX-License-Identifier: Apache-2.0

package tsa

import (
	"context"
	"errors"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/tsp"
)

// MaxRequest bounds a TimeStampReq in octets; real ones have about 70.
const MaxRequest = 4 << 10

// refusal is a rejection by the rules of RFC 3161 2.4.2.
type refusal struct {
	failure int
	text    string
}

func (r *refusal) Error() string { return r.text }

// Respond answers a DER TimeStampReq with a DER TimeStampResp, refusals included.
func (a *Authority) Respond(ctx context.Context, request []byte) (response []byte) {
	token, err := a.respond(ctx, request)
	status, failure, text := tsp.StatusGranted, -1, ""
	var no *refusal
	switch {
	case err == nil:
	case errors.As(err, &no):
		status, failure, text = tsp.StatusRejection, no.failure, no.text
	case errors.Is(err, ErrClock):
		status, failure, text = tsp.StatusRejection, tsp.FailTimeNotAvailable, "the time source is not available"
	default: // the cause is the operator's business, not the requester's
		status, failure, text = tsp.StatusRejection, tsp.FailSystemFailure, "the request cannot be handled now"
	}
	response, err = tsp.MarshalResponse(status, text, failure, token)
	if err != nil {
		return nil // cannot happen: constant status and text, and a token that was just built
	}
	return response
}

func (a *Authority) respond(ctx context.Context, request []byte) ([]byte, error) {
	if len(request) > MaxRequest {
		return nil, &refusal{tsp.FailBadDataFormat, "the request is too long"}
	}
	r, err := tsp.ParseRequest(request)
	if err != nil {
		return nil, &refusal{tsp.FailBadDataFormat, "the request is not a DER TimeStampReq of version 1"}
	}
	h, err := cms.NewHash(r.HashAlgorithm)
	if err != nil || cms.WeakDigest(r.HashAlgorithm) {
		return nil, &refusal{tsp.FailBadAlg, "the digest algorithm is not accepted"}
	}
	if len(r.Imprint) != h.Size() {
		return nil, &refusal{tsp.FailBadDataFormat, "the imprint does not have the digest's length"}
	}
	if r.Policy != nil && !r.Policy.Equal(a.c.Policy) {
		return nil, &refusal{tsp.FailUnacceptedPolicy, "the policy is not this authority's"}
	}
	if r.Extensions != nil {
		return nil, &refusal{tsp.FailUnacceptedExtension, "no extension is understood"}
	}
	return a.issue(ctx, r)
}
