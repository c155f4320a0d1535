// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/chain"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger/proof"
)

// provenLeaf is the ledger proof that lies beside the document, once checked.
type provenLeaf struct {
	raw   []byte
	read  bool
	fact  LedgerFact // what is said of a stamp that it fits
	facts map[string][]byte
	at    *poe // when the checkpoint is time-stamped
	good  bool
}

// Names of facts that a stamp's leaf commits to, as the seal service writes them.
const (
	leafSignature = "signature"    // SM3 of the stamp's own encoding
	leafOutput    = "output"       // SM3 of the sealed file
	leafRendered  = "rendered"     // SM3 of a decision's sealed PDF
	leafPaperOFD  = "rendered-ofd" // SM3 of the same paper as OFD
)

// readProof checks the ledger proof once for all stamps, as late as the first
// of them: its key may need what the document brings along.
func (r *run) readProof() {
	l := &r.proof
	if l.read {
		return
	}
	l.read = true
	p, err := proof.Parse(l.raw)
	if err != nil {
		l.fact.fail(CodeLedgerInvalid, err.Error())
		return
	}
	key := r.ledgerKey(p)
	if key == nil {
		l.fact.unknown(CodeLedgerUntrusted, "")
		return
	}
	facts, cp, err := p.Verify(key)
	if err != nil {
		l.fact.fail(CodeLedgerInvalid, err.Error())
		return
	}
	index := p.Index
	l.facts, l.good = facts, true
	l.fact.Origin, l.fact.Size, l.fact.Index = cp.Origin, cp.Size, &index
	if p.TimeStamp != nil {
		if at, ok := r.trustToken(&l.fact.Fact, p.TimeStamp, []byte(p.Checkpoint)); ok {
			at.by = "ledger"
			l.at = &at
		}
	}
}

// ledgerKey returns a key that the policy trusts for ledgers: one that it
// names, or that of a certificate with the ledger's office.
func (r *run) ledgerKey(p *proof.Proof) *ecdsa.PublicKey {
	for _, k := range r.pool.ledgerKeys {
		if _, err := proof.OpenCheckpoint(p.Checkpoint, k); err == nil {
			return k
		}
	}
	c, err := cert.Parse(p.Certificate)
	if err != nil {
		return nil
	}
	usage := chain.Usage{ExtKeyUsage: r.arc.Ledger(), KeyUsage: cert.DigitalSignature | cert.NonRepudiation, EndEntity: true}
	mode := chain.RevocationRequired
	if r.policy.Revocation == RevocationOptional {
		mode = chain.RevocationOptional
	}
	if r.path(c, r.anchors, r.now, usage, mode).Code != chain.OK {
		return nil
	}
	key, _ := gm.AsPublicKey(c.PublicKey)
	return key
}

// judgeLedger says whether the proof is about this stamp, and since when.
func (r *run) judgeLedger(s *Stamp) (poe, bool) {
	f := &s.Ledger
	if len(r.proof.raw) == 0 {
		f.none()
		return poe{}, false
	}
	r.readProof()
	*f = r.proof.fact
	if !r.proof.good {
		return poe{}, false
	}
	f.Findings = append([]Finding(nil), r.proof.fact.Findings...)
	f.Status = ""
	if !r.proofFits(s) {
		f.unknown(CodeNotInLog, "the proof is about something else")
		return poe{}, false
	}
	f.note(CodeLogged, fmt.Sprintf("leaf %d of %d", *f.Index, f.Size))
	f.Status = OK
	if r.proof.at == nil {
		return poe{}, false
	}
	return *r.proof.at, true
}

func (r *run) proofFits(s *Stamp) bool {
	own, err := hex.DecodeString(s.SM3)
	if err == nil && len(own) == 32 && bytes.Equal(r.proof.facts[leafSignature], own) {
		return true
	}
	return bytes.Equal(r.proof.facts[leafOutput], r.digest[:]) || bytes.Equal(r.proof.facts[leafRendered], r.digest[:]) ||
		bytes.Equal(r.proof.facts[leafPaperOFD], r.digest[:])
}
