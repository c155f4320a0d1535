// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"
	"path/filepath"
)

// secretFile is a new file of mode 0600 for something that must not be lost
// once it is made: the place is taken before the work begins.
type secretFile struct {
	f    *os.File
	kept bool
}

// reserve creates the file; an existing one is never overwritten.
func reserve(path string) (*secretFile, error) {
	if path == "" || path == "-" {
		return nil, usagef("name a new file with -o: secrets are not printed")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if os.IsExist(err) {
		return nil, usagef("%s exists already; name another file", path)
	}
	if err != nil {
		return nil, err
	}
	return &secretFile{f: f}, nil
}

// write puts the contents on the disk, with the file's name.
func (s *secretFile) write(data []byte) error {
	_, err := s.f.Write(data)
	if err = errors.Join(err, s.f.Sync()); err != nil {
		return err
	}
	s.kept = true
	return syncFolder(filepath.Dir(s.f.Name()))
}

// close removes a file into which nothing was written.
func (s *secretFile) close() error {
	err := s.f.Close()
	if !s.kept {
		err = errors.Join(err, os.Remove(s.f.Name()))
	}
	return err
}
