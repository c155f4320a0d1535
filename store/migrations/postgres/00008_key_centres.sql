-- SPDX-License-Identifier: Apache-2.0
-- Key centres and the encryption keys that they hold in escrow (docs/adr/0020).
-- Nothing here opens with a secret of this service: sealed wants M recovery
-- officers, enveloped the holder's signing key.

-- +goose Up
CREATE TABLE key_centres (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    ca        TEXT NOT NULL,
    charter   BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    created   BIGINT NOT NULL
);

CREATE TABLE escrowed_keys (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial    TEXT NOT NULL UNIQUE,
    signing   TEXT NOT NULL,
    centre    TEXT NOT NULL,
    sealed    BYTEA NOT NULL,
    enveloped BYTEA NOT NULL,
    created   BIGINT NOT NULL
);
CREATE INDEX escrowed_keys_signing ON escrowed_keys (signing);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
