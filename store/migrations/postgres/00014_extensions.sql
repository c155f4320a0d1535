-- SPDX-License-Identifier: Apache-2.0
-- Sealed files whose level was raised: the file that came of it leads to the
-- stamps of the one that was sealed (origin).

-- +goose Up
CREATE TABLE extensions (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    application TEXT NOT NULL,
    input       BYTEA NOT NULL,
    output      BYTEA NOT NULL,
    origin      BYTEA NOT NULL,
    level       TEXT NOT NULL,
    time        BIGINT NOT NULL
);
CREATE INDEX extensions_output ON extensions (output);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
