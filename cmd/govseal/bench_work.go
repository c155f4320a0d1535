// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
)

// rate makes a contest of an operation of the city.
func (s *site) rate(name string, do func(context.Context, int) error, callers int, of string, target float64) contest {
	engine, _, _ := strings.Cut(s.engine, " ")
	return contest{name: fmt.Sprintf("%s, %s, %s", name, crowd(callers), engine), do: do, workers: callers, unit: "/s", of: of, target: target}
}

func crowd(callers int) string {
	if callers == 1 {
		return "1 caller"
	}
	return itoa(callers) + " callers"
}

// stamp stamps a digest nobody stamped before, durably and ledgered.
func (s *site) stamp(ctx context.Context, _ int) error {
	key := rand.Text()
	st, err := s.seals.StampDigest(ctx, s.request(key), gm.SM3([]byte(key)))
	if err == nil && st.Level != seal.LevelT {
		err = errors.New("a stamp bears no time stamp")
	}
	return err
}

func (s *site) request(key string) seal.Request {
	return seal.Request{Application: s.app, Seal: s.seal.ESID, Matter: demoMatter, CaseRef: "SL-2026-000123", IdempotencyKey: key}
}

// stampHTTP is stamp through the sign API. Its client does what any client
// must, on the same cores: write the request, read the answer.
func (s *site) stampHTTP(ctx context.Context, caller int) error {
	l, err := s.line(ctx, caller)
	if err != nil {
		return err
	}
	key := rand.Text()
	digest := gm.SM3([]byte(key))
	body, err := json.Marshal(api.DigestRequest{Digest: hex.EncodeToString(digest[:]),
		StampRequest: api.StampRequest{Seal: s.seal.ESID, Matter: demoMatter, CaseRef: "SL-2026-000123"}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/v1/stamps/digest", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	return l.ask(req, http.StatusCreated)
}

// issue certifies the key of a caller for a department.
func (s *site) issue(ctx context.Context, caller int) error {
	_, err := s.ca.Issue(ctx, ca.Request{Actor: benchActor, Profile: ca.ProfileDepartment, PublicKey: s.keys[caller], Department: s.dept.ID,
		Subject: ca.Subject{Organization: s.dept.Name, CreditCode: s.dept.CreditCode}})
	return err
}

// makeSeal makes a round seal from nothing to active: key, certificate, picture,
// the maker's signature.
func (s *site) makeSeal(ctx context.Context, _ int) error {
	_, err := s.seals.Make(ctx, seal.MakeRequest{Actor: benchActor, Department: s.dept.ID})
	return err
}

// disk is the lower bound of one durable act alone: 4 kB written and synced.
func (s *site) disk() contest {
	block := make([]byte, 4<<10)
	return contest{name: "write and fsync of 4 kB", workers: 1, unit: "/s", do: func(context.Context, int) error {
		return writeSynced(filepath.Join(s.dir, "bench.fsync"), block)
	}}
}
