// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/govseal/govseal/verify"
)

// options is the second argument of govsealVerify. Certificates, CRLs and keys
// are PEM, any number of blocks in one text.
type options struct {
	Time         time.Time       `json:"time"` // of the verification, RFC 3339; required
	Anchors      string          `json:"anchors"`
	MakerAnchors string          `json:"makerAnchors"`
	Untrusted    string          `json:"untrusted"`
	CRLs         string          `json:"crls"`
	LedgerKeys   string          `json:"ledgerKeys"`
	Policy       string          `json:"policy"`     // default or gbt38540
	Revocation   string          `json:"revocation"` // required or optional
	RequireSeal  bool            `json:"requireSeal"`
	Arc          string          `json:"arc"`      // the operator's arc, dotted; "" means 2.999.1
	Evidence     json.RawMessage `json:"evidence"` // as GET /v1/stamps/{id}/evidence answers
	Proof        json.RawMessage `json:"proof"`    // as GET /v1/stamps/{id}/proof answers
	Digest       string          `json:"digest"`   // SM3 of what a bare signature signs, hex
	Content      []byte          `json:"content"`  // or that itself, base64
}

func examine(ctx context.Context, document, optionsJSON []byte) (*verify.Report, error) {
	var o options
	d := json.NewDecoder(bytes.NewReader(optionsJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	p, err := o.policy()
	if err != nil {
		return nil, err
	}
	doc := verify.Document{
		ReaderAt: bytes.NewReader(document), Size: int64(len(document)), Evidence: given(o.Evidence), Proof: given(o.Proof),
	}
	if o.Content != nil {
		doc.Content = bytes.NewReader(o.Content)
	}
	if o.Digest != "" {
		if doc.Digest, err = hex.DecodeString(o.Digest); err != nil {
			return nil, fmt.Errorf("read digest: %w", err)
		}
	}
	return verify.Verify(ctx, doc, p)
}

// given turns a JSON null into nothing.
func given(raw json.RawMessage) []byte {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

func (o options) policy() (verify.Policy, error) {
	p := verify.Policy{Name: o.Policy, Time: o.Time, Revocation: verify.Revocation(o.Revocation), RequireSeal: o.RequireSeal}
	for _, field := range []struct {
		name, text, block string
		into              *[][]byte
	}{
		{"anchors", o.Anchors, "CERTIFICATE", &p.Anchors},
		{"makerAnchors", o.MakerAnchors, "CERTIFICATE", &p.MakerAnchors},
		{"untrusted", o.Untrusted, "CERTIFICATE", &p.Untrusted},
		{"crls", o.CRLs, "X509 CRL", &p.CRLs},
		{"ledgerKeys", o.LedgerKeys, "PUBLIC KEY", &p.LedgerKeys},
	} {
		all, err := blocks(field.text, field.block)
		if err != nil {
			return p, fmt.Errorf("read %s: %w", field.name, err)
		}
		*field.into = all
	}
	if o.Arc != "" {
		for part := range strings.SplitSeq(o.Arc, ".") {
			n, err := strconv.ParseUint(part, 10, 31)
			if err != nil {
				return p, errors.New("read arc: not a dotted object identifier")
			}
			p.Arc = append(p.Arc, int(n))
		}
	}
	return p, nil
}

// blocks returns the contents of the PEM blocks, which must all be of one type
// and leave no other text.
func blocks(text, kind string) ([][]byte, error) {
	var all [][]byte
	rest := []byte(text)
	for len(bytes.TrimSpace(rest)) > 0 {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return nil, errors.New("not PEM")
		}
		if b.Type != kind {
			return nil, fmt.Errorf("a PEM block of type %q instead of %q", b.Type, kind)
		}
		all = append(all, b.Bytes)
	}
	return all, nil
}
