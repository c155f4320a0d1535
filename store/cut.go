// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// A signature holds its whole seal, picture included: 21 of its 24 kB, the
// same for every stamp of that seal. The row keeps the rest, and the place
// where the seal belongs; the seal's own row never changes. With the seal in
// every row a stamp wrote six pages more, 7 % of its processor time, and a
// million stamps had 24 GB (docs/performance.md).

// cutMark begins a signature that is not stored as it is; DER begins 0x30.
const cutMark = 0x00

// nowhere is the place of a seal that the signature does not hold.
const nowhere = ^uint32(0)

// cutSeal returns what is stored of a signature: itself, or mark, place of the
// seal, what comes before it and what comes after.
func cutSeal(signature, sealDER []byte) []byte {
	at := -1
	if len(sealDER) > 0 {
		at = bytes.Index(signature, sealDER)
	}
	if at < 0 && (len(signature) == 0 || signature[0] != cutMark) {
		return signature
	}
	place, before, after := nowhere, signature, signature[len(signature):]
	if at >= 0 {
		place, before, after = uint32(at), signature[:at], signature[at+len(sealDER):]
	}
	out := make([]byte, 0, 5+len(before)+len(after))
	out = binary.BigEndian.AppendUint32(append(out, cutMark), place)
	return append(append(out, before...), after...)
}

// joinSeal undoes cutSeal; sealDER is asked for when the seal is missing.
func joinSeal(stored []byte, sealDER func() ([]byte, error)) ([]byte, error) {
	if len(stored) == 0 || stored[0] != cutMark {
		return stored, nil
	}
	if len(stored) < 5 {
		return nil, errors.New("the stored signature is damaged")
	}
	place, kept := binary.BigEndian.Uint32(stored[1:5]), stored[5:]
	if place == nowhere {
		return kept, nil
	}
	if uint64(place) > uint64(len(kept)) {
		return nil, errors.New("the stored signature is damaged")
	}
	der, err := sealDER()
	if err != nil {
		return nil, err
	}
	whole := make([]byte, 0, len(kept)+len(der))
	whole = append(append(whole, kept[:place]...), der...)
	return append(whole, kept[place:]...), nil
}

// sealInside returns the octets of a seal that was read before, nil otherwise:
// a stamp was admitted on it a moment ago.
func (db *DB) sealInside(esID string) []byte {
	r, _ := db.seals.get(esID)
	return r.DER
}

// addSeal completes the signature of a stamp that was read.
func (db *DB) addSeal(ctx context.Context, q querier, st *storedStamp) error {
	whole, err := joinSeal(st.Signature, func() ([]byte, error) {
		r, err := db.seal(ctx, q, st.Seal)
		return r.DER, err
	})
	if err != nil {
		return fmt.Errorf("signature of stamp %s: %w", st.ID, err)
	}
	st.Signature = whole
	return nil
}
