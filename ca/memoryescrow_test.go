// SPDX-License-Identifier: Apache-2.0

package ca_test

import (
	"context"
	"slices"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/ledger"
)

func (m *memory) RecordCentre(_ context.Context, c ca.CentreRecord, e ledger.Event) error {
	done, err := m.enter("RecordCentre")
	defer done()
	if err == nil {
		m.centres, m.events = append(m.centres, c), append(m.events, e)
	}
	return err
}

func (m *memory) Centres(context.Context) ([]ca.CentreRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Clone(m.centres)
	slices.Reverse(all)
	return all, nil
}

func (m *memory) RecordEscrowed(_ context.Context, der []byte, k ca.EscrowedKey, events ...ledger.Event) error {
	done, err := m.enter("RecordEscrowed")
	defer done()
	if err != nil {
		return err
	}
	c, ok := m.certs[k.SerialHex]
	if !ok || c.Status != ca.Planned {
		return ca.ErrState
	}
	c.DER, c.Status = der, ca.Good
	m.certs[k.SerialHex], m.escrow, m.events = c, append(m.escrow, k), append(m.events, events...)
	return nil
}

func (m *memory) Escrowed(_ context.Context, serial string) (ca.EscrowedKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.escrow {
		if k.SerialHex == serial {
			return k, nil
		}
	}
	return ca.EscrowedKey{}, ca.ErrNotFound
}

func (m *memory) EscrowedBeside(_ context.Context, signing string) (all []ca.EscrowedKey, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range slices.Backward(m.escrow) {
		if k.Signing == signing {
			all = append(all, k)
		}
	}
	return all, nil
}

func (m *memory) RecordKey(_ context.Context, serial, ref string, e ledger.Event) error {
	done, err := m.enter("RecordKey")
	defer done()
	if err != nil {
		return err
	}
	c := m.certs[serial]
	if c.KeyRef != "" {
		return ca.ErrState
	}
	c.KeyRef = ref
	m.certs[serial], m.events = c, append(m.events, e)
	return nil
}

func (m *memory) RecordAct(_ context.Context, e ledger.Event) error {
	done, err := m.enter("RecordAct")
	defer done()
	if err == nil {
		m.events = append(m.events, e)
	}
	return err
}
