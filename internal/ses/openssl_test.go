// SPDX-License-Identifier: Apache-2.0

package ses_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ses"
)

// What OpenSSL sees in a seal and in a signature of each generation, tag by
// tag: d is the depth (facts/seal-formats.md 2.1 and 2.2).
const (
	shapeHeader  = "1SEQUENCE 2SEQUENCE 3IA5STRING 3INTEGER 3IA5STRING 2IA5STRING "
	shapePicture = "2SEQUENCE 3IA5STRING 3OCTET-STRING 3INTEGER 3INTEGER "
	shapeSealV1  = "0SEQUENCE " + shapeHeader +
		"2SEQUENCE 3INTEGER 3UTF8STRING 3SEQUENCE 4OCTET-STRING 4OCTET-STRING 3UTCTIME 3UTCTIME 3UTCTIME " + shapePicture +
		"1SEQUENCE 2OCTET-STRING 2OBJECT 2BIT-STRING"
	shapeInfoV4 = shapeHeader +
		"2SEQUENCE 3INTEGER 3UTF8STRING 3INTEGER 3SEQUENCE 4OCTET-STRING 4OCTET-STRING 3GENERALIZEDTIME 3GENERALIZEDTIME 3GENERALIZEDTIME " + shapePicture
	shapeSealV4 = "0SEQUENCE " + shapeInfoV4 + "1OCTET-STRING 1OBJECT 1BIT-STRING"
	shapeSealV5 = "0SEQUENCE " + shapeInfoV4 + "2SEQUENCE 3SEQUENCE 4OBJECT 4BOOLEAN 4OCTET-STRING 1OCTET-STRING 1OBJECT 1BIT-STRING 1cont[0] 2BIT-STRING"
)

// signed is a seal and a signature by real keys.
type signed struct {
	seal, signature []byte
	maker, signer   *gm.PrivateKey
}

func sign(t *testing.T, version int, stamp []byte, exts []ses.ExtData) signed {
	t.Helper()
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key := func() *gm.PrivateKey {
		k, err := gm.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	s := signed{maker: key(), signer: key()}
	tmpl := template(version)
	tmpl.Extensions = exts
	info := must(tmpl.TBS())
	stamped := ses.SignatureTemplate{Time: day, DataHash: [32]byte{1}, PropertyInfo: "/Doc_0/Signs/Sign_0/Signature.xml"}
	if version != 1 {
		s.seal = must(ses.AssembleSeal(info, []byte("maker"), must(gm.SignMessage(s.maker, info)), stamp))
		stamped.Seal, stamped.Extensions = s.seal, exts
		tbs := must(stamped.TBS())
		s.signature = must(ses.AssembleSignature(tbs, []byte("signer"), must(gm.SignMessage(s.signer, tbs)), stamp))
		return s
	}
	message := must(ses.MessageV1(info, []byte("maker"), gm.OIDSM2WithSM3))
	s.seal = must(ses.AssembleSealV1(message, must(gm.SignMessage(s.maker, message))))
	stamped.Seal, stamped.Cert, stamped.SignAlg = s.seal, []byte("signer"), gm.OIDSM2WithSM3
	tbs := must(stamped.TBS())
	s.signature = must(ses.AssembleSignatureV1(tbs, must(gm.SignMessage(s.signer, tbs))))
	return s
}

var asn1Line = regexp.MustCompile(`d=(\d+) .*?(?:cons|prim): (cont \[ 0 \]|[A-Z0-9]+(?: STRING)?)`)

// deeper shifts a shape to where it lies within another.
func deeper(shape string, by int) string {
	out := []byte(shape)
	for i, c := range out {
		if c >= '0' && c <= '9' && (i == 0 || out[i-1] == ' ') {
			out[i] = c + byte(by)
		}
	}
	return string(out)
}

// OpenSSL reads the structures that we write, and finds the signatures true
// over the octets that it cuts out itself.
func TestOpenSSLReadsWhatWeWrite(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	exts := []ses.ExtData{{ID: []int{2, 999, 1}, Critical: true, Value: []byte("v")}}
	tbs := func(seal, when string) string {
		return "0SEQUENCE 1SEQUENCE 2INTEGER " + deeper(seal, 2) + " 2" + when + " 2BIT-STRING 2IA5STRING "
	}
	for name, c := range map[string]struct {
		signed
		seal, signature string
		v1              bool
	}{
		"v1": {sign(t, 1, nil, nil), shapeSealV1, tbs(shapeSealV1, "BIT-STRING") + "2OCTET-STRING 2OBJECT 1BIT-STRING", true},
		"v4": {sign(t, 4, nil, nil), shapeSealV4, tbs(shapeSealV4, "GENERALIZEDTIME") + "1OCTET-STRING 1OBJECT 1BIT-STRING", false},
		"v5": {
			sign(t, 5, []byte("token"), exts), shapeSealV5,
			tbs(shapeSealV5, "GENERALIZEDTIME") + "2cont[0] 3SEQUENCE 4SEQUENCE 5OBJECT 5BOOLEAN 5OCTET-STRING 1OCTET-STRING 1OBJECT 1BIT-STRING 1cont[0] 2BIT-STRING", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := opensslAt{t, openssl, t.TempDir()}
			if got := o.shape(c.signed.seal); got != c.seal {
				t.Errorf("seal:\n got %s\nwant %s", got, c.seal)
			}
			if got := o.shape(c.signed.signature); got != c.signature {
				t.Errorf("signature:\n got %s\nwant %s", got, c.signature)
			}
			s, err := ses.ParseSignature(c.signed.signature)
			if err != nil {
				t.Fatal(err)
			}
			o.verifies(c.signer, o.cut(c.signed.signature, firstElement(c.signed.signature)), s.Signature)
			message := s.Seal.Signed // of version 1 it lies nowhere in one piece
			if !c.v1 {
				message = o.cut(c.signed.seal, firstElement(c.signed.seal))
			}
			o.verifies(c.maker, message, s.Seal.Signature)
		})
	}
}

// opensslAt runs OpenSSL in a folder.
type opensslAt struct {
	t       *testing.T
	program string
	dir     string
}

func (o opensslAt) run(files map[string][]byte, args ...string) string {
	o.t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(o.dir, name), content, 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	cmd := exec.Command(o.program, args...)
	cmd.Dir = o.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		o.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (o opensslAt) shape(der []byte) string {
	var tags []string
	for _, m := range asn1Line.FindAllStringSubmatch(o.run(map[string][]byte{"der": der}, "asn1parse", "-inform", "DER", "-in", "der"), -1) {
		tags = append(tags, m[1]+strings.NewReplacer("cont [ 0 ]", "cont[0]", " STRING", "-STRING").Replace(m[2]))
	}
	return strings.Join(tags, " ")
}

// cut has OpenSSL cut the first element out, which must be what we think it is.
func (o opensslAt) cut(der, want []byte) []byte {
	o.t.Helper()
	at := strings.Index(string(der), string(want))
	o.run(map[string][]byte{"der": der}, "asn1parse", "-inform", "DER", "-in", "der", "-strparse", strconv.Itoa(at), "-noout", "-out", "cut")
	got, err := os.ReadFile(filepath.Join(o.dir, "cut"))
	if err != nil {
		o.t.Fatal(err)
	}
	if head, _ := size(want); string(got) != string(want) && string(got) != string(want[head:]) {
		o.t.Fatalf("openssl cut out %d octets, want %d", len(got), len(want))
	}
	return want
}

func (o opensslAt) verifies(key *gm.PrivateKey, message, signature []byte) {
	o.t.Helper()
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		o.t.Fatal(err)
	}
	out := o.run(map[string][]byte{"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}), "message": message, "value": signature},
		"dgst", "-sm3", "-verify", "key.pem", "-sigopt", "distid:1234567812345678", "-signature", "value", "message")
	if !strings.Contains(out, "Verified OK") {
		o.t.Errorf("openssl: %s", out)
	}
}
