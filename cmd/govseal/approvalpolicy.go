// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/govseal/govseal/ledger"
)

// policyObject is what the audit entries about the list of acts are about.
const policyObject = "approvals"

// noticePolicy leaves a trace when govseal.yaml says otherwise than it did at
// the last command: whoever edits the file to act alone is seen, though not
// who it was.
func (c *city) noticePolicy(ctx context.Context) error {
	now, err := json.Marshal(map[string]any{"acts": c.config.Approvals.Acts, "life": c.config.Approvals.Life.String()})
	if err != nil {
		return err
	}
	last, err := c.db.Ledger().EntryOf(ctx, "admin", policyObject)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		if len(c.config.Approvals.Acts) == 0 {
			return nil
		}
	case err != nil:
		return err
	case bytes.Equal(last.After, now):
		return nil
	}
	return c.db.Ledger().Append(ctx, ledger.Event{Kind: "admin", Time: time.Now(), Actor: "system", Act: "config.approvals", Object: policyObject,
		Reason: configFile + " changed; seen at a command of " + c.who.Actor(), Before: last.After, After: now,
		Facts: []ledger.Fact{{Name: "policy", Value: now}}})
}
