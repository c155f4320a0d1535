// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// File opens what a stamp gave back, by its SM3: a sealed PDF, a stamped
// decision, or the SES_Signature of a bare digest, which lives in its record.
// ErrNotFound when it is not kept.
func (s *Service) File(ctx context.Context, digest [32]byte) (io.ReadSeekCloser, error) {
	file, err := s.cfg.Blobs.Open(ctx, digest)
	if !errors.Is(err, ErrNotFound) {
		return file, err
	}
	stamps, err := s.cfg.Store.StampsByDigest(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("seal: look for a kept signature: %w", err)
	}
	for _, st := range stamps {
		if st.Kind == KindDigest && st.Output == digest {
			return inMemory{bytes.NewReader(st.Signature)}, nil
		}
	}
	return nil, ErrNotFound
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }
