// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/seal"
)

// Folder keeps files by SM3 digest in a folder, two levels deep:
// ab/cd/abcd…. It implements seal.Blobs.
type Folder struct{ dir string }

var _ seal.Blobs = (*Folder)(nil)

// NewFolder uses dir, which it makes if need be (mode 0700).
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open folder of files: %w", err)
	}
	return &Folder{dir}, nil
}

func (f *Folder) path(digest [32]byte) string {
	name := hex.EncodeToString(digest[:])
	return filepath.Join(f.dir, name[:2], name[2:4], name)
}

// Put writes content and returns after file and folders are on disk. A file
// that is there already is compared, and replaced if it was damaged.
func (f *Folder) Put(ctx context.Context, content []byte) ([32]byte, error) {
	digest := gm.SM3(content)
	return digest, f.PutAs(ctx, digest, content)
}

// PutAs is Put for a caller who has hashed content already. A digest that is
// wrong is noticed when the file is read.
func (f *Folder) PutAs(ctx context.Context, digest [32]byte, content []byte) error {
	return f.PutFrom(ctx, digest, bytes.NewReader(content), int64(len(content)))
}

// PutFrom is PutAs for content that is not in memory: size octets are read.
func (f *Folder) PutFrom(ctx context.Context, digest [32]byte, content io.Reader, size int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	path := f.path(digest)
	if same(path, digest, size) {
		return nil
	}
	if err := f.write(path, content, size); err != nil {
		return fmt.Errorf("keep file: %w", unavailable(err))
	}
	return nil
}

// write makes the file appear whole or not at all: temporary file, sync,
// rename, sync of every folder that got a new name.
func (f *Folder) write(path string, content io.Reader, size int64) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, "put-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // fails after the rename, as it should
	_, err = io.CopyN(temp, content, size)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return errors.Join(syncDir(dir), syncDir(filepath.Dir(dir)), syncDir(f.dir))
}

// same reports whether the file at path is whole.
func same(path string, digest [32]byte, size int64) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	if st, err := file.Stat(); err != nil || st.Size() != size {
		return false
	}
	h := gm.NewSM3()
	_, err = io.Copy(h, file)
	return err == nil && h.Digest() == digest
}

// Open returns the file of a digest, seal.ErrNotFound when it is not kept. A
// reader that goes through the whole file from its beginning gets ErrDamaged
// in place of io.EOF when the content does not fit the digest; one that reads
// only parts, or seeks past some, is not warned.
func (f *Folder) Open(ctx context.Context, digest [32]byte) (io.ReadSeekCloser, error) {
	file, err := os.Open(f.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("file %x: %w", digest[:4], seal.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open kept file: %w", unavailable(err))
	}
	return &checked{file: file, want: digest, hash: gm.NewSM3()}, nil
}

// ErrDamaged means that a kept file does not fit the digest that names it.
var ErrDamaged = errors.New("store: a kept file was damaged or changed")

// checked hashes what is read in order.
type checked struct {
	file   *os.File
	want   [32]byte
	hash   *gm.Hash
	hashed int64 // octets of the prefix that the hash has seen
	at     int64
}

func (c *checked) Read(p []byte) (int, error) {
	if c.at == 0 && c.hashed > 0 { // read again from the beginning
		c.hash, c.hashed = gm.NewSM3(), 0
	}
	n, err := c.file.Read(p)
	if c.at == c.hashed {
		c.hash.Write(p[:n])
		c.hashed += int64(n)
	}
	c.at += int64(n)
	if err == io.EOF && c.hashed == c.at && c.hash.Digest() != c.want {
		return n, ErrDamaged
	}
	return n, err
}

func (c *checked) Seek(offset int64, whence int) (int64, error) {
	at, err := c.file.Seek(offset, whence)
	if err == nil {
		c.at = at
	}
	return at, err
}

func (c *checked) Close() error { return c.file.Close() }
