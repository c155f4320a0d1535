-- SPDX-License-Identifier: Apache-2.0
-- One row for each reviewed ceremony file that was ever carried out, by its
-- SM3; finished is 0 while it is under way or after an interruption.

-- +goose Up
CREATE TABLE ceremonies (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest     BYTEA NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    authority  TEXT NOT NULL,
    actor      TEXT NOT NULL,
    begun      BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    finished   BIGINT NOT NULL,
    transcript BYTEA,
    signature  BYTEA
);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
