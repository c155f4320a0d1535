// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"context"
	"fmt"
	"time"

	"github.com/govseal/govseal/ledger"
	"github.com/govseal/govseal/registry"
)

// ExtensionRecord is a raised file as recorded; the file itself is not kept.
type ExtensionRecord struct {
	ID          string
	Application string
	Input       [32]byte // SM3 of what was handed in
	Output      [32]byte // SM3 of what was given back
	Level       string   // as reached
	Time        time.Time
}

// recordExtension makes an extension durable, so that the file given back is
// found by its digest. Nothing appended is nothing to record.
func (s *Service) recordExtension(ctx context.Context, app registry.Application, input, output [32]byte, e *Extension) error {
	if len(e.Tail) == 0 {
		return nil
	}
	now := s.cfg.Now()
	x := ExtensionRecord{ID: newID(now), Application: app.ID, Input: input, Output: output, Level: e.Level, Time: now}
	if err := s.cfg.Store.RecordExtension(ctx, x, x.event()); err != nil {
		return fmt.Errorf("seal: record the extension: %w", err)
	}
	return nil
}

func (x ExtensionRecord) event() ledger.Event {
	return ledger.Event{Kind: "extension", Time: x.Time, Actor: "app:" + x.Application, Act: "stamp.extend", Object: x.ID,
		After: private(struct {
			Level string `json:"level"`
		}{x.Level}),
		Facts: []ledger.Fact{digest(FactDocument, x.Input), digest(FactOutput, x.Output), text(FactLevel, x.Level), instant(x.Time)}}
}
