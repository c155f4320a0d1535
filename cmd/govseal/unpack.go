// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// Bounds on the small files of a backup, in octets. The database and sealed
// files are bounded by the disk.
const (
	maxConfig   = 64 << 10
	maxNote     = 64 << 10
	maxManifest = 64 << 10
)

// unpacked is what a backup says of itself, its digests checked. The
// configuration is not written yet: that makes a city of the folder.
type unpacked struct {
	made       time.Time
	checkpoint string
	config     Config
}

// unpack writes a backup into an empty folder. Only the names that backup
// writes are accepted, in its order, so that a made-up archive cannot reach
// outside the folder or put anything else into it.
func unpack(ctx context.Context, archive, dir string) (unpacked, error) {
	var u unpacked
	f, err := os.Open(archive)
	if err != nil {
		return u, err
	}
	defer f.Close()
	r := reader{tar: tar.NewReader(f), dir: dir}
	raw, err := r.small(manifestFile, maxManifest, "")
	if err != nil {
		return u, err
	}
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil || m.Format != backupFormat {
		return u, fmt.Errorf("it is not a backup of this kind (%s)", backupFormat)
	}
	u.made = m.Made
	note, err := r.small(checkpointFile, maxNote, m.Files[checkpointFile])
	if err != nil {
		return u, err
	}
	u.checkpoint = string(note)
	config, err := r.small(configFile, maxConfig, m.Files[configFile])
	if err != nil {
		return u, err
	}
	if u.config, err = parseConfig(config); err != nil {
		return u, err
	}
	// The folder is new: what the backup holds goes into it, wherever it was before.
	u.config.Database, u.config.Blobs = databaseFile, blobsFolder
	if err := r.profiles(m); err != nil {
		return u, err
	}
	if err := r.file(databaseFile, databaseFile, m.Files[databaseFile]); err != nil {
		return u, err
	}
	return u, r.blobs(ctx)
}

// reader takes a backup's files in order.
type reader struct {
	tar *tar.Reader
	dir string
}

func (r *reader) next(name string) (*tar.Header, error) {
	h, err := r.tar.Next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it ends before %s", name)
	}
	if err != nil {
		return nil, err
	}
	if h.Name != name || h.Typeflag != tar.TypeReg {
		return nil, fmt.Errorf("it holds %.100q in place of %s", h.Name, name)
	}
	return h, nil
}

// small returns a file of bounded size; digest "" is not compared.
func (r *reader) small(name string, limit int64, digest string) ([]byte, error) {
	h, err := r.next(name)
	if err != nil {
		return nil, err
	}
	if h.Size > limit {
		return nil, fmt.Errorf("%s is larger than %d octets", name, limit)
	}
	raw, err := io.ReadAll(io.LimitReader(r.tar, limit))
	if err != nil {
		return nil, err
	}
	if got := fmt.Sprintf("%x", gm.SM3(raw)); digest != "" && got != digest || name != manifestFile && digest == "" {
		return nil, fmt.Errorf("%s was changed: its digest is not that of the manifest", name)
	}
	return raw, nil
}

// file writes the next file to disk and compares its digest.
func (r *reader) file(name, place, digest string) error {
	if _, err := r.next(name); err != nil {
		return err
	}
	return r.save(place, digest)
}

func (r *reader) save(place, digest string) error {
	target := filepath.Join(r.dir, filepath.FromSlash(place))
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h := gm.NewSM3()
	_, err = io.Copy(io.MultiWriter(f, h), r.tar)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if fmt.Sprintf("%x", h.Digest()) != digest {
		return fmt.Errorf("%s was changed: its digest does not fit", place)
	}
	return syncFolder(filepath.Dir(target))
}

// blobs takes the sealed files that follow; each is named by its digest.
func (r *reader) blobs(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Join(r.dir, blobsFolder), 0o700); err != nil {
		return err
	}
	for {
		h, err := r.tar.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		digest := path.Base(h.Name)
		if !isDigest(digest) || h.Name != blobName(digest) || h.Typeflag != tar.TypeReg {
			return fmt.Errorf("it holds %.100q, which no backup does", h.Name)
		}
		if err := r.save(strings.Replace(h.Name, "blobs", blobsFolder, 1), digest); err != nil {
			return err
		}
	}
}
