// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
)

// weakness is an algorithm that a signature cannot rest on from a day on. A
// stamp that is proven older does not lose by it. The days are this program's
// choice, near those of NIST SP 800-131A and ETSI TS 119 312 as remembered;
// both texts were not at hand.
type weakness struct {
	what  string
	since time.Time
}

var (
	weakSHA1  = weakness{"SHA-1", day(2014, time.January, 1)}
	weakRSA   = weakness{"RSA below 2,048 bits", day(2014, time.January, 1)}
	brokenRSA = weakness{"RSA below 1,024 bits", time.Time{}}
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// at reports whether the algorithm was weak already at the check time.
func (k weakness) at(t time.Time) bool { return !t.Before(k.since) }

func weakDigest(oid asn1.ObjectIdentifier) []weakness {
	if cms.WeakDigest(oid) {
		return []weakness{weakSHA1}
	}
	return nil
}

func weakKey(pub crypto.PublicKey) []weakness {
	key, ok := pub.(*rsa.PublicKey)
	switch {
	case !ok || key.N.BitLen() >= 2048:
		return nil
	case key.N.BitLen() < 1024:
		return []weakness{brokenRSA}
	}
	return []weakness{weakRSA}
}

// judgeAlgorithms holds what the signature rests on, and what its certificates
// do, to the day of the check time. The anchor is trusted for what it is.
func (r *run) judgeAlgorithms(s *Stamp, c claim, path []*cert.Certificate, w when) {
	tell(&s.Signature, weakDigest(c.digest), w, "")
	if c.signer != nil {
		tell(&s.Signature, weakKey(c.signer.PublicKey), w, "")
	}
	for i, issuer := range path {
		if i > 0 && i < len(path)-1 {
			tell(&s.Signer.Fact, weakKey(issuer.PublicKey), w, ", key of "+issuer.Subject.String())
		}
	}
}

// tell records what was weak already at the check time.
func tell(f *Fact, all []weakness, w when, of string) {
	for _, k := range all {
		if k.at(w.t) {
			f.unknown(CodeCryptoConstraints, k.what+of)
		}
	}
}
