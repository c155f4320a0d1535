// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/govseal/govseal/seal"
)

// route is the whole of the service's surface, readable in one screen.
func (s *Server) route() error {
	r := chi.NewRouter()
	r.Use(s.observe, middleware.Timeout(handlerTimeout))
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { newProblem("not-found", "").write(w, r) })
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) { newProblem("method-not-allowed", "").write(w, r) })
	s.router = r

	sign := humachi.New(r, s.openAPI())
	s.huma = sign
	look := humachi.New(r.With(s.limit(s.c.CodeLimit)), s.share(sign))
	uploads := chi.Middlewares{s.limit(s.c.UploadLimit), s.bounded(s.c.Uploads)}
	upload := humachi.New(r.With(uploads...), s.share(sign))

	document, small := s.c.MaxDocument+maxRequestPart+formOverhead, int64(maxRequestPart)

	post(s, sign, "/v1/stamps", "Stamp a PDF or an OFD", "stamps", s.createStamp, body(document), form(sign, stampForm), answersStamp)
	post(s, sign, "/v1/stamps/digest", "Stamp a bare digest", "stamps", s.createDigestStamp, body(small), jsonBody[DigestRequest](sign), answersStamp)
	get(s, sign, "/v1/stamps/{id}", "Record of a stamp", "stamps", s.getStamp)
	get(s, sign, "/v1/stamps/{id}/document", "What the stamp gave back", "stamps", s.getDocument, file("application/octet-stream"))
	get(s, sign, "/v1/stamps/{id}/evidence", "Evidence for an offline check", "stamps", s.getEvidence)
	get(s, sign, "/v1/stamps/{id}/proof", "Proof that the ledger holds the stamp", "stamps", s.getProof)
	post(s, sign, "/v1/stamps/{id}/withdraw", "Withdraw what was stamped", "stamps", s.withdrawStamp, body(small))
	post(s, sign, "/v1/extensions", "Raise the level of a sealed PDF", "stamps", s.createExtension, body(document+maxSide), form(sign, extensionForm), file(seal.TypePDF))
	post(s, sign, "/v1/decisions", "Stamp a decision", "decisions", s.createDecision, body(small+maxDecision+formOverhead), form(sign, decisionForm), answersStamp)
	post(s, sign, "/v1/decisions/{id}/stamps", "A further department's stamp", "decisions", s.addDecisionStamp, body(small), jsonBody[StampRequest](sign), answersStamp)

	public := func(o *huma.Operation) { o.Security, o.Middlewares = nil, nil }
	post(s, upload, "/v1/verifications", "Check a document", "verifications", s.verifyUpload, body(document+maxSide), form(upload, verifyForm), public)
	get(s, look, "/v1/verifications/{code}", "Look up a verification code", "verifications", s.verifyCode, public)
	post(s, look, "/v1/verifications/digest", "Look up a document by its digest", "verifications", s.verifyDigest, body(small), public)
	get(s, sign, "/v1/seals/{esID}", "Public status of a seal", "seals", s.sealStatus, public)

	r.Get("/pki/{name}", s.pki)
	r.Head("/pki/{name}", s.pki)
	r.Post("/pki/ocsp", s.postOCSP)
	r.Get("/pki/ocsp/*", s.getOCSP)
	if s.c.TSA != nil {
		r.With(s.limit(s.c.StampLimit)).Post("/pki/tsa", s.postTSA)
	}
	r.Get("/ledger/checkpoint", s.checkpoint)
	r.Get("/ledger/consistency/{from}/{to}", s.consistency)
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	r.Get("/readyz", s.ready)
	r.Get("/openapi.json", s.serveOpenAPI)
	return s.mountPages(r, uploads)
}

type option = func(*huma.Operation)

func get[I, O any](s *Server, api huma.API, path, summary, tag string, h func(context.Context, *I) (*O, error), opts ...option) {
	register(s, api, http.MethodGet, path, summary, tag, h, opts)
}

func post[I, O any](s *Server, api huma.API, path, summary, tag string, h func(context.Context, *I) (*O, error), opts ...option) {
	register(s, api, http.MethodPost, path, summary, tag, h, opts)
}

// register adds one operation: authenticated unless an option says otherwise,
// its errors mapped by problemOf.
func register[I, O any](s *Server, api huma.API, verb, path, summary, tag string, h func(context.Context, *I) (*O, error), opts []option) {
	op := huma.Operation{
		Method: verb, Path: path, Summary: summary, Tags: []string{tag},
		OperationID:     huma.GenerateOperationID(verb, path, (*O)(nil)),
		BodyReadTimeout: readTimeout,
		Security:        []map[string][]string{{"bearer": {}}},
		Middlewares:     huma.Middlewares{s.authenticate},
		Errors:          []int{},
		Responses:       map[string]*huma.Response{},
	}
	for _, o := range opts {
		o(&op)
	}
	declared := declaredBody(op.RequestBody)
	if declared != nil && declared.Content["multipart/form-data"] != nil {
		op.RequestBody.Content["multipart/form-data"].Schema = nil // else huma reads the body before the handler can
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		return out, nil
	})
	if declared != nil {
		*op.RequestBody = *declared // huma calls every body that a route reads itself binary
	}
}

// declaredBody is a copy of what an option declared, nil when none did.
func declaredBody(b *huma.RequestBody) *huma.RequestBody {
	if b == nil {
		return nil
	}
	c := *b
	c.Content = map[string]*huma.MediaType{}
	for name, media := range b.Content {
		m := *media
		c.Content[name] = &m
	}
	return &c
}

func body(limit int64) option { return func(o *huma.Operation) { o.MaxBodyBytes = limit } }

// file declares a binary answer.
func file(mediaType string) option {
	return func(o *huma.Operation) {
		o.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{
			mediaType: {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}}
	}
}

// answersStamp declares the record of a stamp, whose octets are written as
// they were first given.
func answersStamp(o *huma.Operation) {
	o.DefaultStatus = http.StatusCreated
	o.Responses["201"] = &huma.Response{Description: "The stamp's record", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/" + reflect.TypeFor[stampRecordSchema]().Name()}},
	}}
}
