// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"
	"path/filepath"
)

// writeDurably puts a whole file in place, or nothing: written beside, synced,
// renamed, and the folder synced too.
func writeDurably(path string, data []byte, mode os.FileMode) error {
	return putDurably(path, data, mode, os.Rename)
}

// createDurably is writeDurably for a file that must not exist yet.
func createDurably(path string, data []byte, mode os.FileMode) error {
	return putDurably(path, data, mode, os.Link)
}

func putDurably(path string, data []byte, mode os.FileMode, place func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after a rename
	_, werr := f.Write(data)
	if err := errors.Join(werr, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := place(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
