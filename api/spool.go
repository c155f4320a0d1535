// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// Documents to be sealed or extended are received into memory while they are
// small, and into a temporary file when they are not: the service's memory
// must not grow with what its callers send.
const (
	spoolFrom    = 1 << 20 // octets that stay in memory
	spoolAtOnce  = 8       // full-sized documents on disk at once; more callers are told to wait
	spoolPattern = "govseal-upload-*"
)

// spool is where large uploads are put down.
type spool struct {
	dir   string // "" means the system's
	limit int64  // octets on disk at once
	used  atomic.Int64
}

// paper is an uploaded document.
type paper struct {
	io.ReaderAt
	size int64
	file *os.File // nil when it is in memory
	from *spool
}

// octets is the whole document in memory, for formats that need it there.
func (p *paper) octets() ([]byte, error) {
	all := make([]byte, p.size)
	if n, err := p.ReadAt(all, 0); int64(n) < p.size {
		return nil, fmt.Errorf("read the uploaded document: %w", err)
	}
	return all, nil
}

// Close gives the room back. A nil paper has none.
func (p *paper) Close() {
	if p == nil || p.file == nil {
		return
	}
	_ = p.file.Close() // nothing was promised about it
	_ = os.Remove(p.file.Name())
	p.from.used.Add(-p.size)
	p.file = nil
}

// receive reads a document of at most limit octets.
func (s *spool) receive(r io.Reader, limit int64) (*paper, error) {
	head, err := io.ReadAll(io.LimitReader(r, min(spoolFrom, limit)+1))
	if err != nil {
		return nil, err
	}
	if n := int64(len(head)); n <= min(spoolFrom, limit) {
		return &paper{ReaderAt: bytes.NewReader(head), size: n}, nil
	}
	f, err := os.CreateTemp(s.dir, spoolPattern) // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make room for an upload: %w", err)
	}
	_ = os.Remove(f.Name()) // where the system lets it, nothing is left even after a crash
	p := &paper{ReaderAt: f, file: f, from: s}
	if err := p.fill(io.MultiReader(bytes.NewReader(head), r), limit); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func tooLarge() *Problem { return newProblem("too-large", "the document is over its limit") }

// fill copies block by block, so that the room is counted as it is taken.
func (p *paper) fill(r io.Reader, limit int64) error {
	block := make([]byte, 256<<10)
	for {
		n, err := io.ReadFull(r, block)
		if used := p.from.used.Add(int64(n)); used > p.from.limit {
			p.size += int64(n)
			return busy("too many large documents are being received; try again")
		}
		if p.size += int64(n); p.size > limit {
			return tooLarge()
		}
		if _, err := p.file.Write(block[:n]); err != nil {
			return fmt.Errorf("put an upload down: %w", err)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func busy(detail string) *Problem {
	p := newProblem("unavailable", detail)
	p.retryAfter = "5"
	return p
}
