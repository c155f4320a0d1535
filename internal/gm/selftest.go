// SPDX-License-Identifier: Apache-2.0

package gm

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// The signature that gmsm before v0.44.1 rejects on amd64 (emmansun/gmsm #560):
// a carry bug that random testing does not find. facts/ca-and-crypto.md 1.1.
const (
	regressionSPKI = "3059301306072a8648ce3d020106082a811ccf5501822d03420004ef4de57af00ae424c00c4caadff7193f804a19dd73a7e2954db9d0d15ab4cbba67728c3f4572878b7a674735da9fde1682fe2d9e0799c4a5cde57e3d473039a2"
	regressionSig  = "3046022100be0ea64e1ec06f0d247093f3ccbbadcfb6260224272f86ddb78326e7cd6c7560022100e9f6ab2fcc48a2cef94838e66b5c7e21fd8e4de25990dd98ca5243f4966f2853"
	sm3OfABC       = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
	// GB/T 32907-2016 appendix A.1: the key and the plaintext are the same octets.
	sm4Key    = "0123456789abcdeffedcba9876543210"
	sm4Cipher = "681edf34d206965e86b3e94f536e4246"
)

// SelfTest runs known answers for SM2, SM3 and SM4. A program that fails it
// must stop: its signatures, or its verdicts, would be wrong.
func SelfTest() error {
	if err := errors.Join(sm2.SelfTest(), sm3.SelfTest(), sm4.SelfTest()); err != nil {
		return fmt.Errorf("gm: self-test of the library: %w", err)
	}
	if got := SM3([]byte("abc")); hex.EncodeToString(got[:]) != sm3OfABC {
		return errors.New("gm: self-test: SM3 of \"abc\" is wrong")
	}
	if err := testRegression(); err != nil {
		return err
	}
	return testSM4()
}

func testRegression() error {
	spki, _ := hex.DecodeString(regressionSPKI)
	sig, _ := hex.DecodeString(regressionSig)
	pub, err := ParsePublicKey(spki)
	if err != nil {
		return fmt.Errorf("gm: self-test: %w", err)
	}
	if !Verify(pub, [32]byte{}, sig) {
		return errors.New("gm: self-test: a valid SM2 signature is rejected (gmsm #560; is gmsm v0.44.1 linked?)")
	}
	sig[len(sig)-1] ^= 1
	if Verify(pub, [32]byte{}, sig) {
		return errors.New("gm: self-test: a wrong SM2 signature is accepted")
	}
	return nil
}

func testSM4() error {
	key, _ := hex.DecodeString(sm4Key)
	want, _ := hex.DecodeString(sm4Cipher)
	block, err := sm4.NewCipher(key)
	if err != nil {
		return fmt.Errorf("gm: self-test: SM4: %w", err)
	}
	got := make([]byte, sm4.BlockSize)
	block.Encrypt(got, key)
	if !bytes.Equal(got, want) {
		return errors.New("gm: self-test: SM4 known answer is wrong")
	}
	return nil
}
