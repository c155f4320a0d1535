// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
	"github.com/govseal/govseal/store"
)

func newFolder(t *testing.T) (*store.Folder, string) {
	dir := filepath.Join(t.TempDir(), "files")
	f, err := store.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f, dir
}

// kept returns the only file in the folder.
func kept(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "??", "??", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("found %v, %v", files, err)
	}
	return files[0]
}

func TestFolderRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 100, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			f, dir := newFolder(t)
			content := bytes.Repeat([]byte{7}, size)
			var digest [32]byte
			for range 2 { // the second time it is there already
				var err error
				if digest, err = f.Put(ctx, content); err != nil || digest != gm.SM3(content) {
					t.Fatal(digest, err)
				}
			}
			r, err := f.Open(ctx, digest)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("read %d octets, %v", len(got), err)
			}
			if st, err := os.Stat(kept(t, dir)); err != nil || st.Mode().Perm() != 0o600 {
				t.Error(st.Mode(), err)
			}
		})
	}
}

func TestFolderUnknown(t *testing.T) {
	f, _ := newFolder(t)
	if _, err := f.Open(ctx, [32]byte{1}); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// A damaged file is noticed by whoever reads it whole, and repaired by the
// next Put of the same content.
func TestFolderDamage(t *testing.T) {
	content := bytes.Repeat([]byte("content "), 10_000)
	damage := map[string]func(path string) error{
		"changed":   func(p string) error { return os.WriteFile(p, append([]byte("C"), content[1:]...), 0o600) },
		"truncated": func(p string) error { return os.Truncate(p, 100) },
		"emptied":   func(p string) error { return os.Truncate(p, 0) },
		"longer":    func(p string) error { return os.WriteFile(p, append(content, '!'), 0o600) },
	}
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			f, dir := newFolder(t)
			digest, err := f.Put(ctx, content)
			if err != nil {
				t.Fatal(err)
			}
			if err := do(kept(t, dir)); err != nil {
				t.Fatal(err)
			}
			r, err := f.Open(ctx, digest)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := io.ReadAll(r); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("got %v", err)
			}
			// As http.ServeContent reads: size first, then from the start.
			if _, err := r.Seek(0, io.SeekEnd); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("second reading: got %v", err)
			}
			if _, err := f.Put(ctx, content); err != nil {
				t.Fatal(err)
			}
			again, err := f.Open(ctx, digest)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if got, err := io.ReadAll(again); err != nil || !bytes.Equal(got, content) {
				t.Errorf("after another Put: %v", err)
			}
		})
	}
}

func TestFolderReadsParts(t *testing.T) {
	f, _ := newFolder(t)
	content := []byte("0123456789")
	digest, err := f.Put(ctx, content)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(ctx, digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Seek(5, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "56789" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestFolderConcurrentPuts(t *testing.T) {
	f, dir := newFolder(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := f.Put(ctx, []byte("same")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	kept(t, dir) // and no temporary file
}

func TestFolderCannotBeWritten(t *testing.T) {
	f, dir := newFolder(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Put(ctx, []byte("x")); !errors.Is(err, seal.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
