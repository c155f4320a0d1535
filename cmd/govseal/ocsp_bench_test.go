// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
)

// BenchmarkOCSP compares answers from the pre-signed cache over HTTP with an
// empty handler that reads the same request and writes as many octets, both
// behind net/http on loopback (design.md section 11).
func BenchmarkOCSP(b *testing.B) {
	ctx := b.Context()
	c, err := createCity(ctx, founding{
		dir: filepath.Join(b.TempDir(), "city"), config: Config{Name: "示例市"}, actor: "operator:test",
		passphrase: []byte("a passphrase for tests"), rootPassphrase: []byte("another one for the root"),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	s, err := c.server()
	if err != nil {
		b.Fatal(err)
	}
	request := benchRequest(b, c)
	answer, err := c.ca.OCSP(ctx, request)
	if err != nil {
		b.Fatal(err)
	}
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(answer.DER)
	})
	b.Run("empty", func(b *testing.B) { benchPost(ctx, b, empty, request) })
	b.Run("cached", func(b *testing.B) { benchPost(ctx, b, s.Handler(), request) })
}

// benchRequest asks for one certificate of the city by SHA-1, as clients do.
func benchRequest(b *testing.B, c *city) []byte {
	b.Helper()
	all, err := c.ca.Find(b.Context(), ca.Query{Profile: ca.ProfileTSA})
	if err != nil || len(all) == 0 {
		b.Fatalf("no certificate to ask for: %v", err)
	}
	leaf, err := cert.Parse(all[0].DER)
	if err != nil {
		b.Fatal(err)
	}
	issuer, err := cert.Parse(c.ca.Issuing())
	if err != nil {
		b.Fatal(err)
	}
	id, err := ocsp.NewCertID(ocsp.OIDSHA1, issuer.RawSubject, issuer.RawSPKI, leaf.Serial)
	if err != nil {
		b.Fatal(err)
	}
	request, err := (&ocsp.Request{Items: []ocsp.Item{{ID: id}}}).Marshal()
	if err != nil {
		b.Fatal(err)
	}
	return request
}

func benchPost(ctx context.Context, b *testing.B, h http.Handler, request []byte) {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: h} //nolint:gosec // loopback, in a benchmark
	go func() { _ = server.Serve(ln) }()
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+ln.Addr().String()+"/pki/ocsp", bytes.NewReader(request))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/ocsp-request")
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}
