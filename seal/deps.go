// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"crypto"
	"time"

	"github.com/govseal/govseal/registry"
)

// Keys makes and opens signing keys; internal/keys implements it.
type Keys interface {
	Generate(ctx context.Context, use string) (ref string, public []byte, err error)
	Signer(ctx context.Context, ref, use string) (crypto.Signer, error)
}

// Authority is the CA as seals need it; ca.Authority is adapted to it in cmd.
//
// Suspend, Resume and Revoke MUST be idempotent: a certificate that is in the
// asked status already is nil, not an error, so that a change of a seal's
// state that a crash cut in two can be repeated. A status from which there is
// no way to the one asked for wraps ErrState.
type Authority interface {
	// IssueSealCertificate certifies a seal's key for a department.
	IssueSealCertificate(ctx context.Context, actor string, d registry.Department, esID, keyRef string, public []byte, validity time.Duration) (der []byte, serialHex string, err error)
	Suspend(ctx context.Context, actor, serialHex, note string) error
	Resume(ctx context.Context, actor, serialHex, note string) error
	Revoke(ctx context.Context, actor, serialHex string, reason int, invalidity time.Time, note string) error
	// Evidence returns the certificates above certDER, anchor included, and
	// the CRLs of issuing and root CA as they are now.
	Evidence(ctx context.Context, certDER []byte) (chain, crls [][]byte, err error)
}

// TimeStamper returns an RFC 3161 token over SM3 of data; it is given a
// deadline, and what it answers is checked before it is believed.
type TimeStamper interface {
	Stamp(ctx context.Context, data []byte) (token []byte, err error)
}
