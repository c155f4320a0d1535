// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
)

// crypto is the raw machine, and what each operation cannot do without.
func (s *site) crypto() ([]contest, error) {
	key, err := gm.GenerateKey()
	if err != nil {
		return nil, err
	}
	e := gm.SM3([]byte("bench"))
	signature, err := gm.Sign(key, e)
	if err != nil {
		return nil, err
	}
	block := make([]byte, 1<<20)
	sign := func(context.Context, int) error {
		_, err := key.Sign(rand.Reader, e[:], gm.Options)
		return err
	}
	verify := func(context.Context, int) error { return holds(gm.Verify(&key.PublicKey, e, signature)) }
	hash := func(context.Context, int) error { gm.SM3(block); return nil }
	all := []contest{
		{name: "SM2 sign, 1 core", do: sign, workers: 1, unit: "/s"},
		{name: "SM2 sign", do: sign, workers: cores(), unit: "/s", of: "SM2 sign, 1 core"},
		{name: "SM2 verify, 1 core", do: verify, workers: 1, unit: "/s"},
		{name: "SM2 verify", do: verify, workers: cores(), unit: "/s", of: "SM2 verify, 1 core"},
		{name: "SM3, 1 core", do: hash, workers: 1, unit: "MB/s", scale: float64(len(block)) / 1e6},
	}
	for _, o := range []struct {
		name, of string
		work     own
	}{
		{"own crypto of a stamp", "SM2 sign", s.ownStamp()},
		{"own signatures of a stamp", "SM2 sign", s.ownStamp().signatures()},
		{"own crypto of a certificate", "SM2 sign", s.ownCertificate()},
	} {
		do := o.work.do(key, signature)
		all = append(all,
			contest{name: o.name, do: do, workers: cores(), unit: "/s", of: o.of, counts: o.work.String()},
			contest{name: o.name + ", 1 core", do: do, workers: 1, unit: "/s", of: o.of + ", 1 core"})
	}
	return all, nil
}

// own is an operation's cryptography and nothing else of it.
type own struct {
	signed   []int // octets of each message signed; a check before release comes with each
	verified []int // octets of each message checked besides
	hashed   []int // octets of each digest besides
}

// ownStamp counts a digest stamp by the code: seal/sign.go and digest.go,
// tsa/tsa.go, internal/tsp/token.go, ledger/entry.go, registry/token.go.
func (s *site) ownStamp() own {
	const signature, info, attributes, token = 71, 120, 260, 2400 // octets of a time-stamp's parts
	sealDER, certificate := len(s.seal.DER), len(s.seal.Certificate)
	tbs := sealDER + 120 // TBS_Sign holds the whole seal, picture included
	return own{
		signed:   []int{tbs, attributes},
		verified: []int{attributes}, // of the token received
		hashed: []int{
			tbs + certificate + token,    // the output
			signature, info, certificate, // imprint, TSTInfo and ESS by the authority
			signature, info, certificate, // and by the one who checks
			50, 200, 200, 450, // bearer token, the application's code (an HMAC is two), fingerprint
			48, 48, 48, 48, 48, 48, 48, 48, 900, // commitments of the leaf, the audit entry's last
			900, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, // leaf, and nodes up to the root
		},
	}
}

// ownCertificate counts by ca/issue.go and ledger/entry.go.
func (s *site) ownCertificate() own {
	der := len(s.seal.Certificate)
	return own{
		signed: []int{der - 90},
		hashed: []int{
			65, der, 48, 48, 48, 700, // key identifier, commitments of the leaf
			700, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, // leaf, and nodes up to the root
		},
	}
}

// signatures is design.md section 11 to the letter, "just that operation's
// signatures and checks": with the digests of what is signed, which belong to a
// signature (GB/T 32918.2 6.1), and without all others.
func (o own) signatures() own { return own{signed: o.signed, verified: o.verified} }

func (o own) String() string {
	octets := 0
	for _, lengths := range [][]int{o.signed, o.verified, o.hashed} {
		for _, n := range lengths {
			octets += n
		}
	}
	return fmt.Sprintf("%d signatures, each checked before release, %d further checks, SM3 of %d messages with %d octets in all",
		len(o.signed), len(o.verified), len(o.signed)+len(o.verified)+len(o.hashed), octets)
}

// do is one such operation; a signature stands for any other.
func (o own) do(key *gm.PrivateKey, signature []byte) func(context.Context, int) error {
	longest := 0
	for _, lengths := range [][]int{o.signed, o.verified, o.hashed} {
		for _, n := range lengths {
			longest = max(longest, n)
		}
	}
	message, e := make([]byte, longest), gm.SM3([]byte("bench"))
	return func(context.Context, int) error {
		for _, n := range o.signed {
			if _, err := gm.SignMessage(key, message[:n]); err != nil {
				return err
			}
		}
		for _, n := range o.verified {
			if _, err := gm.E(&key.PublicKey, message[:n]); err != nil {
				return err
			}
			if err := holds(gm.Verify(&key.PublicKey, e, signature)); err != nil {
				return err
			}
		}
		for _, n := range o.hashed {
			gm.SM3(message[:n])
		}
		return nil
	}
}

func holds(ok bool) error {
	if !ok {
		return errors.New("a true signature does not verify")
	}
	return nil
}
