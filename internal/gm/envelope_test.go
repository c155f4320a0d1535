// SPDX-License-Identifier: Apache-2.0

package gm_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/govseal/govseal/internal/gm"
)

func TestEnvelopedKey(t *testing.T) {
	holder, other, inside := newKey(t), newKey(t), newKey(t)
	der, err := gm.EnvelopeKey(&holder.PublicKey, inside)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := gm.OpenEnvelopedKey(holder, der); err != nil || !got.Equal(inside) {
		t.Errorf("the holder: %v", err)
	}
	if pub, err := gm.ParseEnvelopedKey(der); err != nil || !pub.Equal(&inside.PublicKey) {
		t.Errorf("the public key inside: %v", err)
	}
	if _, err := gm.OpenEnvelopedKey(other, der); !errors.Is(err, gm.ErrEnvelope) {
		t.Errorf("another key: got %v, want ErrEnvelope", err)
	}
	if bytes.Contains(der, inside.D.Bytes()) {
		t.Error("the key stands in the envelope")
	}
	for i := range der {
		bad := bytes.Clone(der)
		bad[i] ^= 1
		if got, err := gm.OpenEnvelopedKey(holder, bad); err == nil && !got.Equal(inside) {
			t.Errorf("octet %d altered: another key came out", i)
		}
	}
	if _, err := gm.OpenEnvelopedKey(holder, append(bytes.Clone(der), 0)); err == nil {
		t.Error("a trailing octet was taken")
	}
}

// The library decrypts whole blocks without looking: a key of another length
// must not reach it.
func TestEnvelopedKeyOfOddLength(t *testing.T) {
	holder := newKey(t)
	der, err := gm.EnvelopeKey(&holder.PublicKey, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	// The last BIT STRING is 03 21 00 and 32 octets; leave one out.
	cut := bytes.Clone(der[:len(der)-1])
	cut[len(cut)-31-2]--
	if cut[1] != 0x81 {
		t.Fatalf("unexpected length form %x", cut[:4])
	}
	cut[2]--
	if _, err := gm.OpenEnvelopedKey(holder, cut); err == nil {
		t.Error("a key of 31 octets was taken")
	}
}

func TestSealFor(t *testing.T) {
	holder, other := newKey(t), newKey(t)
	sealed, err := gm.SealFor(&holder.PublicKey, []byte("plain"), []byte("for"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := gm.OpenSealed(holder, sealed, []byte("for")); err != nil || string(got) != "plain" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := gm.OpenSealed(holder, sealed, []byte("fox")); !errors.Is(err, gm.ErrEnvelope) {
		t.Errorf("other associated data: got %v", err)
	}
	if _, err := gm.OpenSealed(other, sealed, []byte("for")); !errors.Is(err, gm.ErrEnvelope) {
		t.Errorf("another key: got %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := gm.OpenSealed(holder, bad, []byte("for")); !errors.Is(err, gm.ErrEnvelope) {
			t.Errorf("octet %d altered: got %v", i, err)
		}
	}
}

func FuzzEnvelopes(f *testing.F) {
	holder, err := gm.NewPrivateKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	enveloped, _ := gm.EnvelopeKey(&holder.PublicKey, holder)
	sealed, _ := gm.SealFor(&holder.PublicKey, []byte("plain"), nil)
	f.Add(enveloped)
	f.Add(sealed)
	f.Fuzz(func(_ *testing.T, der []byte) {
		_, _ = gm.OpenEnvelopedKey(holder, der)
		_, _ = gm.OpenSealed(holder, der, nil)
	})
}
