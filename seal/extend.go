// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/tsp"
	"github.com/govseal/govseal/registry"
)

// Levels that a sealed PDF can be raised to, without the seal's key.
const (
	LevelLT  = "LT"  // with a security store: chains and revocation lists
	LevelLTA = "LTA" // with a document time-stamp over that, to be renewed before its authority's certificate expires
)

// LevelNoEvidence is why a file did not reach LT: no chain or revocation list
// could be had for a certificate in it.
const LevelNoEvidence = "no-evidence"

// DigestStamper is what a TimeStamper must also be to stamp whole documents.
type DigestStamper interface {
	// StampDigest returns an RFC 3161 token over an SM3 digest.
	StampDigest(ctx context.Context, digest [32]byte) (token []byte, err error)
}

// Extension is a sealed PDF with what was appended to it. Every octet of the
// file handed in is kept, the CMS included: a time is therefore proven by a
// document time-stamp, never by a token put into an old signature.
type Extension struct {
	PDF         []byte   // nil from ExtendFrom
	Tail        []byte   // what was appended; nil when nothing was missing
	Size        int64    // of the whole
	Level       string   // as reached: B, T, LT or LTA; whoever verifies says what it is worth
	LevelReason string   // why it is lower than asked: LevelNoTSA, LevelTSAOut, LevelNoEvidence
	TimeStamps  int      // document time-stamps added
	Missing     []string // subjects of certificates without evidence
}

// Extend raises the level of a sealed PDF by incremental updates: T, LT or
// LTA. Asked again for LTA it renews: new revocation lists, and a further
// document time-stamp over all that is there. An outage of the time-stamp
// authority lowers the level and is said; the error is a *Refused for a file
// without a sound signature. What was appended for which application is on
// record before it is given back.
func (s *Service) Extend(ctx context.Context, app registry.Application, document []byte, level string) (*Extension, error) {
	e, err := s.ExtendFrom(ctx, app, bytes.NewReader(document), int64(len(document)), level, nil)
	if err == nil {
		e.PDF = append(bytes.Clone(document), e.Tail...)
	}
	return e, err
}

// ExtendFrom is Extend for a document that need not be in memory: size octets,
// which must not change meanwhile. The extended file is the document followed
// by Tail. What is supplied, nil for nothing, serves for certificates of other
// authorities.
func (s *Service) ExtendFrom(ctx context.Context, app registry.Application, document io.ReaderAt, size int64, level string, supplied *Evidence) (*Extension, error) {
	if level != LevelT && level != LevelLT && level != LevelLTA {
		return nil, refuse(ReasonRequest, "level is neither T, LT nor LTA")
	}
	if limit := s.cfg.MaxDocument; size > limit {
		return nil, refuse(ReasonTooLarge, "%d octets, at most %d are taken", size, limit)
	}
	x := &extending{s: s, file: sealedPDF{original: document, size: size}, wait: s.cfg.TSAWait, hashed: gm.NewSM3(), supply: newSupply(supplied, s.cfg.Now())}
	if err := x.reopen(); err != nil {
		return nil, err
	}
	if err := x.sound(ctx); err != nil {
		return nil, err
	}
	if err := x.hash(); err != nil {
		return nil, err
	}
	before := x.hashed.Clone().Digest()
	e := &Extension{Level: LevelT}
	if err := x.raise(ctx, e, level); err != nil {
		return nil, err
	}
	e.Tail, e.Size = x.file.tail, size+int64(len(x.file.tail))
	return e, s.recordExtension(ctx, app, before, x.hashed.Digest(), e)
}

// extending is one extension at work.
type extending struct {
	s      *Service
	file   sealedPDF // the document and what was appended so far
	doc    *pdf.Document
	sigs   []pdf.Signature
	hashed *gm.Hash // running SM3 of file
	supply *supply
	wait   time.Duration // left for the time-stamp authority; reading the file does not count
}

// hash reads the document for its digest, once for all updates.
func (x *extending) hash() error {
	if n, err := io.Copy(x.hashed, x.file.reader()); err != nil || n < x.file.size {
		return fmt.Errorf("seal: read the document: %w", cmp.Or(err, io.ErrUnexpectedEOF))
	}
	x.doc.Known(x.hashed)
	return nil
}

// append adds an update and reads the file again.
func (x *extending) append(update []byte) error {
	x.file.tail = slices.Concat(x.file.tail, update)
	if err := x.reopen(); err != nil {
		return err
	}
	x.hashed.Write(update)
	x.doc.Known(x.hashed)
	return nil
}

// reopen has no limit of its own: what an extension appends may take a
// full-sized document over the one for documents.
func (x *extending) reopen() error {
	file := x.file // a view that later updates do not change
	doc, err := pdf.Open(&file, file.reader().Size(), pdf.Limits{Size: file.reader().Size()})
	if err != nil {
		return refusedPDF(err)
	}
	sigs, err := doc.Signatures()
	if err != nil {
		return refusedPDF(err)
	}
	x.doc, x.sigs = doc, sigs
	return nil
}

// raise goes up the levels until the one asked for, or the last within reach.
func (x *extending) raise(ctx context.Context, e *Extension, level string) error {
	if !x.timed() && !x.timeStamp(ctx, e) {
		e.Level = LevelB
		return ctx.Err()
	}
	if level == LevelT {
		return nil
	}
	missing, err := x.store(ctx)
	if err != nil {
		return err
	}
	if e.Missing = missing; len(missing) > 0 {
		e.LevelReason = LevelNoEvidence
		return nil
	}
	e.Level = LevelLT
	if level == LevelLTA && x.timeStamp(ctx, e) {
		e.Level = LevelLTA
	}
	return ctx.Err()
}

// timed reports whether each signature has a token, or a document time-stamp
// behind it.
func (x *extending) timed() bool {
	for _, sig := range x.sigs {
		if sig.Timestamp() || sig.Removed || timeToken(&sig) != nil {
			continue
		}
		later := false
		for _, t := range x.sigs {
			later = later || t.Timestamp() && !t.Removed && t.Revision > sig.Revision
		}
		if !later {
			return false
		}
	}
	return true
}

// timeStamp appends a document time-stamp, or says why it could not.
func (x *extending) timeStamp(ctx context.Context, e *Extension) bool {
	tsa, ok := x.s.cfg.TSA.(DigestStamper)
	if !ok {
		e.LevelReason = LevelNoTSA
		return false
	}
	err := x.stampWith(ctx, tsa)
	if err != nil {
		e.LevelReason = LevelTSAOut
		x.s.cfg.Log.WarnContext(ctx, "no document time-stamp; the level stays lower", "error", err)
		return false
	}
	e.TimeStamps++
	return true
}

func (x *extending) stampWith(ctx context.Context, tsa DigestStamper) error {
	room := int(x.s.tokenRoom.Load()) + firstTokenRoom
	laid, err := x.doc.PrepareTimeStamp(ctx, room)
	if err != nil {
		return refusedPDF(err)
	}
	digest := laid.Digest()
	asked := time.Now()
	token, err := within(ctx, asked.Add(x.wait), func(ctx context.Context) ([]byte, error) { return tsa.StampDigest(ctx, digest) })
	x.wait -= time.Since(asked)
	if err != nil {
		return err
	}
	if err := checkDocumentToken(token, digest); err != nil {
		return err
	}
	if over := len(token) - room; over > 0 {
		x.s.tokenRoom.Add(int64(over))
		return fmt.Errorf("a token of %d octets does not fit in the %d kept", len(token), room)
	}
	update, err := laid.Tail(token)
	if err != nil {
		return err
	}
	return x.readBack(update)
}

// readBack holds what is appended to the law of ByteRange, and to the rules
// for what may follow a signature.
func (x *extending) readBack(update []byte) error {
	if err := x.append(update); err != nil {
		return fmt.Errorf("seal: self-check: %w", err)
	}
	newest := x.sigs[len(x.sigs)-1]
	if !newest.WholeFile || len(newest.Law) > 0 || !newest.Timestamp() {
		return errors.New("seal: self-check: the time-stamp does not cover the extended PDF")
	}
	return nil
}

func checkDocumentToken(token []byte, digest [32]byte) error {
	t, err := tsp.ParseToken(token)
	if err != nil {
		return fmt.Errorf("time-stamp token: %w", err)
	}
	if _, err := t.VerifyHashed(onlySM3(digest), nil); err != nil {
		return fmt.Errorf("time-stamp token: %w", err)
	}
	return nil
}

// within waits until the deadline even for a function that does not heed it.
func within[T any](ctx context.Context, by time.Time, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithDeadline(ctx, by)
	defer cancel()
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		v, err := f(ctx)
		answers <- answer{v, err}
	}()
	select {
	case got := <-answers:
		return got.value, got.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
