-- SPDX-License-Identifier: Apache-2.0
-- A certificate of a bulk run names file and row, so that a run which was
-- interrupted is taken up where it ended and no row is issued for twice.

-- +goose Up
ALTER TABLE certificates ADD COLUMN batch TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX certificates_batch ON certificates (batch) WHERE batch <> '' AND status <> 'planned';

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
