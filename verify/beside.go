// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"fmt"
	"hash"
	"io"

	"github.com/govseal/govseal/internal/gm"
)

// beside is what was handed in beside a bare signature: the digest of its
// content. With content, further digest functions can be run over it.
type beside struct {
	given bool
	sm3   []byte
	other []byte // by the other hash, when content was given
	clash bool   // content and digest disagree
}

// readBeside reads content and digest once; other may be nil.
func readBeside(d Document, other hash.Hash) (beside, error) {
	b := beside{given: d.Content != nil || d.Digest != nil, sm3: d.Digest}
	if d.Digest != nil && len(d.Digest) != gm.Size {
		return b, fmt.Errorf("verify: the digest has %d octets, SM3 has %d", len(d.Digest), gm.Size)
	}
	if d.Content == nil {
		return b, nil
	}
	h := gm.NewSM3()
	var w io.Writer = h
	if other != nil {
		w = io.MultiWriter(h, other)
	}
	n, err := io.Copy(w, io.LimitReader(d.Content, defaultSize+1))
	if err != nil {
		return b, fmt.Errorf("verify: read content: %w", err)
	}
	if n > defaultSize {
		return b, fmt.Errorf("content: %w of %d octets", ErrTooLarge, defaultSize)
	}
	sum := h.Digest()
	b.clash = d.Digest != nil && !bytes.Equal(d.Digest, sum[:])
	b.sm3 = sum[:]
	if other != nil {
		b.other = other.Sum(nil)
	}
	return b, nil
}

// besideHash compares a bare signature's SM3 digest with what lies beside it.
func (s *Stamp) besideHash(b beside, dataHash []byte) {
	s.Coverage.Scope = "whole-file"
	switch {
	case !b.given:
		s.Intact.unknown(CodeNoSignedData, "")
		s.Coverage.unknown(CodeNoSignedData, "")
		return
	case b.clash:
		s.Intact.fail(CodeHashFailure, "content and digest handed in do not belong together")
	case !bytes.Equal(b.sm3, dataHash):
		s.Intact.fail(CodeHashFailure, fmt.Sprintf("signed %x, found %x", dataHash[:min(len(dataHash), 64)], b.sm3))
	}
	s.Intact.ok()
	s.Coverage.ok()
}
