// SPDX-License-Identifier: Apache-2.0

// Package tsa is a time-stamp authority (RFC 3161, GM/T 0033) with SM2 and SM3.
package tsa

import (
	"context"
	"crypto"
	"encoding/asn1"
	"time"
)

// Config of an Authority.
type Config struct {
	Signer      crypto.Signer
	Certificate []byte   // DER, with the critical timeStamping usage
	Chain       [][]byte // further certificates put into tokens
	Policy      asn1.ObjectIdentifier
	Now         func() time.Time
	Accuracy    time.Duration // 0 means 1 s
}

// Authority answers time-stamp requests. It is safe for concurrent use.
type Authority struct{ _ struct{} }

func New(c Config) (*Authority, error) { panic("unwritten") }

// Stamp returns a token over SM3 of data.
func (a *Authority) Stamp(ctx context.Context, data []byte) (token []byte, err error) {
	panic("unwritten")
}

// Respond answers a DER TimeStampReq with a DER TimeStampResp, refusals included.
func (a *Authority) Respond(ctx context.Context, request []byte) (response []byte) {
	panic("unwritten")
}
