// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/verify"
)

var verifyForm = map[string]part{
	"document": {required: true, doc: "decision, PDF, seal, seal signature or CMS"},
	"content":  {limit: maxSide, doc: "what a bare signature signs"},
	"digest":   {limit: 128, doc: "or its SM3 digest, 64 hex digits"},
	"evidence": {limit: maxSide, json: true, doc: "side file NAME.evidence.json"},
	"proof":    {limit: 1 << 20, json: true, doc: "ledger proof"},
}

func (s *Server) verifyUpload(ctx context.Context, in *struct {
	ContentType string `header:"Content-Type"`
	Upload
}) (*struct{ Body verify.Report }, error) {
	parts, err := s.receiveInMemory(in.ContentType, in.body, in.length, verifyForm)
	if err != nil {
		return nil, err
	}
	report, err := s.check(ctx, parts)
	if err != nil {
		return nil, err
	}
	return &struct{ Body verify.Report }{*report}, nil
}

// check verifies what was uploaded under the service's own policy. Without a
// proof of its own, a document that this service gave back is judged with the
// proof that this service's ledger has of it.
func (s *Server) check(ctx context.Context, parts map[string][]byte) (*verify.Report, error) {
	policy, err := s.c.Policy(ctx)
	if err != nil {
		return nil, err
	}
	document := parts["document"]
	d := verify.Document{
		ReaderAt: bytes.NewReader(document), Size: int64(len(document)),
		Evidence: parts["evidence"], Proof: parts["proof"],
	}
	if content, ok := parts["content"]; ok {
		d.Content = bytes.NewReader(content)
	}
	if text, ok := parts["digest"]; ok {
		digest, err := parseDigest(string(bytes.TrimSpace(text)))
		if err != nil {
			return nil, err
		}
		d.Digest = digest[:]
	}
	if d.Proof == nil {
		d.Proof = s.ownProof(ctx, document)
	}
	report, err := verify.Verify(ctx, d, policy)
	if err != nil {
		return nil, verifyProblem(err)
	}
	s.metrics.verdict(ctx, report)
	return report, nil
}

// ownProof returns the proof of the newest stamp that gave out exactly this
// file, or nil. The verdict never depends on it, so that a database out of
// reach takes nothing but the remark.
func (s *Server) ownProof(ctx context.Context, document []byte) []byte {
	digest := gm.SM3(document)
	stamps, err := s.c.Seals.Store().StampsByDigest(ctx, digest)
	if err != nil {
		s.c.Log.WarnContext(ctx, "no proof for a report", "error", err)
		return nil
	}
	for _, st := range slices.Backward(stamps) {
		if role(st, digest) == "document" {
			continue
		}
		p, err := s.proofOf(ctx, st)
		if err != nil {
			s.c.Log.WarnContext(ctx, "no proof for a report", "error", err)
			return nil
		}
		return p
	}
	return nil
}

func verifyProblem(err error) error {
	switch {
	case errors.Is(err, verify.ErrEmpty):
		return newProblem("invalid-request", "the document is empty")
	case errors.Is(err, verify.ErrTooLarge):
		return newProblem("too-large", "the document is over the limit for its kind")
	case errors.Is(err, verify.ErrUnknownKind):
		return newProblem("unsupported-media", "neither a decision, a PDF, an OFD, a seal, a seal signature nor a CMS")
	}
	return err
}

func (s *Server) verifyCode(ctx context.Context, in *struct {
	Code string `path:"code" maxLength:"40" doc:"the code as printed; hyphens, spaces and lower case are accepted"`
}) (*struct{ Body CodeStatus }, error) {
	status, err := s.statusOf(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return &struct{ Body CodeStatus }{*status}, nil
}

// DigestQuery is the body of POST /v1/verifications/digest.
type DigestQuery struct {
	Digest string `json:"digest" pattern:"^[0-9a-fA-F]{64}$" doc:"SM3 of the file in hand"`
}

// DigestAnswer says whether exactly this file was handed in or given back.
type DigestAnswer struct {
	Found  bool         `json:"found"`
	Stamps []KnownStamp `json:"stamps,omitempty"`
}

// KnownStamp is one stamp that the file is known by.
type KnownStamp struct {
	Role        string    `json:"role" enum:"document,output,rendered" doc:"document: the file as handed in, before it was sealed"`
	ContentSeen bool      `json:"contentSeen"`
	Kind        seal.Kind `json:"kind"`
	Withdrawn   bool      `json:"withdrawn"`
	SealName    string    `json:"sealName"`
	Time        time.Time `json:"time" doc:"claimed by the signer"`
}

func (s *Server) verifyDigest(ctx context.Context, in *struct{ Body DigestQuery }) (*struct{ Body DigestAnswer }, error) {
	digest, err := parseDigest(in.Body.Digest)
	if err != nil {
		return nil, err
	}
	stamps, err := s.c.Seals.Store().StampsByDigest(ctx, digest)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body DigestAnswer }{DigestAnswer{Found: len(stamps) > 0}}
	for _, st := range stamps {
		sl, err := s.c.Seals.Store().Seal(ctx, st.Seal)
		if err != nil {
			return nil, err
		}
		out.Body.Stamps = append(out.Body.Stamps, KnownStamp{
			Role: role(st, digest), ContentSeen: st.ContentSeen, Kind: st.Kind, Withdrawn: !st.Withdrawn.IsZero(), SealName: sl.Name, Time: st.Time,
		})
	}
	return out, nil
}

func role(st seal.Stamp, digest [32]byte) string {
	switch digest {
	case st.Output:
		return "output"
	case st.Rendered, st.RenderedOFD:
		return "rendered"
	}
	return "document"
}
