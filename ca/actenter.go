// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/gm"
)

// Sign signs the ceremony's transcript with the key that acted: an SM2
// signature under the default user ID, DER. It is for after Perform.
func (act *Act) Sign(transcript []byte) ([]byte, error) {
	if act.signer == nil {
		return nil, errors.New("ca: no key has acted yet")
	}
	return gm.SignMessage(act.signer, transcript)
}

// Enter makes what Perform signed known: certificates, authority, list and the
// ceremony's record in one transaction, and only now is anything served. c may
// be nil where there was no reviewed file.
func (act *Act) Enter(ctx context.Context, m *Made, c *Ceremony) error {
	events := act.events
	if c != nil {
		c.Finished = act.a.now().UTC()
		events = append(events, held(act.actor, *c))
	}
	if err := act.a.store.RecordCeremony(ctx, c, m, events); err != nil {
		return fmt.Errorf("ca: record the ceremony: %w", err)
	}
	act.a.evidence.forget()
	if m.CA != nil {
		if err := act.a.adopt(ctx, *m.CA); err != nil {
			return err
		}
	}
	if m.CRL != nil {
		act.a.told(ctx, m.CRL.CA)
	}
	return nil
}
