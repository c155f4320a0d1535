// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"os"
	"testing"
	"testing/iotest"
)

func formBody(t *testing.T, document []byte) (contentType string, octets []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, content := range map[string][]byte{"request": []byte("{}"), "document": document} {
		p, err := w.CreateFormField(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

func problemNamed(err error, name string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Type == problemPrefix+name
}

// Small documents stay in memory, large ones go to a file of which nothing is
// left afterwards, and all arrive as they were sent.
func TestSpool(t *testing.T) {
	const limit = 3 * spoolFrom
	for _, size := range []int{0, 1, spoolFrom, spoolFrom + 1, limit, limit + 1} {
		document := bytes.Repeat([]byte("0123456789abcde\n"), size/16+1)[:size]
		s := &Server{c: Config{MaxDocument: limit}, spool: spool{dir: t.TempDir(), limit: 2 * limit}}
		contentType, octets := formBody(t, document)
		u := &Upload{body: bytes.NewReader(octets), length: int64(len(octets))}
		f, err := s.receive(contentType, u, stampForm)
		if size > limit {
			if !problemNamed(err, "too-large") || s.spool.used.Load() != 0 {
				t.Errorf("%d octets: %v, %d used", size, err, s.spool.used.Load())
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d octets: %v", size, err)
		}
		got, err := f.document.octets()
		if err != nil || !bytes.Equal(got, document) || (f.document.file != nil) != (size > spoolFrom) {
			t.Errorf("%d octets: %d arrived, on disk %v, %v", size, len(got), f.document.file != nil, err)
		}
		if f.document.file != nil {
			if info, err := f.document.file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
		}
		f.document.Close()
		if left, _ := os.ReadDir(s.spool.dir); len(left) > 0 || s.spool.used.Load() != 0 {
			t.Errorf("%d octets: %v left, %d used", size, left, s.spool.used.Load())
		}
	}
}

// A body that breaks off leaves nothing behind, wherever it does.
func TestSpoolOfBrokenBodies(t *testing.T) {
	contentType, octets := formBody(t, make([]byte, 2*spoolFrom))
	for _, keep := range []int{0, 10, spoolFrom, 2 * spoolFrom, len(octets) - 8} {
		for name, r := range map[string]io.Reader{
			"cut":   bytes.NewReader(octets[:keep]),
			"error": io.MultiReader(bytes.NewReader(octets[:keep]), iotest.ErrReader(errors.New("reset"))),
		} {
			s := &Server{c: Config{MaxDocument: 4 * spoolFrom}, spool: spool{dir: t.TempDir(), limit: 4 * spoolFrom}}
			f, err := s.receive(contentType, &Upload{body: r, length: -1}, stampForm)
			if f != nil || !problemNamed(err, "bad-request") {
				t.Errorf("%s after %d octets: %v", name, keep, err)
			}
			if left, _ := os.ReadDir(s.spool.dir); len(left) > 0 || s.spool.used.Load() != 0 {
				t.Errorf("%s after %d octets: %v left, %d used", name, keep, left, s.spool.used.Load())
			}
		}
	}
}

// The disk is not for everybody at once.
func TestSpoolIsBounded(t *testing.T) {
	s := &Server{c: Config{MaxDocument: 4 * spoolFrom}, spool: spool{dir: t.TempDir(), limit: 3 * spoolFrom}}
	contentType, octets := formBody(t, make([]byte, 2*spoolFrom))
	first, err := s.receive(contentType, &Upload{body: bytes.NewReader(octets), length: -1}, stampForm)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.receive(contentType, &Upload{body: bytes.NewReader(octets), length: -1}, stampForm); !problemNamed(err, "unavailable") {
		t.Errorf("a second: %v", err)
	}
	first.document.Close()
	third, err := s.receive(contentType, &Upload{body: bytes.NewReader(octets), length: -1}, stampForm)
	if err != nil {
		t.Fatal(err)
	}
	third.document.Close()
}

// A file that is damaged is cut off before its end.
func TestCopyHeld(t *testing.T) {
	damaged := errors.New("damaged")
	for _, size := range []int{0, 1, sendBlock - 1, sendBlock, sendBlock + 1, 3*sendBlock + 5} {
		content := bytes.Repeat([]byte{7}, size)
		var good, bad bytes.Buffer
		if err := copyHeld(&good, bytes.NewReader(content)); err != nil || !bytes.Equal(good.Bytes(), content) {
			t.Errorf("%d octets: %d, %v", size, good.Len(), err)
		}
		err := copyHeld(&bad, io.MultiReader(bytes.NewReader(content), iotest.ErrReader(damaged)))
		if !errors.Is(err, damaged) || bad.Len() >= max(size, 1) {
			t.Errorf("%d octets, damaged: %d sent, %v", size, bad.Len(), err)
		}
	}
}
