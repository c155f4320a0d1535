// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/govseal/govseal/internal/decision"
	"github.com/govseal/govseal/seal"
)

// StampRequest is the JSON part "request" of POST /v1/stamps and
// /v1/decisions, and the body of the other stamping routes.
type StampRequest struct {
	Seal    string        `json:"seal" doc:"number of the seal, 14 digits" example:"99010100000001"`
	Officer string        `json:"officer,omitempty" doc:"staff number or id of the officer who decided"`
	Matter  string        `json:"matter,omitempty" doc:"code of the approval matter"`
	CaseRef string        `json:"caseRef,omitempty" doc:"case number in the calling system"`
	Kind    seal.Kind     `json:"kind,omitempty" enum:"pdf,ofd,decision,digest" doc:"must fit the route when given; POST /v1/stamps takes pdf (the default) and ofd"`
	Place   Placement     `json:"placement,omitempty" doc:"one place, or a list of places of one signature; PDF and OFD"`
	Caption *seal.Caption `json:"caption,omitempty" doc:"what stands below the seal; PDF only"`
	Certify int           `json:"certify,omitempty" minimum:"1" maximum:"3" doc:"certify the document with its first signature: 1 no change, 2 filling in and further signatures, 3 annotations too; PDF only"`
	Lock    bool          `json:"lock,omitempty" doc:"the last signature: nobody may sign or fill in a field afterwards; PDF and OFD"`
	OFD     *seal.OFD     `json:"ofd,omitempty" doc:"what only a signature on an OFD can ask for"`
	Reason  string        `json:"reason,omitempty" doc:"shown by PDF readers; PDF only"`
	Profile string        `json:"profile,omitempty" enum:"cms,ses" doc:"form of the signature in a PDF"`
	Level   string        `json:"level,omitempty" enum:"T,LT,LTA" doc:"T when absent; LT and LTA append what it takes to judge the file years later; PDF only"`
	DryRun  bool          `json:"dryRun,omitempty" doc:"answer where the seal would stand, and sign nothing; PDF only"`
}

// StampHeaders is what every stamping route takes beside its body.
type StampHeaders struct {
	IdempotencyKey string `header:"Idempotency-Key" doc:"required; 1 to 255 printable ASCII characters, kept 7 days" example:"case-2026-000123-stamp-1"`
	ContentType    string `header:"Content-Type"`
}

type rawAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

var stampForm = map[string]part{
	"request":  {limit: maxRequestPart, required: true, json: true, schema: reflect.TypeFor[StampRequest](), doc: "a StampRequest"},
	"document": {required: true, doc: "the PDF or OFD to be sealed"},
}

func (s *Server) createStamp(ctx context.Context, in *struct {
	StampHeaders
	Upload
}) (*rawAnswer, error) {
	f, err := s.receive(in.ContentType, &in.Upload, stampForm)
	if err != nil {
		return nil, err
	}
	defer f.document.Close()
	var r StampRequest
	if err := readJSON(f.parts["request"], &r); err != nil {
		return nil, err
	}
	if r.Kind == "" {
		r.Kind = seal.KindPDF
	}
	if r.Kind == seal.KindOFD {
		req, err := s.sealRequest(ctx, r, seal.KindOFD, in.IdempotencyKey)
		if err != nil {
			return nil, err
		}
		document, err := f.document.octets()
		if err != nil {
			return nil, err
		}
		return s.answer(s.c.Seals.StampOFD(ctx, req, document))
	}
	req, err := s.sealRequest(ctx, r, seal.KindPDF, in.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	return s.answer(s.c.Seals.StampPDFFrom(ctx, req, f.document, f.document.size))
}

// DigestRequest is the body of POST /v1/stamps/digest.
type DigestRequest struct {
	StampRequest
	Digest string `json:"digest" doc:"SM3 of the content, 64 hex digits" example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
}

func (s *Server) createDigestStamp(ctx context.Context, in *struct {
	StampHeaders
	RawBody []byte `contentType:"application/json"`
}) (*rawAnswer, error) {
	var d DigestRequest
	if err := readJSON(in.RawBody, &d); err != nil {
		return nil, err
	}
	digest, err := parseDigest(d.Digest)
	if err != nil {
		return nil, err
	}
	req, err := s.sealRequest(ctx, d.StampRequest, seal.KindDigest, in.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	return s.answer(s.c.Seals.StampDigest(ctx, req, digest))
}

func parseDigest(text string) (digest [32]byte, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(digest) {
		return digest, newProblem("invalid-request", "digest is not 64 hex digits")
	}
	return [32]byte(raw), nil
}

func (s *Server) stampRequest(ctx context.Context, raw []byte, kind seal.Kind, key string) (seal.Request, error) {
	var r StampRequest
	if err := readJSON(raw, &r); err != nil {
		return seal.Request{}, err
	}
	return s.sealRequest(ctx, r, kind, key)
}

func (s *Server) sealRequest(ctx context.Context, r StampRequest, kind seal.Kind, key string) (seal.Request, error) {
	if key == "" && !r.DryRun {
		return seal.Request{}, newProblem("idempotency-key", "send the header Idempotency-Key, one value a stamp")
	}
	if r.Kind != "" && r.Kind != kind {
		return seal.Request{}, newProblem("invalid-request", "kind does not fit this route")
	}
	out := seal.Request{
		Application: caller(ctx), Officer: r.Officer, Seal: r.Seal, Matter: r.Matter, CaseRef: r.CaseRef,
		IdempotencyKey: key, Place: seal.Placement(r.Place), Certify: r.Certify, Lock: r.Lock,
		Reason: r.Reason, Profile: r.Profile, Level: r.Level, DryRun: r.DryRun,
	}
	if r.Caption != nil {
		out.Caption = *r.Caption
	}
	if r.OFD != nil {
		out.OFD = *r.OFD
	}
	return out, nil
}

func (s *Server) answer(st *seal.Stamp, err error) (*rawAnswer, error) {
	s.metrics.stamp(st, err)
	if err != nil {
		return nil, err
	}
	return &rawAnswer{ContentType: "application/json", Body: st.Answer}, nil
}

// withDocument gives the document part the configured limit.
func (s *Server) withDocument(form map[string]part) map[string]part {
	out := map[string]part{}
	for name, p := range form {
		if p.limit == 0 {
			p.limit = s.c.MaxDocument
		}
		out[name] = p
	}
	return out
}

// StampPath names a stamp.
type StampPath struct {
	ID string `path:"id" maxLength:"64" doc:"id of the stamp"`
}

// StampRecord is a stamp as first answered, and whether it still stands.
type StampRecord struct {
	seal.Answer
	WithdrawnAt  *time.Time `json:"withdrawnAt,omitempty"`
	WithdrawnWhy string     `json:"withdrawnWhy,omitempty"`
}

type stampRecordSchema = StampRecord

// own returns a stamp of the calling application; others' are not found.
func (s *Server) own(ctx context.Context, id string) (seal.Stamp, error) {
	st, err := s.c.Seals.Store().Stamp(ctx, id)
	if err == nil && st.Application != caller(ctx).ID {
		err = seal.ErrNotFound
	}
	return st, err
}

func (s *Server) getStamp(ctx context.Context, in *StampPath) (*struct{ Body StampRecord }, error) {
	st, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body StampRecord }{}
	if err := json.Unmarshal(st.Answer, &out.Body.Answer); err != nil {
		return nil, err
	}
	if !st.Withdrawn.IsZero() {
		out.Body.WithdrawnAt, out.Body.WithdrawnWhy = &st.Withdrawn, st.WithdrawnWhy
	}
	return out, nil
}

func (s *Server) getDocument(ctx context.Context, in *struct {
	StampPath
	Form string `query:"form" enum:"pdf,ofd" doc:"the rendered paper of a decision instead of its JSON"`
}) (*fileAnswer, error) {
	st, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	digest, media := st.Output, st.OutputType
	if st.Kind == seal.KindDecision {
		switch in.Form {
		case "pdf":
			digest, media = st.Rendered, seal.TypePDF
		case "ofd":
			digest, media = st.RenderedOFD, seal.TypeOFD
		}
	}
	f, err := s.c.Seals.File(ctx, digest)
	if err != nil {
		if p := domainProblem(err); p != nil && p.Status == http.StatusNotFound {
			return nil, newProblem("gone", "")
		}
		return nil, err
	}
	size, err := sizeOf(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fileAnswer{ContentType: media, Body: s.send(f, size, func() { _ = f.Close() })}, nil
}

// EvidenceAnswer is the side file NAME.evidence.json.
type EvidenceAnswer = decision.Evidence

func (s *Server) getEvidence(ctx context.Context, in *StampPath) (*struct{ Body EvidenceAnswer }, error) {
	st, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body EvidenceAnswer }{EvidenceAnswer{Certificates: st.Chain, CRLs: st.CRLs}}, nil
}

func (s *Server) getProof(ctx context.Context, in *StampPath) (*rawAnswer, error) {
	st, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	raw, err := s.proofOf(ctx, st)
	if err != nil {
		return nil, err
	}
	return &rawAnswer{ContentType: "application/json", Body: raw}, nil
}

func (s *Server) proofOf(ctx context.Context, st seal.Stamp) ([]byte, error) {
	p, err := s.c.Ledger.Proof(ctx, "stamp", st.ID, provable(st)...)
	if err != nil {
		return nil, err
	}
	return p.Marshal()
}

// WithdrawRequest is the body of POST /v1/stamps/{id}/withdraw.
type WithdrawRequest struct {
	Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"shown to the public; no personal data"`
}

func (s *Server) withdrawStamp(ctx context.Context, in *struct {
	StampPath
	Body WithdrawRequest
}) (*struct{ Body StampRecord }, error) {
	st, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.c.Seals.Withdraw(ctx, "app:"+st.Application, st.ID, in.Body.Reason); err != nil {
		return nil, err
	}
	return s.getStamp(ctx, &in.StampPath)
}
