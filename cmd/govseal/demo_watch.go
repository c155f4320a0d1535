// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/govseal/govseal/api"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/store"
	"github.com/govseal/govseal/verify"
)

func (s *story) suspension(ctx context.Context) error {
	s.chapter("A seal is suspended", "from now on it cannot stamp; what was stamped before, at a proven time, stays good")
	if err := s.city.seals.Suspend(ctx, demoActor, s.market.seal.ESID, "演示停用"); err != nil {
		return err
	}
	_, err := s.client.stampDigest(ctx, newIdempotencyKey(), api.DigestRequest{StampRequest: s.request(s.market), Digest: sm3Hex([]byte("late"))})
	if err := s.expectProblem(err, 403); err != nil {
		return fmt.Errorf("a stamp with a suspended seal: %w", err)
	}
	s.done("refused: %v", err)
	content, err := os.ReadFile(filepath.Join(s.out, "decision.json"))
	if err != nil {
		return err
	}
	if err := s.expect(ctx, "out/decision.json, stamped before", verify.Document{}, content, verify.Valid, ""); err != nil {
		return err
	}
	if err := s.city.seals.Resume(ctx, demoActor, s.market.seal.ESID, "演示恢复"); err != nil {
		return err
	}
	s.done("resumed")
	return nil
}

func (s *story) ledgerChapter(ctx context.Context) error {
	s.chapter("The ledger", "every certificate, seal and stamp has a leaf in an append-only tree, and a proof that anybody can check")
	note, _, err := s.city.ledger.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if err := s.keep("checkpoint.txt", []byte(note)); err != nil {
		return err
	}
	leafProof, err := s.client.proof(ctx, s.firstStamp)
	if err != nil {
		return err
	}
	if err := s.keep("decision.proof.json", leafProof); err != nil {
		return err
	}
	content, err := os.ReadFile(filepath.Join(s.out, "decision.json"))
	if err != nil {
		return err
	}
	keys, err := s.city.ledgerKeys(ctx)
	if err != nil {
		return err
	}
	r, err := verify.Verify(ctx, verify.Document{ReaderAt: bytes.NewReader(content), Size: int64(len(content)), Proof: leafProof},
		verify.Policy{Time: time.Now(), Anchors: [][]byte{s.city.ca.Root()}, LedgerKeys: keys})
	if err != nil {
		return err
	}
	if r.Stamps[0].Ledger.Status != verify.OK {
		return fmt.Errorf("the ledger proof of the first stamp: got %s", r.Stamps[0].Ledger.Status)
	}
	s.done("the proof of the first stamp holds in the report (out/decision.proof.json)")
	findings, err := s.city.ledger.Verify(ctx, note, nil)
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("the ledger has %d findings, the first: %s", len(findings), findings[0].Problem)
	}
	head, err := s.city.db.Ledger().Head(ctx)
	if err != nil {
		return err
	}
	s.done("replayed: %d leaves, all in place", head.Size)
	return nil
}

// insider edits one row of a copy of the database, as somebody with the
// administrator's password could.
func (s *story) insider(ctx context.Context) error {
	s.chapter("An insider edits the database", "a changed row does not fit its leaf")
	path := filepath.Join(s.dir, "insider.db")
	if err := s.city.db.Backup(ctx, path); err != nil {
		return err
	}
	defer os.Remove(path)
	if err := editRow(ctx, path); err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Config{DSN: path})
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := s.city.ledgerKeys(ctx)
	if err != nil {
		return err
	}
	public, err := gm.ParsePublicKey(keys[0])
	if err != nil {
		return err
	}
	log, err := ledger.New(ledger.Config{Store: db.Ledger(), Public: public, Origin: s.city.config.Origin, Now: time.Now})
	if err != nil {
		return err
	}
	findings, err := log.Verify(ctx, "", nil)
	if err != nil {
		return err
	}
	if len(findings) == 0 {
		return errors.New("an edited audit entry was not found")
	}
	s.done("found: %s", findings[0].Problem)
	return nil
}

func editRow(ctx context.Context, path string) error {
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = raw.ExecContext(ctx, `UPDATE ledger_entries SET actor = 'operator:somebody-else' WHERE act = 'seal.make'`)
	return errors.Join(err, raw.Close())
}

func (s *story) withdrawal(ctx context.Context) error {
	s.chapter("A stamp is withdrawn", "the page behind the QR code says so, at once and for all to see")
	if err := s.client.withdraw(ctx, s.permitStamp.ID, "演示撤销"); err != nil {
		return err
	}
	raw, err := s.client.get(ctx, "/v1/verifications/"+s.permitStamp.Code)
	if err != nil {
		return err
	}
	var status api.CodeStatus
	if err := json.Unmarshal(raw, &status); err != nil {
		return err
	}
	if status.State != "withdrawn" {
		return fmt.Errorf("the withdrawn permit's code says %q", status.State)
	}
	s.done("the permit is withdrawn; its page is %s", s.permitStamp.Links["verify"])
	return nil
}

// goOn says how to go on by hand.
func (s *story) goOn() {
	s.say(`
Go on by hand (the token is this demonstration's own):

  open %[1]s in a browser, and drop out/decision.pdf or out/decision.tampered.pdf on it

  BASE=%[1]s TOKEN=%[2]s SEAL=%[3]s
  curl -sS $BASE/v1/stamps -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: by-hand-1" \
    -F 'request={"seal":"'$SEAL'","matter":"%[4]s","placement":{"page":1,"x":130,"y":220}};type=application/json' \
    -F 'document=@%[5]s;type=application/pdf'
  curl -sS $BASE/v1/verifications -F document=@%[6]s

  govseal verify %[6]s --trust %[7]s
  govseal seal list --dir %[8]s --passphrase-file %[8]s/passphrase
  govseal ledger verify --dir %[8]s --passphrase-file %[8]s/passphrase

The walk for developers of approval systems is docs/api.md. Ctrl-C ends.`,
		s.base, s.token, s.bureau.seal.ESID, demoMatter, filepath.Join(s.out, "permit.pdf"),
		filepath.Join(s.out, "decision.pdf"), filepath.Join(s.out, "root.pem"), s.dir)
}
