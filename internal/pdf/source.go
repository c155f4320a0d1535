// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"fmt"
	"io"
)

const (
	blockSize  = 32 << 10
	blockCount = 32 // 1 MiB in all, whatever the size of the file
)

// source reads a file in blocks and keeps the latest ones.
type source struct {
	r      io.ReaderAt
	size   int64
	blocks map[int64][]byte
	recent []int64
	next   int
}

func newSource(r io.ReaderAt, size int64) *source {
	return &source{r: r, size: size, blocks: map[int64][]byte{}, recent: make([]int64, 0, blockCount)}
}

// block returns the block that holds the octet at pos and the block's offset.
// A block is never written again, so that a lexer may go on reading one that
// has left the cache.
func (s *source) block(pos int64) ([]byte, int64, error) {
	base := pos - pos%blockSize
	if b, ok := s.blocks[base]; ok {
		return b, base, nil
	}
	b := make([]byte, min(blockSize, s.size-base))
	if n, err := s.r.ReadAt(b, base); n < len(b) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, 0, fmt.Errorf("read PDF at octet %d: %w", base, err)
	}
	if len(s.recent) < blockCount {
		s.recent = append(s.recent, base)
	} else {
		delete(s.blocks, s.recent[s.next])
		s.recent[s.next] = base
		s.next = (s.next + 1) % blockCount
	}
	s.blocks[base] = b
	return b, base, nil
}

// bytes returns a copy of n octets at pos; the caller has checked n.
func (s *source) bytes(pos, n int64) ([]byte, error) {
	if pos < 0 || n < 0 || pos > s.size-n {
		return nil, broken(pos, "%d octets run over the end of the file", n)
	}
	b := make([]byte, n)
	if m, err := s.r.ReadAt(b, pos); int64(m) < n {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read PDF at octet %d: %w", pos, err)
	}
	return b, nil
}
