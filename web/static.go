// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static/*
var staticFiles embed.FS

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// static serves files under names that hold a hash of their content, so that
// a browser may keep them for good and never sees an old one.
type static struct {
	files map[string][]byte // by hashed name
	names map[string]string // plain name -> hashed name
}

func newStatic() (*static, error) {
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	s := &static{map[string][]byte{}, map[string]string{}}
	for _, e := range entries {
		content, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read static files: %w", err)
		}
		ext := path.Ext(e.Name())
		if mediaTypes[ext] == "" {
			return nil, fmt.Errorf("static file %s: no media type for %q", e.Name(), ext)
		}
		sum := sha256.Sum256(content) // a cache's name, not a security measure
		hashed := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		s.files[hashed], s.names[e.Name()] = content, hashed
	}
	return s, nil
}

// address of a file by its plain name.
func (s *static) address(name string) string { return "/static/" + s.names[name] }

// ServeHTTP answers a hashed name; the prefix before it does not matter.
func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	content, ok := s.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaTypes[path.Ext(name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+name+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}
