// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"
)

// readSmall reads a file that has no reason to be larger than limit, in octets.
func readSmall(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = usagef("%s is longer than %d octets", path, limit)
	}
	return raw, err
}

// exists reports whether something has this name, be it a link to nothing.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
