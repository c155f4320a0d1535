// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is an error as RFC 9457 has it. Type is stable: programs branch on
// it. Title is in the client's language; Detail is English, names what was
// wrong and where, and never repeats a value that was sent.
type Problem struct {
	Type   string         `json:"type" example:"urn:govseal:problem:denied" doc:"stable name of the problem"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Reason string         `json:"reason,omitempty" doc:"stable reason of a refusal or denial"`
	Errors []ProblemField `json:"errors,omitempty" doc:"fields of the request that are wrong"`

	name       string
	retryAfter string
}

// ProblemField is one wrong field of a request.
type ProblemField struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

const problemPrefix = "urn:govseal:problem:"

// kinds of problems: status, English title, Chinese title.
var kinds = map[string]struct {
	status int
	en, zh string
}{
	"bad-request":         {400, "The request cannot be read", "无法读取请求"},
	"idempotency-key":     {400, "An Idempotency-Key is required", "缺少或错误的 Idempotency-Key"},
	"unauthenticated":     {401, "A valid bearer token is required", "需要有效的接入令牌"},
	"denied":              {403, "The use of this seal is not granted", "没有使用该印章的授权"},
	"not-found":           {404, "There is nothing here", "没有找到"},
	"method-not-allowed":  {405, "This method is not allowed here", "不允许使用该方法"},
	"not-acceptable":      {406, "No representation fits the Accept header", "没有可接受的表示形式"},
	"timeout":             {408, "The request took too long to arrive", "接收请求超时"},
	"in-progress":         {409, "The same request is still running", "相同的请求正在处理中"},
	"conflict":            {409, "The state does not allow this", "当前状态不允许此操作"},
	"gone":                {410, "The file is not kept here", "文件未在本系统保存"},
	"too-large":           {413, "The request is too large", "请求过大"},
	"unsupported-media":   {415, "The media type is not supported", "不支持的媒体类型"},
	"key-reused":          {422, "The Idempotency-Key was used with another request", "该 Idempotency-Key 已用于另一请求"},
	"invalid-request":     {422, "The request is not valid", "请求无效"},
	"refused":             {422, "The document must not be sealed", "该文件不能盖章"},
	"rate-limited":        {429, "Too many requests from this address", "来自该地址的请求过多"},
	"internal":            {500, "Something went wrong here", "系统内部错误"},
	"sealing-unavailable": {503, "Sealing is stopped; verification goes on", "盖章服务暂停，验章服务正常"},
	"unavailable":         {503, "The service is not ready", "服务暂不可用"},
}

func newProblem(name, detail string) *Problem {
	k, ok := kinds[name]
	if !ok {
		name, k = "internal", kinds["internal"]
	}
	return &Problem{Type: problemPrefix + name, Title: k.en, Status: k.status, Detail: detail, name: name}
}

// Error makes a Problem an error; GetStatus and ContentType are what huma asks for.
func (p *Problem) Error() string { return p.name + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders adds Retry-After where waiting helps.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="govseal"`)
	}
	return h
}

// in translates the title for the languages a client prefers.
func (p *Problem) in(acceptLanguage string) *Problem {
	if preferChinese(acceptLanguage) {
		p.Title = kinds[p.name].zh
	}
	return p
}

func preferChinese(acceptLanguage string) bool {
	first, _, _ := strings.Cut(strings.ToLower(acceptLanguage), ",")
	return strings.HasPrefix(strings.TrimSpace(first), "zh")
}

// write answers a plain handler's request with the problem.
func (p *Problem) write(w http.ResponseWriter, r *http.Request) {
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p.in(r.Header.Get("Accept-Language")))
}

// byStatus names the problems that huma itself finds.
var byStatus = map[int]string{
	400: "bad-request", 404: "not-found", 405: "method-not-allowed", 406: "not-acceptable", 408: "timeout",
	413: "too-large", 415: "unsupported-media", 422: "invalid-request",
}

func init() {
	// huma's own errors echo the offending value; ours name its place only.
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		p := humaProblem(status, errs)
		if ctx != nil {
			p.in(ctx.Header("Accept-Language"))
		}
		return p
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return humaProblem(status, errs) }
}

func humaProblem(status int, errs []error) *Problem {
	name, ok := byStatus[status]
	if !ok {
		name = "internal"
	}
	p := newProblem(name, "")
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			detail := d.ErrorDetail()
			p.Errors = append(p.Errors, ProblemField{Location: detail.Location, Message: detail.Message})
		}
	}
	return p
}
