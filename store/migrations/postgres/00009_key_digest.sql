-- SPDX-License-Identifier: Apache-2.0
-- Certificates are found by the SM3 of their public key. Those of before this
-- migration have keys of our own store, and are found by key_ref.

-- +goose Up
ALTER TABLE certificates ADD COLUMN key_digest BYTEA NOT NULL DEFAULT '';
CREATE INDEX certificates_key_digest ON certificates (key_digest);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
