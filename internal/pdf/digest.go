// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"context"
	"fmt"
	"io"
)

const copyBuffer = 1 << 20

// Digest hashes the signature's byte ranges with h. Ranges that overlap or
// run over the end of the file are an error; whether they follow the other
// laws is said by s.Law.
func (d *Document) Digest(ctx context.Context, s *Signature, h io.Writer) error {
	if len(s.ByteRange) == 0 || len(s.ByteRange)%2 != 0 {
		return broken(0, "the ByteRange has %d numbers", len(s.ByteRange))
	}
	end := int64(0)
	for i := 0; i < len(s.ByteRange); i += 2 {
		from, n := s.ByteRange[i], s.ByteRange[i+1]
		if from < end || n < 0 || n > d.src.size-from {
			return broken(0, "the ByteRange overlaps or leaves the file")
		}
		end = from + n
	}
	for i := 0; i < len(s.ByteRange); i += 2 {
		if err := d.copyRange(ctx, h, s.ByteRange[i], s.ByteRange[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// copyRange streams octets of the file to w.
func (d *Document) copyRange(ctx context.Context, w io.Writer, from, n int64) error {
	buf := make([]byte, min(copyBuffer, n))
	for n > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := buf[:min(int64(len(buf)), n)]
		if m, err := d.src.r.ReadAt(b, from); m < len(b) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("read PDF at octet %d: %w", from, err)
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		from, n = from+int64(len(b)), n-int64(len(b))
	}
	return nil
}
