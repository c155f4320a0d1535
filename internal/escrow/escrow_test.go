// SPDX-License-Identifier: Apache-2.0

package escrow_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govseal/govseal/internal/escrow"
	"github.com/govseal/govseal/internal/gm"
)

const city = "示例市"

var (
	now   = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	names = []string{"张示例", "李示例", "王示例"}
)

func secrets(names ...string) []escrow.Secret {
	var all []escrow.Secret
	for _, n := range names {
		all = append(all, escrow.Secret{Officer: n, Passphrase: []byte("passphrase of " + n)})
	}
	return all
}

// centre makes a centre of 2 of 3 with few iterations.
func centre(t testing.TB) (*escrow.Charter, []*escrow.Share, [][]byte) {
	t.Helper()
	t.Cleanup(escrow.LowerFloor(10))
	c, texts, err := escrow.Create(city, secrets(names...), 2, now)
	if err != nil {
		t.Fatal(err)
	}
	shares := make([]*escrow.Share, len(texts))
	for i, text := range texts {
		if shares[i], err = escrow.ParseShare(text); err != nil {
			t.Fatal(err)
		}
	}
	return c, shares, texts
}

// bring pairs shares with their officers' passphrases.
func bring(shares ...*escrow.Share) []escrow.Given {
	var all []escrow.Given
	for _, s := range shares {
		all = append(all, escrow.Given{Share: s, Passphrase: []byte("passphrase of " + s.Officer)})
	}
	return all
}

func newKey(t testing.TB) (*gm.PrivateKey, []byte) {
	t.Helper()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gm.MarshalPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return key, spki
}

func TestStory(t *testing.T) {
	c, shares, texts := centre(t)
	key, spki := newKey(t)
	sealed, err := c.Seal(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range [][]*escrow.Share{{shares[0], shares[1]}, {shares[2], shares[0]}, {shares[1], shares[2]}, shares} {
		centreKey, err := c.Reunite(bring(who...))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := centreKey.Open(sealed, spki); err != nil || !got.Equal(key) {
			t.Errorf("the escrowed key: %v", err)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, centreKey); got != "key of a key centre" {
				t.Errorf("%s prints %q", verb, got)
			}
		}
		if _, other := newKey(t); true {
			if _, err := centreKey.Open(sealed, other); !errors.Is(err, escrow.ErrDamaged) {
				t.Errorf("another certificate's key: got %v", err)
			}
		}
		bad := bytes.Clone(sealed)
		bad[len(bad)-1] ^= 1
		if _, err := centreKey.Open(bad, spki); !errors.Is(err, escrow.ErrDamaged) {
			t.Errorf("altered: got %v", err)
		}
	}
	if bytes.Contains(sealed, key.D.Bytes()) || bytes.Contains(bytes.Join(texts, nil), key.D.Bytes()) {
		t.Error("the key stands in the clear")
	}
}

// Another centre's officers, even of the same names and city, open nothing.
func TestAnotherCentreOpensNothing(t *testing.T) {
	c, _, _ := centre(t)
	key, spki := newKey(t)
	sealed, err := c.Seal(key)
	if err != nil {
		t.Fatal(err)
	}
	d, shares, _ := centre(t)
	other, err := d.Reunite(bring(shares...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed, spki); !errors.Is(err, escrow.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

func TestReuniteRefuses(t *testing.T) {
	c, shares, _ := centre(t)
	_, foreign, _ := centre(t)
	renamed := *shares[1]
	renamed.Officer = names[2]
	for name, tt := range map[string]struct {
		given []escrow.Given
		want  error
	}{
		"none":               {nil, escrow.ErrTooFew},
		"one officer":        {bring(shares[0]), escrow.ErrTooFew},
		"the same twice":     {bring(shares[0], shares[0]), escrow.ErrTwice},
		"another city's":     {bring(shares[0], foreign[1]), escrow.ErrForeign},
		"altered name":       {bring(shares[0], &renamed), escrow.ErrShare},
		"wrong passphrase":   {[]escrow.Given{bring(shares[0])[0], {Share: shares[1], Passphrase: []byte("guess")}}, escrow.ErrPassphrase},
		"another's":          {[]escrow.Given{bring(shares[0])[0], {Share: shares[1], Passphrase: []byte("passphrase of " + names[0])}}, escrow.ErrPassphrase},
		"empty":              {[]escrow.Given{bring(shares[0])[0], {Share: shares[1]}}, escrow.ErrPassphrase},
		"wrong beyond M":     {append(bring(shares[0], shares[1]), escrow.Given{Share: shares[2], Passphrase: []byte("x")}), escrow.ErrPassphrase},
		"too few of another": {bring(foreign[0]), escrow.ErrForeign},
	} {
		_, err := c.Reunite(tt.given)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "passphrase of") {
			t.Errorf("%s: the error holds a passphrase: %v", name, err)
		}
	}
}

// Each octet of a share file is bound to its passphrase.
func TestEveryAlteredOctetIsRefused(t *testing.T) {
	c, shares, texts := centre(t)
	block, _ := pem.Decode(texts[1])
	for i := range block.Bytes {
		bad := bytes.Clone(block.Bytes)
		bad[i] ^= 1
		s, err := escrow.ParseShare(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: bad}))
		if err != nil {
			continue
		}
		if _, err := c.Reunite([]escrow.Given{bring(shares[0])[0], {Share: s, Passphrase: []byte("passphrase of " + names[1])}}); err == nil {
			t.Fatalf("octet %d altered: the centre's key came together", i)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	defer escrow.LowerFloor(10)()
	same := secrets(names...)
	same[2].Passphrase = same[0].Passphrase
	empty := secrets(names...)
	empty[1].Passphrase = nil
	var many []string
	for i := range 17 {
		many = append(many, fmt.Sprint("officer ", i))
	}
	for name, tt := range map[string]struct {
		city     string
		officers []escrow.Secret
		m        int
	}{
		"one of three":      {city, secrets(names...), 1},
		"none of three":     {city, secrets(names...), 0},
		"four of three":     {city, secrets(names...), 4},
		"one officer":       {city, secrets(names[0]), 2},
		"seventeen":         {city, secrets(many...), 2},
		"twice the officer": {city, secrets(names[0], names[0]), 2},
		"no name":           {city, secrets(names[0], ""), 2},
		"control character": {city, secrets(names[0], "a\nb"), 2},
		"no city":           {"", secrets(names...), 2},
		"one passphrase":    {city, same, 2},
		"empty passphrase":  {city, empty, 2},
	} {
		if _, _, err := escrow.Create(tt.city, tt.officers, tt.m, now); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

// The real count is what a share costs whoever guesses at it.
func TestRealCount(t *testing.T) {
	_, _, weak := centre(t)
	undo := escrow.LowerFloor(escrow.MinIterations)
	defer undo()
	if _, err := escrow.ParseShare(weak[0]); !errors.Is(err, escrow.ErrShare) {
		t.Errorf("a share of 10 rounds: got %v, want ErrShare", err)
	}
}

func TestCharter(t *testing.T) {
	c, _, _ := centre(t)
	der, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := escrow.ParseCharter(der)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c, got); d != "" || len(c.ID()) != 16 {
		t.Errorf("id %s: %s", c.ID(), d)
	}
	if _, err := escrow.ParseCharter(append(der, 0)); err == nil {
		t.Error("a trailing octet was taken")
	}
}

func FuzzParseCharter(f *testing.F) {
	c, _, _ := centre(f)
	der, err := c.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := escrow.ParseCharter(der)
		if err != nil {
			return
		}
		if again, err := c.Marshal(); err != nil || !bytes.Equal(again, der) {
			t.Errorf("marshal: %v\n%x\n%x", err, der, again)
		}
	})
}

func FuzzParseShare(f *testing.F) {
	_, _, texts := centre(f)
	block, _ := pem.Decode(texts[0])
	f.Add(block.Bytes)
	f.Fuzz(func(t *testing.T, der []byte) {
		text := pem.EncodeToMemory(&pem.Block{Type: "GOVSEAL RECOVERY SHARE", Bytes: der})
		s, err := escrow.ParseShare(text)
		if err != nil {
			return
		}
		if again := s.Again(); !bytes.Equal(again, escrow.DER(text)) {
			t.Errorf("marshal:\n%x\n%x", escrow.DER(text), again)
		}
	})
}
