// SPDX-License-Identifier: Apache-2.0

package ses_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// sample reads a file of the samples' folder, or skips.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("GOVSEAL_SAMPLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "samples")
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("samples are absent: %v", err)
	}
	return raw
}

func signedBy(t testing.TB, certDER, message, sig []byte) bool {
	t.Helper()
	c, err := cert.Parse(certDER)
	if err != nil {
		t.Fatal(err)
	}
	pub, ok := gm.AsPublicKey(c.PublicKey)
	if !ok {
		t.Fatal("not an SM2 key")
	}
	der, _, err := ses.NormalSignature(sig)
	return err == nil && gm.VerifyMessage(pub, message, der)
}

// Expectations are those of samples/ofd/index.tsv.
func TestSampleSeals(t *testing.T) {
	for _, c := range []struct {
		file    string
		version int
		stamp   []byte
	}{
		{"ofd/UserV1.esl", 1, nil},
		{"ofd/UserV4.esl", 4, nil},
		{"ofd/UserV5.esl", 5, nil},
		{"ofd/UserV5_ts.esl", 5, []byte{1, 2, 3}},
	} {
		t.Run(c.file, func(t *testing.T) {
			s, err := ses.ParseSeal(sample(t, c.file))
			if err != nil {
				t.Fatal(err)
			}
			if s.Version != c.version {
				t.Errorf("version %d, want %d", s.Version, c.version)
			}
			if !signedBy(t, s.MakerCert, s.Signed, s.Signature) {
				t.Error("the maker's signature does not verify")
			}
			if !bytes.Equal(s.TimeStamp, c.stamp) {
				t.Errorf("time stamp %x, want %x", s.TimeStamp, c.stamp)
			}
			if len(s.Certs) == 0 || !s.HasCertificate(s.Certs[0]) || s.HasCertificate(s.MakerCert) && !bytes.Equal(s.Certs[0], s.MakerCert) {
				t.Error("the certificate list does not answer as it should")
			}
			info := c.version == 1 && signedBy(t, s.MakerCert, firstElement(s.Raw), s.Signature)
			if info {
				t.Error("a version 1 seal verifies over SealInfo alone")
			}
		})
	}
}

func TestSampleSignatures(t *testing.T) {
	for file, version := range map[string]int{"ofd/SignedValueV4.dat": 4, "ofd/SignedValueV5.dat": 5} {
		s, err := ses.ParseSignature(sample(t, file))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if s.Version != version {
			t.Errorf("%s: version %d, want %d", file, s.Version, version)
		}
		if !signedBy(t, s.Cert, s.TBS, s.Signature) {
			t.Errorf("%s: the signature over TBS_Sign does not verify", file)
		}
		if !bytes.Equal(s.Seal.Raw, s.Raw[bytes.Index(s.Raw, s.Seal.Raw):][:len(s.Seal.Raw)]) {
			t.Errorf("%s: the seal's octets are not those received", file)
		}
	}
}

// OpenSSL judges the octets that we say were signed.
func TestOpenSSLAgreesOnSignedOctets(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	s, err := ses.ParseSeal(sample(t, "ofd/UserV4.esl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	pub, err := exec.Command(openssl, "x509", "-inform", "DER", "-in", write("c", s.MakerCert), "-noout", "-pubkey").Output()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(openssl, "dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", write("p", pub),
		"-signature", write("s", s.Signature), write("m", s.Signed)).CombinedOutput()
	if err != nil {
		t.Errorf("openssl: %v: %s", err, out)
	}
}

// firstElement returns the first element inside the outermost one.
func firstElement(der []byte) []byte {
	head, _ := size(der)
	h, b := size(der[head:])
	return der[head : head+h+b]
}

// size reads tag and length: octets of the header, and of the content.
func size(b []byte) (head, body int) {
	if b[1] < 0x80 {
		return 2, int(b[1])
	}
	n := int(b[1] & 0x7f)
	for _, o := range b[2 : 2+n] {
		body = body<<8 | int(o)
	}
	return 2 + n, body
}
