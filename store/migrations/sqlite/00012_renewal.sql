-- SPDX-License-Identifier: Apache-2.0
-- A renewed certificate names the one that it follows.

-- +goose Up
ALTER TABLE certificates ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
CREATE INDEX certificates_replaces ON certificates (replaces) WHERE replaces <> '';

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
