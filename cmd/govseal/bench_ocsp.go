// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/cert"
)

// ocsp compares answers from the pre-signed cache over HTTP with an empty
// handler that reads the same request and writes as many octets, behind the
// same server on loopback (design.md section 11).
func (s *site) ocsp(ctx context.Context, callers int) ([]contest, error) {
	request, err := s.ocspRequest(ctx)
	if err != nil {
		return nil, fmt.Errorf("an OCSP request: %w", err)
	}
	answer, err := s.ca.OCSP(ctx, request)
	if err != nil {
		return nil, err
	}
	if answer.NextUpdate.IsZero() {
		return nil, errors.New("the OCSP answer is none that is kept")
	}
	empty, err := s.emptyHandler(answer.DER)
	if err != nil {
		return nil, err
	}
	ask := func(base string) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error { return s.askOCSP(ctx, base+"/pki/ocsp", request) }
	}
	reference := "empty handler over HTTP, " + crowd(callers)
	return []contest{
		{name: reference, unit: "/s", workers: callers, do: ask(empty), counts: fmt.Sprintf("reads %d octets, writes %d", len(request), len(answer.DER))},
		s.rate("OCSP answer, over HTTP", ask(s.base), callers, reference, 0.5),
	}, nil
}

// ocspRequest asks for one certificate of the city by SHA-1, as clients do: the
// hashes of the issuer, a serial number.
func (s *site) ocspRequest(ctx context.Context) ([]byte, error) {
	all, err := s.ca.Find(ctx, ca.Query{Profile: ca.ProfileTSA, CA: ca.IssuingID, Limit: 1})
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("no certificate to ask for: %w", err)
	}
	leaf, err := cert.Parse(all[0].DER)
	if err != nil {
		return nil, err
	}
	return ca.OCSPRequest(s.ca.Issuing(), leaf.Serial)
}

// emptyHandler serves nothing but so many octets, and returns its address.
func (s *site) emptyHandler(answer []byte) (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- api.Serve(ctx, ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = w.Write(answer)
		}))
	}()
	s.ends = append(s.ends, func() error {
		s.http.CloseIdleConnections()
		stop()
		return <-served
	})
	return "http://" + ln.Addr().String(), nil
}

func (s *site) askOCSP(ctx context.Context, address string, request []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(request))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/ocsp-request")
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", res.Status)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
