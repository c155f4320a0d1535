// SPDX-License-Identifier: Apache-2.0

package keyfile_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/gm/keyfile"
)

var passphrase = []byte("示例 passphrase")

func newKey(t testing.TB) *gm.PrivateKey {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// quick returns a key and its file with few iterations.
func quick(t testing.TB) (*gm.PrivateKey, []byte) {
	t.Helper()
	t.Cleanup(keyfile.LowerFloors(1000))
	key := newKey(t)
	text, err := keyfile.Encrypt(key, passphrase, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

func TestRoundTrip(t *testing.T) {
	key, text := quick(t)
	got, err := keyfile.Decrypt(text, passphrase)
	if err != nil || !got.Equal(key) {
		t.Fatalf("got %v", err)
	}
	if bytes.Contains(text, key.D.Bytes()) {
		t.Error("the private key stands in the file")
	}
	for _, wrong := range []string{"", "示例 passphras", "示例 passphrase "} {
		if _, err := keyfile.Decrypt(text, []byte(wrong)); !errors.Is(err, keyfile.ErrPassphrase) {
			t.Errorf("passphrase %q: got %v, want ErrPassphrase", wrong, err)
		}
	}
}

func TestCounts(t *testing.T) {
	key, weak := quick(t)
	defer keyfile.LowerFloors(keyfile.MinIterations)()
	for _, n := range []int{-1, 1, keyfile.MinIterations - 1, keyfile.MaxIterations + 1} {
		if _, err := keyfile.Encrypt(key, passphrase, n); err == nil {
			t.Errorf("%d iterations: want an error", n)
		}
	}
	if _, err := keyfile.Encrypt(key, nil, 0); err == nil {
		t.Error("an empty passphrase: want an error")
	}
	var format *keyfile.FormatError
	if _, err := keyfile.Decrypt(weak, passphrase); !errors.As(err, &format) || !strings.Contains(err.Error(), "iteration count") {
		t.Errorf("a file of 1000 iterations: got %v", err)
	}
}

// A forged count is refused before a single round of it is run.
func TestCountIsCapped(t *testing.T) {
	for n, ok := range map[int]bool{
		-1: false, 0: false, keyfile.MinReadIterations - 1: false, keyfile.MinReadIterations: true,
		keyfile.MaxIterations: true, keyfile.MaxIterations + 1: false, 1 << 31: false, 1<<63 - 1: false,
	} {
		_, got, err := keyfile.ParseOnly(keyfile.EnvelopeOf(n))
		if ok != (err == nil) || ok && got != n {
			t.Errorf("%d iterations: got %d, %v", n, got, err)
		}
	}
}

func TestDecryptRefuses(t *testing.T) {
	_, text := quick(t)
	block, _ := pem.Decode(text)
	wrap := func(der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der}) }
	for name, bad := range map[string][]byte{
		"empty":           nil,
		"not PEM":         []byte("hello"),
		"text before":     append([]byte("hello\n"), text...),
		"two blocks":      append(bytes.Clone(text), text...),
		"headers":         pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes, Headers: map[string]string{"a": "b"}}),
		"another type":    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: block.Bytes}),
		"trailing octet":  wrap(append(bytes.Clone(block.Bytes), 0)),
		"truncated":       wrap(block.Bytes[:len(block.Bytes)-1]),
		"no contents":     wrap(nil),
		"too long":        append(bytes.Repeat([]byte("\n"), keyfile.MaxSize), text...),
		"another cipher":  wrap(bytes.Replace(block.Bytes, []byte{0x81, 0x1c, 0xcf, 0x55, 0x01, 0x68, 0x02}, []byte{0x81, 0x1c, 0xcf, 0x55, 0x01, 0x68, 0x03}, 1)),
		"another prf":     wrap(bytes.Replace(block.Bytes, []byte{0xf7, 0x0d, 0x02, 0x09}, []byte{0xf7, 0x0d, 0x02, 0x07}, 1)),
		"another scheme":  wrap(bytes.Replace(block.Bytes, []byte{0xf7, 0x0d, 0x01, 0x05, 0x0d}, []byte{0xf7, 0x0d, 0x01, 0x05, 0x0e}, 1)),
		"another kdf":     wrap(bytes.Replace(block.Bytes, []byte{0xf7, 0x0d, 0x01, 0x05, 0x0c}, []byte{0xf7, 0x0d, 0x01, 0x05, 0x0e}, 1)),
		"cut in a nested": wrap(block.Bytes[:20]),
	} {
		var format *keyfile.FormatError
		if _, err := keyfile.Decrypt(bad, passphrase); !errors.As(err, &format) {
			t.Errorf("%s: got %v, want a FormatError", name, err)
		}
	}
}

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root.key")
	if err := keyfile.Create(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v; want mode 0600", st.Mode(), err)
	}
	if err := keyfile.Create(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file: got %v, want ErrExist", err)
	}
	if got, err := keyfile.Read(path); err != nil || string(got) != "one" {
		t.Errorf("got %q, %v; want what was first written", got, err)
	}
	if _, err := keyfile.Read(filepath.Dir(path)); err == nil {
		t.Error("a folder: want an error")
	}
}

// Stock OpenSSL reads what we write, and we read what it writes.
func TestOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed: the independent reader was not asked")
	}
	dir := t.TempDir()
	key := newKey(t)
	text, err := keyfile.Encrypt(key, passphrase, 0)
	if err != nil {
		t.Fatal(err)
	}
	path, pass := filepath.Join(dir, "root.key"), filepath.Join(dir, "pass")
	if err := keyfile.Create(path, text); err != nil {
		t.Fatal(err)
	}
	// Two lines: openssl takes the second for output when both name one file.
	if err := os.WriteFile(pass, bytes.Repeat(append(bytes.Clone(passphrase), '\n'), 2), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command(openssl, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("openssl %s: %v\n%s", args[0], err, out)
		}
		return out
	}
	out := run("pkey", "-in", path, "-passin", "file:"+pass, "-noout", "-text")
	if !bytes.Contains(out, []byte("SM2")) {
		t.Errorf("openssl sees no SM2 key:\n%s", out)
	}
	run("pkey", "-in", path, "-passin", "file:"+pass, "-pubout", "-outform", "DER", "-out", filepath.Join(dir, "pub"))
	spki, _ := os.ReadFile(filepath.Join(dir, "pub"))
	if pub, err := gm.ParsePublicKey(spki); err != nil || !pub.Equal(&key.PublicKey) {
		t.Errorf("openssl reads another public key: %v", err)
	}
	for _, cipher := range []string{"sm4-cbc", "aes-256-cbc"} {
		other := filepath.Join(dir, cipher)
		run("pkcs8", "-topk8", "-in", path, "-passin", "file:"+pass, "-out", other, "-passout", "file:"+pass, "-v2", cipher, "-v2prf", "hmacWithSHA256", "-iter", "100000")
		text, err := keyfile.Read(other)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := keyfile.Decrypt(text, passphrase); err != nil || !got.Equal(key) {
			t.Errorf("a file of openssl's with %s: %v", cipher, err)
		}
	}
}

func FuzzParsePrivateKey(f *testing.F) {
	der, err := keyfile.MarshalPrivateKey(newKey(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		key, err := keyfile.ParsePrivateKey(der)
		if err != nil {
			return
		}
		again, err := keyfile.MarshalPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := keyfile.ParsePrivateKey(again); err != nil || !second.Equal(key) {
			t.Errorf("marshal then parse: %v", err)
		}
	})
}

// The envelope is fuzzed without running its iterations.
func FuzzParseEnvelope(f *testing.F) {
	defer keyfile.LowerFloors(1000)()
	text, err := keyfile.Encrypt(newKey(f), passphrase, 1000)
	if err != nil {
		f.Fatal(err)
	}
	block, _ := pem.Decode(text)
	f.Add(block.Bytes)
	f.Fuzz(func(t *testing.T, der []byte) {
		again, n, err := keyfile.ParseOnly(der)
		if err != nil {
			return
		}
		if n < 1 || n > keyfile.MaxIterations {
			t.Errorf("%d iterations passed", n)
		}
		if twice, _, err := keyfile.ParseOnly(again); err != nil || !bytes.Equal(twice, again) {
			t.Errorf("marshal then parse: %v", err)
		}
	})
}
