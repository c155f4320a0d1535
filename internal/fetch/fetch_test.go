// SPDX-License-Identifier: Apache-2.0

package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/govseal/govseal/internal/fetch"
)

const kind = "application/x-answer"

func TestPost(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", kind) }))
	defer other.Close()
	mux := http.NewServeMux()
	say := func(path string, h http.HandlerFunc) { mux.HandleFunc(path, h) }
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = io.Copy(w, r.Body)
	}
	say("/echo", echo)
	say("/here", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
	})
	say("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	say("/loop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
	})
	say("/long", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(bytes.Repeat([]byte{1}, 2000))
	})
	say("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>secret")) })
	say("/sick", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret", http.StatusBadGateway) })
	say("/slow", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not see the client go
		<-r.Context().Done()
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	var urls []string
	for _, p := range []string{"/echo", "/here", "/away", "/loop", "/long", "/page", "/sick", "/slow"} {
		urls = append(urls, server.URL+p)
	}
	c, err := fetch.New(fetch.Config{URLs: append(urls, "http://169.254.169.254/"), Timeout: 300 * time.Millisecond, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		server.URL + "/echo": "", server.URL + "/here": "",
		server.URL + "/away": "redirect", server.URL + "/loop": "redirect", server.URL + "/long": "longer", server.URL + "/page": "no " + kind,
		server.URL + "/sick": "status 502", server.URL + "/slow": "Timeout", server.URL + "/other": "not configured", other.URL: "not configured",
		"http://169.254.169.254/": "link-local",
	} {
		got, err := c.Post(context.Background(), url, "text/plain", kind, []byte("question"))
		switch {
		case want == "" && (err != nil || string(got) != "question"):
			t.Errorf("%s: got %q, %v", url, got, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %q", url, err, want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the error repeats the answer: %v", url, err)
		}
	}
	if _, err := c.Post(context.Background(), server.URL+"/nowhere", "", kind, nil); !errors.Is(err, fetch.ErrNotAllowed) {
		t.Errorf("got %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "ftp://example.cn", "https://", "https://me:pass@example.cn/", "file:///etc/passwd", "https://example.cn/#x", "::"} {
		if _, err := fetch.New(fetch.Config{URLs: []string{bad}}); err == nil {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(err.Error(), "pass@") {
			t.Errorf("the error repeats a login: %v", err)
		}
	}
}
