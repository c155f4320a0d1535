// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"errors"
	"fmt"
	"io"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
)

// tap is a digest of [0, a) and [b, e) that shares its beginning with the
// digest of the whole file.
type tap struct {
	a, b, e int64
	h       *gm.Hash
	sum     [32]byte
}

// taps prepares a tap for each signature whose ranges lie in the file.
func (p *pdfRun) taps(size int64) {
	p.ranges = map[int]*tap{}
	for i, s := range p.sigs {
		br := s.ByteRange
		if len(br) != 4 || br[0] != 0 || br[1] < 0 || br[2] < br[1] || br[3] < 0 || br[2] > size || br[3] > size-br[2] {
			continue // its digest would say nothing
		}
		p.ranges[i] = &tap{a: br[1], b: br[2], e: br[2] + br[3]}
	}
}

// hash reads the file once for its own SM3 digest and those of all byte
// ranges: SM3 is what verifying a large PDF costs.
func (p *pdfRun) hash(d Document) error {
	p.taps(d.Size)
	whole := gm.NewSM3()
	buf := make([]byte, 256<<10)
	for at := int64(0); ; {
		end := min(at+int64(len(buf)), d.Size)
		for _, t := range p.ranges {
			if t.a == at {
				t.h = whole.Clone()
			} else if t.a > at {
				end = min(end, t.a)
			}
		}
		if at == d.Size {
			break
		}
		if err := p.ctx.Err(); err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		chunk := buf[:end-at]
		if n, err := d.ReaderAt.ReadAt(chunk, at); err != nil && (!errors.Is(err, io.EOF) || n < len(chunk)) {
			return fmt.Errorf("verify: read document: %w", err)
		}
		whole.Write(chunk)
		for _, t := range p.ranges {
			if lo, hi := max(at, t.b), min(end, t.e); t.h != nil && lo < hi {
				t.h.Write(chunk[lo-at : hi-at])
			}
		}
		at = end
	}
	for _, t := range p.ranges {
		t.sum = t.h.Digest()
	}
	p.setDigest(whole.Digest())
	return nil
}

// rangeDigest returns SM3 over the signature's byte ranges.
func (p *pdfRun) rangeDigest(i int, s *Stamp) ([32]byte, bool) {
	t, ok := p.ranges[i]
	if !ok {
		s.Intact.fail(CodeByteRange, "the ranges do not lie in the file")
		return [32]byte{}, false
	}
	return t.sum, true
}

// cmsRangeDigest returns the digest over the byte ranges by the signer's
// algorithm.
func (p *pdfRun) cmsRangeDigest(i int, s *Stamp, si *cms.SignerInfo) ([]byte, bool) {
	if si.DigestAlgorithm.OID.Equal(gm.OIDSM3) {
		sum, ok := p.rangeDigest(i, s)
		return sum[:], ok
	}
	h, err := cms.NewHash(si.DigestAlgorithm.OID)
	if err != nil {
		s.Intact.unknown(CodeCryptoConstraints, err.Error())
		return nil, false
	}
	if err := p.doc.Digest(p.ctx, &p.sigs[i], h); err != nil {
		s.Intact.fail(CodeByteRange, err.Error())
		return nil, false
	}
	return h.Sum(nil), true
}
