// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/govseal/govseal/internal/gm"
)

// MaxCheckpoint bounds a signed checkpoint with its witnesses' signatures.
const MaxCheckpoint = 16 << 10

// originSuffix marks the hash of the tree. The public formats of transparency
// logs mean SHA-256 when they say nothing; this log is not theirs.
const originSuffix = "/sm3"

// algorithm introduces the public key in a key hash: 0xff is the octet for
// algorithms outside the public list, and a tag of one's own must follow
// (facts/verification-and-api.md section 6).
const algorithm = "\xffgovseal SM2-with-SM3 v1\n"

// Checkpoint is a signed (size, root) of a ledger.
type Checkpoint struct {
	Origin string
	Size   uint64
	Root   [32]byte
}

// CheckOrigin reports why a text cannot be the origin of a ledger: it names
// the log and its key, ends in "/sm3", and holds no white space and no plus.
func CheckOrigin(origin string) error {
	if !strings.HasSuffix(origin, originSuffix) || len(origin) == len(originSuffix) {
		return formatErrorf("the origin must end in %q", originSuffix)
	}
	if len(origin) > 255 {
		return formatErrorf("the origin has at most 255 octets")
	}
	for _, c := range []byte(origin) {
		if c <= ' ' || c >= 0x7f || c == '+' {
			return formatErrorf("the origin holds visible ASCII without plus only")
		}
	}
	return nil
}

// Text returns the signed text: origin, size and root, one line each.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatUint(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// parseText reads exactly what Text writes.
func parseText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return Checkpoint{}, formatErrorf("a checkpoint has three lines")
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil {
		return Checkpoint{}, formatErrorf("the size of the checkpoint is not a number")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != HashSize {
		return Checkpoint{}, formatErrorf("the root of the checkpoint is not a digest")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: [32]byte(root)}
	if err := CheckOrigin(c.Origin); err != nil {
		return Checkpoint{}, err
	}
	if c.Text() != text {
		return Checkpoint{}, formatErrorf("the checkpoint is not in canonical form")
	}
	return c, nil
}

// Sign returns c as a signed note under the ledger's key.
func (c Checkpoint) Sign(signer crypto.Signer) (string, error) {
	if err := CheckOrigin(c.Origin); err != nil {
		return "", err
	}
	key, ok := gm.AsPublicKey(signer.Public())
	if !ok {
		return "", errors.New("ledger proof: the ledger's key is not an SM2 key")
	}
	v, err := newVerifier(c.Origin, key)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, noteSigner{v, signer})
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(signed), nil
}

// OpenCheckpoint verifies a signed note under the ledger's key. Signatures of
// others (witnesses) may stand beside it and are not looked at.
func OpenCheckpoint(signed string, key *ecdsa.PublicKey) (Checkpoint, error) {
	if len(signed) > MaxCheckpoint {
		return Checkpoint{}, formatErrorf("a checkpoint has at most %d octets", MaxCheckpoint)
	}
	origin, _, _ := strings.Cut(signed, "\n")
	if err := CheckOrigin(origin); err != nil {
		return Checkpoint{}, err
	}
	v, err := newVerifier(origin, key)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		var unverified *note.UnverifiedNoteError
		var invalid *note.InvalidSignatureError
		switch {
		case errors.As(err, &unverified):
			return Checkpoint{}, errors.New("ledger proof: the checkpoint is not signed by this ledger's key")
		case errors.As(err, &invalid):
			return Checkpoint{}, errors.New("ledger proof: the signature of the checkpoint is wrong")
		}
		return Checkpoint{}, formatErrorf("the checkpoint is not a signed note")
	}
	return parseText(n.Text)
}

// verifier is an SM2 note.Verifier.
type verifier struct {
	name string
	hash uint32
	key  *ecdsa.PublicKey
}

func newVerifier(name string, key *ecdsa.PublicKey) (verifier, error) {
	spki, err := gm.MarshalPublicKey(key)
	if err != nil {
		return verifier{}, fmt.Errorf("ledger proof: the ledger's key: %w", err)
	}
	digest := gm.SM3([]byte(name+"\n"+algorithm), spki)
	return verifier{name, binary.BigEndian.Uint32(digest[:4]), key}, nil
}

func (v verifier) Name() string                { return v.name }
func (v verifier) KeyHash() uint32             { return v.hash }
func (v verifier) Verify(msg, sig []byte) bool { return gm.VerifyMessage(v.key, msg, sig) }

// noteSigner is an SM2 note.Signer; the signature is DER SEQUENCE{r, s}.
type noteSigner struct {
	verifier
	signer crypto.Signer
}

func (s noteSigner) Sign(msg []byte) ([]byte, error) { return gm.SignMessage(s.signer, msg) }
