// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// fileAnswer is a file of any size.
type fileAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        func(huma.Context)
}

func sizeOf(f io.Seeker) (int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return 0, fmt.Errorf("measure a kept file: %w", err)
	}
	return size, nil
}

// send streams size octets and then calls done. The last ones leave only after
// the reader has said that it is at its end: a kept file that turns out to be
// damaged is cut off, and the client, who was told the size, notices.
func (s *Server) send(r io.Reader, size int64, done func()) func(huma.Context) {
	return func(ctx huma.Context) {
		defer done()
		ctx.SetHeader("Content-Length", strconv.FormatInt(size, 10))
		if err := copyHeld(ctx.BodyWriter(), r); err != nil {
			s.c.Log.WarnContext(ctx.Context(), "a file was not sent to its end", "request", requestID(ctx.Context()), "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}

const sendBlock = 256 << 10

// copyHeld copies with one block held back until the next read succeeds.
func copyHeld(w io.Writer, r io.Reader) error {
	block, held := make([]byte, sendBlock), make([]byte, 0, sendBlock)
	for {
		n, err := io.ReadFull(r, block)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if _, werr := w.Write(held); werr != nil {
			return werr
		}
		block, held = held[:sendBlock], block[:n]
		if err != nil {
			_, err = w.Write(held)
			return err
		}
	}
}
