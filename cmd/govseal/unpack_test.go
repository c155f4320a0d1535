// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
)

type member struct {
	name, content string
	kind          byte
}

func archive(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: m.kind, Size: int64(len(m.content)), Mode: 0o600}
		if m.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if m.kind == tar.TypeSymlink {
			h.Size, h.Linkname, m.content = 0, "/etc/passwd", ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sm3OfText(s string) string { return fmt.Sprintf("%x", gm.SM3([]byte(s))) }

// sound is the members of a small backup that unpacks.
func sound() []member {
	config := "name: 示例市\noid_arc: 2.999.1\norigin: a/b\ndatabase: x.db\nblobs: files\n"
	raw, _ := json.Marshal(manifest{Format: backupFormat, Files: map[string]string{
		checkpointFile: sm3OfText("note"), configFile: sm3OfText(config), databaseFile: sm3OfText("rows")}})
	return []member{{name: manifestFile, content: string(raw)}, {name: checkpointFile, content: "note"}, {name: configFile, content: config},
		{name: databaseFile, content: "rows"}, {name: blobName(sm3OfText("file")), content: "file"}}
}

func unpackInto(t testing.TB, raw []byte) (unpacked, string, error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(t.TempDir(), "b.tar")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	u, err := unpack(context.Background(), path, dir)
	return u, dir, err
}

func TestUnpack(t *testing.T) {
	u, dir, err := unpackInto(t, archive(t, sound()...))
	if err != nil {
		t.Fatal(err)
	}
	if u.checkpoint != "note" || u.config.Database != databaseFile || u.config.Blobs != blobsFolder {
		t.Errorf("got %+v", u)
	}
	if got, err := os.ReadFile(filepath.Join(dir, blobName(sm3OfText("file")))); err != nil || string(got) != "file" {
		t.Errorf("sealed file: %q, %v", got, err)
	}
	if exists(filepath.Join(dir, configFile)) {
		t.Error("the configuration is written before the ledger was checked")
	}
}

func TestUnpackRefuses(t *testing.T) {
	replace := func(i int, m member) []byte {
		all := sound()
		all[i] = m
		return archive(t, all...)
	}
	digest := sm3OfText("file")
	for name, tt := range map[string]struct {
		raw  []byte
		want string
	}{
		"empty":              {nil, "ends before"},
		"not a tar":          {[]byte(strings.Repeat("x", 2048)), "invalid tar header"},
		"other format":       {replace(0, member{name: manifestFile, content: `{"format":"x"}`}), "not a backup"},
		"no manifest":        {archive(t, sound()[1:]...), "in place of manifest.json"},
		"changed checkpoint": {replace(1, member{name: checkpointFile, content: "nota"}), "was changed"},
		"changed config":     {replace(2, member{name: configFile, content: "name: 另一市\n"}), "was changed"},
		"changed database":   {replace(3, member{name: databaseFile, content: "rowz"}), "does not fit"},
		"changed file":       {replace(4, member{name: blobName(digest), content: "fool"}), "does not fit"},
		"path upwards":       {replace(4, member{name: "blobs/../../" + digest, content: "file"}), "no backup does"},
		"absolute path":      {replace(4, member{name: "/tmp/" + digest, content: "file"}), "no backup does"},
		"symbolic link":      {replace(4, member{name: blobName(digest), kind: tar.TypeSymlink}), "no backup does"},
		"link as database":   {replace(3, member{name: databaseFile, kind: tar.TypeSymlink}), "in place of"},
		"file given twice":   {archive(t, append(sound(), sound()[4])...), "exists"},
		"large manifest":     {replace(0, member{name: manifestFile, content: strings.Repeat(" ", maxManifest+1)}), "larger than"},
		"cut off":            {archive(t, sound()...)[:2000], ""},
	} {
		if _, _, err := unpackInto(t, tt.raw); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error about %q", name, err, tt.want)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(archive(f, sound()...))
	f.Add(archive(f, sound()[:3]...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, dir, err := unpackInto(t, raw)
		if err == nil && !exists(filepath.Join(dir, databaseFile)) {
			t.Error("no error and no database")
		}
	})
}
