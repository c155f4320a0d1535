// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/govseal/govseal/internal/gm"
)

// A backup is one tar file: manifest, checkpoint, configuration, database, and
// the sealed files by digest. It holds the wrapped keys but no passphrase, and
// never the root key.
const (
	manifestFile   = "manifest.json"
	checkpointFile = "checkpoint"
	backupFormat   = "govseal-backup/1"
)

// manifest is the first file of a backup; digests are SM3, hexadecimal. Sealed
// files are named by their digest and need none.
type manifest struct {
	Format string            `json:"format"`
	Made   time.Time         `json:"made"`
	Files  map[string]string `json:"files"`
}

func (p *program) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a consistent backup into one file, while the service works",
		Long: `backup writes database, configuration, profiles and sealed files, with a signed checkpoint of the ledger, into
one tar file (mode 0600). It holds the wrapped keys but no passphrase; the root key is never in it.
Keep passphrases and checkpoints elsewhere: "restore --since" compares with them.

A PostgreSQL database is backed up with pg_dump instead.`,
		Example: `  govseal backup /mnt/backup/govseal-$(date +%F).tar`,
		Args:    exactly(1),
		RunE: p.on(func(ctx context.Context, c *city, actor string, args []string) error {
			return p.backup(ctx, c, args[0])
		}),
	}
}

func (p *program) backup(ctx context.Context, c *city, path string) error {
	if exists(path) {
		return usagef("%s exists already; name another file", path)
	}
	if strings.Contains(c.config.Database, "://") {
		return usagef("this city's database is PostgreSQL: back it up with pg_dump, and %s besides", inside(c.dir, c.config.Blobs))
	}
	work, err := os.MkdirTemp(filepath.Dir(path), ".govseal-backup-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	// The checkpoint comes first, so that the database cannot be behind it; the
	// sealed files last, so that all that the database names are there.
	note, _, err := c.ledger.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if err := c.db.Backup(ctx, filepath.Join(work, databaseFile)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, checkpointFile), []byte(note), 0o600); err != nil {
		return err
	}
	config, err := readSmall(filepath.Join(c.dir, configFile), maxConfig)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, configFile), config, 0o600); err != nil {
		return err
	}
	profiles, err := copyProfiles(c.dir, work)
	if err != nil {
		return err
	}
	if err := writeArchive(ctx, path, work, profiles, inside(c.dir, c.config.Blobs)); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	p.say("keep this file apart from the passphrases; checkpoint inside: %s", strings.ReplaceAll(firstLines(note, 2), "\n", " "))
	return p.printList([]string{path})
}

// writeArchive makes the tar file appear whole or not at all.
func writeArchive(ctx context.Context, path, work string, profiles []string, blobs string) error {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(path + ".part") // gone after the rename
	err = fillArchive(ctx, tar.NewWriter(f), work, profiles, blobs)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".part", path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func fillArchive(ctx context.Context, w *tar.Writer, work string, profiles []string, blobs string) error {
	m := manifest{Format: backupFormat, Made: time.Now().UTC(), Files: map[string]string{}}
	listed := append(append([]string{checkpointFile, configFile}, profiles...), databaseFile)
	for _, name := range listed {
		digest, err := digestFile(filepath.Join(work, name))
		if err != nil {
			return err
		}
		m.Files[name] = digest
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, manifestFile), raw, 0o600); err != nil {
		return err
	}
	for _, name := range append([]string{manifestFile}, listed...) {
		if err := addFile(w, filepath.Join(work, name), name); err != nil {
			return err
		}
	}
	err = filepath.WalkDir(blobs, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isDigest(d.Name()) {
			return errors.Join(err, ctx.Err())
		}
		return addFile(w, path, blobName(d.Name()))
	})
	return errors.Join(err, w.Close())
}

func addFile(w *tar.Writer, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: info.Size(), Mode: 0o600, ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

func digestFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := gm.NewSM3()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Digest()), nil
}

// isDigest tells sealed files from temporary ones.
func isDigest(name string) bool {
	return len(name) == 2*gm.Size && strings.Trim(name, "0123456789abcdef") == ""
}

// blobName is the place of a sealed file in a backup and in the blob folder.
func blobName(digest string) string { return "blobs/" + digest[:2] + "/" + digest[2:4] + "/" + digest }

func firstLines(s string, n int) string {
	lines := strings.SplitN(s, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
