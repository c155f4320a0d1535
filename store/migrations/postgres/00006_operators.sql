-- +goose Up
-- Who administers, and what one operator asked another to approve. Rows are
-- authenticated (mac), and the newest ledger leaf about a row commits to it.
CREATE TABLE operators (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    state         TEXT NOT NULL,
    secret_digest BYTEA NOT NULL,
    cert_serial   TEXT NOT NULL,
    public_key    BYTEA NOT NULL,
    failures      BIGINT NOT NULL,
    last_failure  BIGINT NOT NULL,
    created       BIGINT NOT NULL,
    mac           BYTEA NOT NULL
);

CREATE TABLE approvals (
    seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    act     TEXT NOT NULL,
    hash    BYTEA NOT NULL,
    payload BYTEA NOT NULL,
    command TEXT NOT NULL,
    maker   TEXT NOT NULL,
    checker TEXT NOT NULL,
    reason  TEXT NOT NULL,
    note    TEXT NOT NULL,
    state   TEXT NOT NULL,
    asked   BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    ended   BIGINT NOT NULL,
    mac     BYTEA NOT NULL
);

-- +goose Down
-- There is no way back: a history is not unmade.
SELECT 1;
