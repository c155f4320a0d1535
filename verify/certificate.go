// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"context"
	"encoding/asn1"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/tsp"
)

// Purpose is what a certificate is to be good for.
type Purpose string

// The purposes.
const (
	PurposeAny       Purpose = "any"        // a sound path, nothing asked of the usage
	PurposeSeal      Purpose = "seal"       // signing documents, as a seal's certificate does
	PurposeSealMaker Purpose = "seal-maker" // 制章者
	PurposeLedger    Purpose = "ledger"     // checkpoints
	PurposeTSA       Purpose = "tsa"
	PurposeOCSP      Purpose = "ocsp"
	PurposeTLSServer Purpose = "tls-server"
	PurposeTLSClient Purpose = "tls-client"
)

// CertificateQuestion asks whether one certificate is good.
type CertificateQuestion struct {
	Leaf    []byte  // DER
	Purpose Purpose // "" means any
	// Host is the DNS name or IP address that a TLS server must be certified
	// for; "" asks for none.
	Host     string
	MaxDepth int // certificates in a path, anchor not counted; 0 means 8
	// The policy inputs of RFC 5280 6.1.1; nil PolicyOIDs means any policy.
	PolicyOIDs                                 [][]int
	ExplicitPolicy, InhibitAny, InhibitMapping bool
}

// CertificateReport is what was found about a certificate.
type CertificateReport struct {
	Verdict    Verdict            `json:"verdict"` // valid, invalid or indeterminate
	Code       string             `json:"code,omitempty"`
	Detail     string             `json:"detail,omitempty"`
	Purpose    Purpose            `json:"purpose"`
	CheckedAt  time.Time          `json:"checkedAt"`
	Path       []*Certificate     `json:"path"` // leaf first, anchor last when one was reached
	Revocation []RevocationAnswer `json:"revocation,omitempty"`
	Tolerated  []string           `json:"tolerated,omitempty"` // deviations of the leaf that were let pass
}

// codeHostMismatch: a TLS server is certified for other names.
const codeHostMismatch = "HOST_MISMATCH"

// VerifyCertificate validates a certification path by RFC 5280 under the
// policy's anchors (for seal makers also its maker anchors), with its CRLs and
// OCSP answers, at its time. A bad path is a report; an error means that the
// question or the policy cannot be read.
func VerifyCertificate(ctx context.Context, q CertificateQuestion, p Policy) (*CertificateReport, error) {
	r, err := newRun(ctx, p)
	if err != nil {
		return nil, err
	}
	leaf, err := cert.Parse(q.Leaf)
	if err != nil {
		return nil, fmt.Errorf("verify: certificate: %w", err)
	}
	if q.Purpose == "" {
		q.Purpose = PurposeAny
	}
	usage, err := q.usage(leaf, r.arc)
	if err != nil {
		return nil, err
	}
	res, err := chain.Validate(ctx, q.request(r, leaf, r.anchors, usage))
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if q.Purpose == PurposeSealMaker && len(r.makerAnchors) > 0 && res.Code != chain.OK {
		if again, err := chain.Validate(ctx, q.request(r, leaf, r.makerAnchors, signerUsage)); err == nil && again.Code == chain.OK {
			res = again
		}
	}
	return q.report(r, leaf, res), nil
}

func (q CertificateQuestion) request(r *run, leaf *cert.Certificate, anchors []*cert.Certificate, usage chain.Usage) chain.Request {
	mode := chain.RevocationRequired
	if r.policy.Revocation == RevocationOptional {
		mode = chain.RevocationOptional
	}
	policies := chain.PolicyInputs{ExplicitPolicy: q.ExplicitPolicy, InhibitMapping: q.InhibitMapping, InhibitAny: q.InhibitAny}
	for _, id := range q.PolicyOIDs {
		policies.Initial = append(policies.Initial, asn1.ObjectIdentifier(id))
	}
	return chain.Request{Leaf: leaf, Untrusted: r.pool.certs, Anchors: anchors, Time: r.now, CRLs: r.pool.crls, Status: r.answers(),
		Revocation: mode, Usage: usage, FreshFor: r.policy.FreshFor, Policies: policies, MaxDepth: q.MaxDepth}
}

// usage turns the purpose into demands on the leaf.
func (q CertificateQuestion) usage(leaf *cert.Certificate, arc cert.Arc) (chain.Usage, error) {
	office := func(id asn1.ObjectIdentifier) chain.Usage {
		return chain.Usage{ExtKeyUsage: id, KeyUsage: signerUsage.KeyUsage, EndEntity: true}
	}
	tls := func(id asn1.ObjectIdentifier) chain.Usage {
		u := chain.Usage{ExtKeyUsage: id, AllowAny: true, EndEntity: true}
		if leaf.KeyUsage != nil { // RFC 5280 4.2.1.12: consistent with the extended one
			u.KeyUsage = cert.DigitalSignature | cert.KeyEncipherment | cert.KeyAgreement
		}
		return u
	}
	if q.Host != "" && q.Purpose != PurposeTLSServer {
		return chain.Usage{}, fmt.Errorf("verify: a host is asked for with purpose %s only", PurposeTLSServer)
	}
	switch q.Purpose {
	case PurposeAny:
		return chain.Usage{}, nil
	case PurposeSeal:
		return signerUsage, nil
	case PurposeSealMaker:
		return office(arc.SealMaker()), nil
	case PurposeLedger:
		return office(arc.Ledger()), nil
	case PurposeTSA:
		return office(cert.OIDTimeStamping), nil
	case PurposeOCSP:
		return office(cert.OIDOCSPSigning), nil
	case PurposeTLSServer:
		return tls(cert.OIDServerAuth), nil
	case PurposeTLSClient:
		return tls(cert.OIDClientAuth), nil
	}
	return chain.Usage{}, fmt.Errorf("verify: there is no purpose %.40q", q.Purpose)
}

// certificateVerdicts are the outcomes of a path. What more material could
// settle, or what we cannot judge, is indeterminate: another issuer's
// certificate is not a fake.
var certificateVerdicts = map[chain.Code]Verdict{
	chain.OK: Valid, chain.NoPath: Indeterminate, chain.NoRevocationInfo: Indeterminate, chain.StaleRevocation: Indeterminate, chain.Unsupported: Indeterminate,
}

func (q CertificateQuestion) report(r *run, leaf *cert.Certificate, res *chain.Result) *CertificateReport {
	out := &CertificateReport{Code: string(res.Code), Detail: res.Detail, Purpose: q.Purpose, CheckedAt: r.now, Path: []*Certificate{}, Tolerated: leaf.Tolerated}
	var known bool
	if out.Verdict, known = certificateVerdicts[res.Code]; !known {
		out.Verdict = Invalid
	}
	for _, c := range res.Path {
		out.Path = append(out.Path, viewCertificate(c))
	}
	var f RevocationFact
	f.answers("path", res)
	out.Revocation = f.Answers
	if out.Verdict != Valid {
		return out
	}
	if err := tsp.CheckCertificate(leaf); q.Purpose == PurposeTSA && err != nil {
		out.Verdict, out.Code, out.Detail = Invalid, string(chain.WrongUsage), err.Error()
	}
	if q.Host != "" && !certifiedFor(leaf, q.Host) {
		out.Verdict, out.Code, out.Detail = Invalid, codeHostMismatch, "no subjectAltName is that host (RFC 9525 6.3)"
	}
	return out
}

// certifiedFor compares subjectAltNames only; common names are not looked at
// (RFC 9525). A wildcard stands for exactly one whole left-most label.
func certifiedFor(leaf *cert.Certificate, host string) bool {
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	for _, g := range leaf.SubjectAltNames {
		switch {
		case err == nil && g.Tag == cert.TagIP:
			if bytes.Equal(g.Value, addr.Unmap().AsSlice()) {
				return true
			}
		case err != nil && g.Tag == cert.TagDNS:
			if sameHost(string(g.Value), host) {
				return true
			}
		}
	}
	return false
}

func sameHost(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(strings.TrimSuffix(host, "."))
	if pattern == host {
		return host != "" && !strings.Contains(host, "*")
	}
	parent, wild := strings.CutPrefix(pattern, "*.")
	label, rest, ok := strings.Cut(host, ".")
	return wild && ok && label != "" && rest == parent && strings.Contains(parent, ".") && !strings.Contains(parent, "*")
}
